//! ID tokens (`OpenID` Connect Core §2, §3.1.3.6).

use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::crypto::sign;

use super::keys::ServerKey;
use crate::state::AccessRecord;
use crate::wire::base64url;
use crate::wire::json::Object;

/// The ID token beside an access token, signed, about a resource owner who authenticated now; empty if
/// the key can't sign.
#[must_use]
pub fn jwt(key: &ServerKey, issuer: &str, access: &AccessRecord) -> String {
    let header = Object::default()
        .text("alg", "ES256")
        .text("typ", "JWT")
        .text("kid", &key.kid)
        .into_text();
    let claims = Object::default()
        .text("iss", issuer)
        .text("sub", &access.subject)
        .text("aud", &access.client.id)
        .number("iat", access.issued.0)
        .number("exp", access.expires.0)
        .number("auth_time", access.issued.0)
        .text("at_hash", &left_half(&access.value));
    let input = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(&claims.into_bytes())
    );
    let algorithm = jsonwebtoken::Algorithm::ES256;
    sign(input.as_bytes(), &key.private, algorithm)
        .map(|signature| format!("{input}.{signature}"))
        .unwrap_or_default()
}

/// The left half of the hash that the algorithm uses (`OpenID` Connect Core §3.1.3.6).
fn left_half(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    base64url::encode(hash.as_ref().get(..16).unwrap_or_default())
}
