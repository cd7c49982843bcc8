//! JWTs with other claims, for defects of several documents (RFC 7519 §3).

use serde_json::{Map, Value};

use crate::wire::base64url;

/// The claims of a JWT.
pub(super) type Claims = Map<String, Value>;

/// The JWT with other claims; its signature stays as it was.
pub(super) fn with_claims(token: &str, make: impl FnOnce(&mut Claims)) -> Option<String> {
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = base64url::decode(payload)?;
    let mut claims: Claims = serde_json::from_slice(&claims).ok()?;
    make(&mut claims);
    let claims = Value::Object(claims).to_string();
    let payload = base64url::encode(claims.as_bytes());
    Some(format!("{header}.{payload}.{signature}"))
}
