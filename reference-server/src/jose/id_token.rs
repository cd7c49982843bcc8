//! ID tokens (`OpenID` Connect Core §2, §3.1.3.6).

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};

use super::algorithm::Algorithm;
use super::keys::ServerKey;
use crate::state::AccessRecord;
use crate::wire::base64url;
use crate::wire::json::Object;

/// The ID token beside an access token, signed, about a resource owner who authenticated now; empty if
/// the key can't sign.
#[must_use]
pub fn jwt(key: &ServerKey, issuer: &str, access: &AccessRecord) -> String {
    let claims = Object::default()
        .text("iss", issuer)
        .text("sub", &access.subject)
        .text("aud", &access.client.id)
        .number("iat", access.issued.0)
        .number("exp", access.expires.0)
        .number("auth_time", access.issued.0)
        .text("at_hash", &left_half(key.algorithm, &access.value));
    key.sign("JWT", claims)
}

/// The left half of the hash that the algorithm of the signature uses (`OpenID` Connect Core §3.1.3.6).
fn left_half(algorithm: Algorithm, token: &str) -> String {
    let name = algorithm.as_str();
    let hash = if name.ends_with("512") {
        &SHA512
    } else if name.ends_with("384") {
        &SHA384
    } else {
        &SHA256
    };
    let hash = digest(hash, token.as_bytes());
    let octets = hash.as_ref();
    base64url::encode(octets.get(..octets.len() / 2).unwrap_or_default())
}
