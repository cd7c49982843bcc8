//! JWT access tokens (RFC 9068).

use jsonwebtoken::crypto::sign;

use super::keys::ServerKey;
use crate::access_token_manager::Manager;
use crate::state::AccessRecord;
use crate::wire::base64url;
use crate::wire::json::Object;

/// The JWT for a record, signed; empty if the key can't sign.
#[must_use]
pub fn jwt(
    key: &ServerKey,
    issuer: &str,
    record: &AccessRecord,
    manager: Option<&Manager>,
) -> String {
    let header = Object::default()
        .text("alg", "ES256")
        .text("typ", "at+jwt")
        .text("kid", &key.kid)
        .into_text();
    let mut claims = Object::default()
        .text("iss", issuer)
        .text("sub", &record.subject)
        .list("aud", record.audience.iter().map(String::as_str))
        .text("client_id", &record.client.id)
        .number("iat", record.issued.0)
        .number("exp", record.expires.0)
        .text("jti", record.jti.as_deref().unwrap_or_default())
        .text("scope", &record.scope.to_string());
    if let Some(actor) = &record.actor {
        claims = claims.value("act", actor);
    }
    for (name, value) in manager.iter().flat_map(|manager| &manager.claims) {
        claims = claims.value(name, value);
    }
    let input = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(&claims.into_bytes())
    );
    let signature = sign(
        input.as_bytes(),
        &key.private,
        jsonwebtoken::Algorithm::ES256,
    );
    signature
        .map(|signature| format!("{input}.{signature}"))
        .unwrap_or_default()
}
