//! JWT access tokens (RFC 9068).

use super::keys::ServerKey;
use crate::access_token_manager::Manager;
use crate::state::AccessRecord;
use crate::wire::json::Object;

/// The JWT for a record, signed by the key of the instance that issues it, or else that of the
/// server; empty if the key can't sign.
#[must_use]
pub fn jwt(
    server_key: &ServerKey,
    issuer: &str,
    record: &AccessRecord,
    manager: Option<&Manager>,
) -> String {
    let key = manager
        .and_then(|manager| manager.key.as_deref())
        .unwrap_or(server_key);
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
    if let Some(certificate) = &record.certificate {
        claims = claims.value("cnf", &serde_json::json!({"x5t#S256": certificate}));
    }
    for (name, value) in manager.iter().flat_map(|manager| &manager.claims) {
        claims = claims.value(name, value);
    }
    key.sign("at+jwt", claims)
}
