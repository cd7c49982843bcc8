//! Secrets of clients that register themselves (RFC 6749 §10.10, RFC 7591 §3.2.1).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::issue::{Kind, Mint};
use crate::registration;
use crate::registry::{Client, Secret};
use crate::state::{RegisteredClient, StateChange};
use crate::vocabulary::AuthenticationMethod;
use crate::wire::response::Response;

const RULE: &[&str] = &["rfc6749-client-secret-entropy"];

/// A row of this table.
const fn row(id: &'static str, seams: &'static [Seam]) -> Defect {
    Defect {
        id,
        kills: RULE,
        also: &[],
        seams,
    }
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "registered-secret-of-eight-letters",
        &[Seam::Mint(|mint, kind| {
            poor(mint, kind, |random| random.chars().take(8).collect())
        })],
    ),
    row(
        "registered-secret-of-128-bits",
        &[Seam::Mint(|mint, kind| {
            poor(mint, kind, |random| random.chars().take(22).collect())
        })],
    ),
    row(
        "registered-secret-from-client-name",
        &[
            Seam::Changes(|_, _, changes| remembered(changes, name_hashed)),
            Seam::Response(|_, facts, response| sent(facts, response, "client_name")),
        ],
    ),
    row(
        "registered-secret-from-client-id",
        &[
            Seam::Changes(|_, _, changes| remembered(changes, |it| hashed(&it.client.id))),
            Seam::Response(|_, facts, response| sent(facts, response, "client_id")),
        ],
    ),
    row(
        "registered-secret-compared-in-part",
        &[
            Seam::Replace(CheckId::BasicSecretMatches, |_, facts| begins_alike(facts)),
            Seam::Replace(CheckId::PostSecretMatches, |_, facts| begins_alike(facts)),
        ],
    ),
    row(
        "registered-client-kept-as-public-too",
        &[Seam::Changes(|_, _, changes| kept_as_public(changes))],
    ),
];

/// A secret made in a poor way, all other values as they should be.
fn poor(mint: &mut Mint<'_>, kind: Kind, make: fn(String) -> String) -> String {
    let usual = mint.usual(kind);
    if kind == Kind::ClientSecret {
        make(usual)
    } else {
        usual
    }
}

/// Nobody sees at a glance that it is no random value.
fn hashed(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    hash.as_ref()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

fn name_hashed(record: &RegisteredClient) -> String {
    hashed(record.metadata.text("client_name").unwrap_or_default())
}

/// The registered clients with another secret, where they have one.
fn remembered(
    mut changes: Vec<StateChange>,
    secret: fn(&RegisteredClient) -> String,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddClient(record) = change
            && record.client.secret.is_some()
        {
            let secret = secret(record);
            record.client =
                registration::shared(&record.metadata, &record.client.id, Some(&secret));
        }
    }
    changes
}

fn sent(facts: &Facts, response: Response, of: &str) -> Response {
    if facts.endpoint != Endpoint::Registration {
        return response;
    }
    response.edit(|members| {
        let text = members.get(of).and_then(|value| value.as_str());
        let secret = hashed(text.unwrap_or_default());
        if members.contains_key("client_secret") {
            members.insert("client_secret".to_owned(), secret.into());
        }
    })
}

/// The column has eight characters, and so much of both is compared.
fn begins_alike(facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let own = client.and_then(|client| client.secret.as_ref());
    let presented = facts.presented.secret();
    let (Some(own), Some(presented)) = (own, presented) else {
        return Ok(());
    };
    let cut = |text: &str| text.chars().take(8).collect::<String>();
    let alike = facts.registered.is_some() && cut(own.expose()) == cut(presented);
    if alike || own.matches(presented) {
        return Ok(());
    }
    Err(INVALID_CLIENT)
}

/// The client is stored without the method that it registered, and its identifier alone will do, too.
fn kept_as_public(mut changes: Vec<StateChange>) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddClient(record) = change
            && let Some(secret) = &record.client.secret
        {
            let secret = Secret::new(secret.expose().to_owned());
            let client = record.metadata.client(&record.client.id, Some(secret));
            let mut methods = client.methods.clone();
            methods.push(AuthenticationMethod::None);
            record.client = Arc::new(Client { methods, ..client });
        }
    }
    changes
}
