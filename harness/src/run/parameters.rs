//! The parameters of a request that was composed, as templates see them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::probe::message::Message;
use crate::template::Rendered;
use crate::wire::form::decode_component;

/// Parameters by name, decoded when they are asked for: most requests are never asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    message: Option<Arc<Message>>,
    decoded: Arc<OnceLock<BTreeMap<String, Rendered>>>,
}

impl Parameters {
    /// Those of a request.
    pub(super) fn of(message: &Arc<Message>) -> Self {
        Self {
            message: Some(Arc::clone(message)),
            decoded: Arc::default(),
        }
    }

    /// The value of a parameter, the first if there are several.
    pub(super) fn get(&self, name: &str) -> Option<&Rendered> {
        self.all().get(name)
    }

    /// All of them, each with its first value.
    pub(super) fn all(&self) -> &BTreeMap<String, Rendered> {
        let decoded = || self.message.as_deref().map(decoded);
        self.decoded.get_or_init(|| decoded().unwrap_or_default())
    }
}

/// Those that are secrets are marked as such.
fn decoded(message: &Message) -> BTreeMap<String, Rendered> {
    let mut values = BTreeMap::new();
    for pair in &message.pairs {
        let name = String::from_utf8_lossy(&decode_component(&pair.name)).into_owned();
        let kind = match name.as_str() {
            "actor_token" => Some("actor_token"),
            "assertion" => Some("assertion"),
            "client_notification_token" => Some("client_notification_token"),
            "client_secret" => Some("client_secret"),
            "code" => Some("code"),
            "refresh_token" => Some("refresh_token"),
            "device_code" => Some("device_code"),
            "auth_req_id" => Some("auth_req_id"),
            "client_assertion" => Some("client_assertion"),
            "password" => Some("password"),
            "code_verifier" => Some("code_verifier"),
            "subject_token" => Some("subject_token"),
            "token" => Some("token"),
            _ => None,
        };
        values.entry(name).or_insert(Rendered {
            bytes: pair.decoded_value(),
            secret: kind,
        });
    }
    values
}
