//! The pushed authorization request endpoint (RFC 9126 §2). Its checks are those of
//! [`authorization`](super::authorization): a request that would be refused there is refused here.

use crate::context::Context;
use crate::facts::Facts;
use crate::issue::{Issued, Kind, Mint};
use crate::state::{PushedRecord, StateChange, Usage};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// What authenticated the client is no part of the request (RFC 9126 §2.1).
const CREDENTIALS: [&str; 3] = ["client_assertion", "client_assertion_type", "client_secret"];

/// Keeps the request under a `request_uri` (RFC 9126 §2.2).
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let lifetime = context.server.lifetimes.request_uri;
    let mut parameters = facts.parameters.clone();
    CREDENTIALS.iter().for_each(|name| parameters.remove(name));
    let record = PushedRecord {
        value: format!(
            "urn:ietf:params:oauth:request_uri:{}",
            mint.value(Kind::RequestUri)
        ),
        client: facts
            .client
            .clone()
            .unwrap_or_else(|| context.server.nobody.clone()),
        parameters,
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(lifetime),
        usage: Usage::Unused,
    };
    let object = Object::default()
        .text("request_uri", &record.value)
        .number("expires_in", lifetime);
    Issued {
        response: Response::json(201, object),
        changes: vec![StateChange::AddPushed(record)],
        notification: None,
    }
}
