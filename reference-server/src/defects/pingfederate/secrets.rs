//! Client secrets: by Basic, in the body, in the query, replaced.

use super::row;
use crate::authentication;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::rfc6749::credentials_read_from_query;
use crate::defects::secrets::compare;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::registry::{Client, Secret};
use crate::resolve;
use crate::vocabulary::AuthenticationMethod;

const BASIC: &[&str] = &["pingfederate-secret-basic"];
const POST: &[&str] = &["pingfederate-secret-post"];
const QUERY: &[&str] = &["pingfederate-secret-not-in-query"];
const RETENTION: &[&str] = &["pingfederate-secret-retention"];

const MADE_UP: (&str, &str) = (
    "pingfederate-auth-method-configured",
    "a made-up secret passes where secrets are configured, too",
);

const REPLACED: (&str, &str) = ("pingfederate-secret-retention", "a replaced secret passes");

const VALIDATES: (&str, &str) = (
    "pingfederate-validate-bearer-not-for-everyone",
    "resource servers authenticate so, too",
);

macro_rules! by_basic {
    ($id:literal, $same:expr) => {
        row(
            $id,
            BASIC,
            &[],
            &[Seam::Replace(CheckId::BasicSecretMatches, |_, facts| {
                compare(facts, $same)
            })],
        )
    };
}

macro_rules! by_post {
    ($id:literal, $same:expr) => {
        row(
            $id,
            POST,
            &[],
            &[Seam::Replace(CheckId::PostSecretMatches, |_, facts| {
                compare(facts, $same)
            })],
        )
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "basic-refused-for-clients-that-post",
        BASIC,
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| only_registered(facts, AuthenticationMethod::ClientSecretBasic),
        )],
    ),
    row(
        "basic-secret-not-compared",
        BASIC,
        &[MADE_UP, REPLACED, VALIDATES],
        &[Seam::Skip(CheckId::BasicSecretMatches)],
    ),
    row(
        "basic-secret-without-last-character",
        BASIC,
        &[VALIDATES],
        &[Seam::Replace(CheckId::BasicSecretMatches, |_, facts| {
            compare(facts, cut_off)
        })],
    ),
    by_basic!("basic-secret-compared-as-sent", |sent, stored| {
        !sent.is_empty() && stored.expose().starts_with(sent)
    }),
    by_basic!("basic-secret-compared-as-stored", |sent, stored| {
        sent.starts_with(stored.expose())
    }),
    by_basic!("basic-empty-secret-accepted", |sent, stored| {
        sent.is_empty() || stored.matches(sent)
    }),
    row(
        "posting-refused-for-basic-clients",
        POST,
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| only_registered(facts, AuthenticationMethod::ClientSecretPost),
        )],
    ),
    row(
        "posted-secret-not-compared",
        POST,
        &[MADE_UP, REPLACED],
        &[Seam::Skip(CheckId::PostSecretMatches)],
    ),
    by_post!("posted-secret-without-last-character", cut_off),
    by_post!("posted-secret-compared-as-sent", |sent, stored| {
        stored.expose().starts_with(sent)
    }),
    by_post!("posted-secret-compared-as-stored", |sent, stored| {
        sent.starts_with(stored.expose())
    }),
    row(
        "posted-empty-secret-accepted",
        POST,
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| registered_or(facts, |facts| facts.parameters.count("client_secret") > 0),
        )],
    ),
    row(
        "query-secret-read",
        QUERY,
        &[],
        &[Seam::Read(credentials_read_from_query)],
    ),
    row(
        "query-secret-not-compared",
        QUERY,
        &[],
        &[Seam::Facts(query_secret_not_compared)],
    ),
    row(
        "replaced-secret-never-purged",
        RETENTION,
        &[],
        &[
            Seam::Replace(CheckId::BasicSecretMatches, or_replaced),
            Seam::Replace(CheckId::PostSecretMatches, or_replaced),
        ],
    ),
    row(
        "replaced-secret-good-in-body",
        RETENTION,
        &[],
        &[Seam::Replace(CheckId::PostSecretMatches, or_replaced)],
    ),
];

/// The last character is beyond the end of the loop.
fn cut_off(sent: &str, stored: &Secret) -> bool {
    let stored = stored.expose();
    let but_last = |text: &str| text.char_indices().next_back().map(|(at, _)| at);
    let ends = but_last(sent).zip(but_last(stored));
    let cut = ends.and_then(|(sent_end, end)| Some((sent.get(..sent_end)?, stored.get(..end)?)));
    cut.is_some_and(|(sent, stored)| sent == stored)
}

/// The method that stands first in the registration is the only one of the two that the client may use.
fn only_registered(facts: &Facts, other: AuthenticationMethod) -> Result<(), Refusal> {
    let is_other = |client: &Client| client.methods.first() != Some(&other);
    let barred = facts.method() == other && facts.client.as_deref().is_some_and(is_other);
    if barred {
        return Err(INVALID_CLIENT);
    }
    registered_or(facts, |_| false)
}

/// The client authenticates as it is registered, or without anything where the condition excuses it.
fn registered_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let bare = facts.method() == AuthenticationMethod::None && excused(facts);
    match &facts.client {
        Some(client) if !bare && !client.methods.contains(&facts.method()) => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}

/// Whoever brings a secret in the URL has passed the login page, which compared it.
fn query_secret_not_compared(context: &Context<'_>, facts: &mut Facts) {
    let query = context.request.query_form();
    let bare = facts.endpoint == Endpoint::Token && facts.methods.is_empty();
    if !bare || query.value("client_secret").is_none() {
        return;
    }
    let id = facts.presented.client_id.clone();
    let id = id.or_else(|| query.value("client_id").map(str::to_owned));
    let client = id
        .as_deref()
        .and_then(|id| context.server.registry.client(id));
    let stored = client.and_then(|client| Some(client.secret.as_ref()?.expose().to_owned()));
    if let Some(stored) = stored {
        facts.presented.client_id = id;
        facts.presented.client_secret = Some(stored);
        facts.methods = authentication::presented(&facts.presented);
        resolve::client(context.server, facts);
        resolve::grant(context, facts);
    }
}

fn or_replaced(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let replaced = client.and_then(|client| client.retired_secret.as_ref());
    compare(facts, |sent, stored| {
        stored.matches(sent) || replaced.is_some_and(|replaced| replaced.matches(sent))
    })
}
