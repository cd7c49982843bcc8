//! ID tokens (`OpenID` Connect Core §2, §3.1.3.6).

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};

use super::algorithm::Algorithm;
use super::keys::ServerKey;
use crate::state::AccessRecord;
use crate::wire::base64url;
use crate::wire::json::Object;

/// What an ID token binds beside the access token that it comes with, when both are pushed (CIBA Core §10.3.1).
#[derive(Clone, Copy)]
pub struct Pushed<'a> {
    /// The `auth_req_id`.
    pub auth_req_id: &'a str,
    /// The refresh token, if one comes with them.
    pub refresh_token: Option<&'a str>,
}

impl std::fmt::Debug for Pushed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pushed").finish_non_exhaustive()
    }
}

/// The ID token beside an access token, signed, about a resource owner who authenticated now; empty if
/// the key can't sign.
#[must_use]
pub fn jwt(
    key: &ServerKey,
    issuer: &str,
    access: &AccessRecord,
    pushed: Option<Pushed<'_>>,
) -> String {
    let mut claims = Object::default()
        .text("iss", issuer)
        .text("sub", &access.subject)
        .text("aud", &access.client.id)
        .number("iat", access.issued.0)
        .number("exp", access.expires.0)
        .number("auth_time", access.issued.0)
        .text("at_hash", &left_half(key.algorithm, &access.value));
    if let Some(pushed) = pushed {
        claims = claims.text(
            "urn:openid:params:jwt:claim:auth_req_id",
            pushed.auth_req_id,
        );
        if let Some(token) = pushed.refresh_token {
            let hash = left_half(key.algorithm, token);
            claims = claims.text("urn:openid:params:jwt:claim:rt_hash", &hash);
        }
    }
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
