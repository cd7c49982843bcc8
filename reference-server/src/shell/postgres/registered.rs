//! Clients that registered themselves, and authorization requests that were pushed, as JSON text.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::{Clients, Stored, text};
use crate::moment::Timestamp;
use crate::registration::{self, ClientMetadata};
use crate::registry::Secret;
use crate::state::{PushedRecord, RegisteredClient, Usage};
use crate::wire::form::{Form, Pair};

#[derive(Serialize, Deserialize)]
struct Pushed {
    client: String,
    parameters: Vec<(String, String)>,
    issued: u64,
    serial: u64,
    expires: u64,
}

#[derive(Serialize, Deserialize)]
struct Registered {
    client: String,
    secret: Option<String>,
    metadata: Map<String, Value>,
    token: String,
    issued: u64,
    serial: u64,
    expires: u64,
}

impl Stored for PushedRecord {
    const KIND: &'static str = "pushed";

    fn write(&self) -> String {
        let pairs = self.parameters.pairs.iter();
        text(&Pushed {
            client: self.client.id.clone(),
            parameters: pairs
                .map(|pair| (pair.name.clone(), pair.value.clone()))
                .collect(),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
        })
    }

    fn read(text: &str, value: &str, usage: Usage, clients: Clients<'_>) -> Option<Self> {
        let stored: Pushed = serde_json::from_str(text).ok()?;
        let pairs = stored.parameters.into_iter();
        Some(Self {
            value: value.to_owned(),
            client: clients(&stored.client)?,
            // What had faults was not pushed.
            parameters: Form {
                pairs: pairs.map(|(name, value)| Pair { name, value }).collect(),
                faults: Vec::new(),
            },
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
            usage,
        })
    }
}

impl Stored for RegisteredClient {
    const KIND: &'static str = "client";

    fn write(&self) -> String {
        let secret = self.client.secret.as_ref();
        text(&Registered {
            client: self.client.id.clone(),
            secret: secret.map(|secret| secret.expose().to_owned()),
            metadata: self.metadata.0.clone(),
            token: self.token.expose().to_owned(),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
        })
    }

    fn read(text: &str, _: &str, _: Usage, _: Clients<'_>) -> Option<Self> {
        let stored: Registered = serde_json::from_str(text).ok()?;
        let metadata = ClientMetadata(stored.metadata);
        let secret = stored.secret.as_deref();
        Some(Self {
            client: registration::shared(&metadata, &stored.client, secret),
            metadata,
            token: Secret::new(stored.token),
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::registry::Client;

    #[test]
    fn client_comes_back() {
        let metadata = json!({"scope": "read", "grant_types": ["client_credentials"]});
        let Value::Object(metadata) = metadata else {
            unreachable!()
        };
        let metadata = ClientMetadata(metadata);
        let record = RegisteredClient {
            client: registration::shared(&metadata, "one", Some("secret")),
            metadata,
            token: Secret::new("token".to_owned()),
            issued: Timestamp(1),
            serial: 2,
            expires: Timestamp(3),
        };
        let nobody = |_: &str| None;
        let read = RegisteredClient::read(&record.write(), "one", Usage::Unused, &nobody).unwrap();
        assert_eq!(read.client.id, "one");
        assert!(read.client.secret.as_ref().unwrap().matches("secret"));
        assert_eq!(read.client.scope.to_string(), "read");
        assert_eq!(read.metadata.0, record.metadata.0);
        assert!(read.token.matches("token"));
        assert_eq!((read.issued, read.serial), (Timestamp(1), 2));
        assert_eq!(read.expires, Timestamp(3));
    }

    #[test]
    fn pushed_request_comes_back() {
        let client = Arc::new(Client {
            id: "one".to_owned(),
            ..Client::nobody()
        });
        let record = PushedRecord {
            value: "urn:x".to_owned(),
            client: Arc::clone(&client),
            parameters: Form::parse(b"scope=read+write&resource=a&resource=b"),
            issued: Timestamp(1),
            serial: 2,
            expires: Timestamp(3),
            usage: Usage::Unused,
        };
        let clients = |id: &str| (id == "one").then(|| Arc::clone(&client));
        let used = Usage::Used(Timestamp(9));
        let read = PushedRecord::read(&record.write(), "urn:x", used, &clients).unwrap();
        assert_eq!(read.parameters.encode(), record.parameters.encode());
        assert_eq!((read.value.as_str(), read.usage), ("urn:x", used));
        assert_eq!((read.issued, read.serial), (Timestamp(1), 2));
        assert_eq!(
            (read.expires, read.client.id.as_str()),
            (Timestamp(3), "one")
        );
    }
}
