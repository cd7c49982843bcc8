//! How the identifier of a client is looked up, and what becomes of one that nobody has (RFC 6749 §5.2).

use std::time::Duration;

use super::errors::refused;
use super::grant_types::server_error;
use crate::authentication;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::registry::Client;
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "unknown-client-is-unauthorized-client",
        kills: &["rfc6749-unknown-client"],
        also: &[(
            "rfc6749-error-cache-control",
            "what is recorded there shows the error",
        )],
        seams: &[Seam::Replace(
            CheckId::ClientKnown,
            unknown_is_unauthorized_client,
        )],
    },
    Defect {
        id: "unknown-client-is-not-found",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Response(unknown_is_not_found)],
    },
    Defect {
        id: "unknown-client-with-another-status",
        kills: &["rfc6749-unknown-client"],
        also: &[(
            "rfc6749-error-cache-control",
            "what is recorded there shows the status",
        )],
        seams: &[Seam::Response(unknown_with_another_status)],
    },
    Defect {
        id: "secrets-of-known-clients-hashed-slowly",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Commit(Commit::WindowFor(
            |facts| secret_is_compared(facts) && facts.is_grant(GrantType::ClientCredentials),
            Duration::from_millis(4),
        ))],
    },
    Defect {
        id: "unknown-client-sought-in-slow-directory",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Commit(Commit::WindowFor(
            |facts| facts.client.is_none() && facts.is_grant(GrantType::ClientCredentials),
            Duration::from_millis(4),
        ))],
    },
    Defect {
        id: "quote-in-client-id-is-server-error",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Response(quote_is_server_error)],
    },
    Defect {
        id: "client-id-case-folded",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Facts(case_folded)],
    },
    Defect {
        id: "client-id-by-prefix",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Facts(by_prefix)],
    },
    Defect {
        id: "client-id-as-wildcard",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Facts(as_wildcard)],
    },
    Defect {
        id: "client-id-looked-up-trimmed",
        kills: &["rfc6749-unknown-client"],
        also: &[],
        seams: &[Seam::Facts(trimmed)],
    },
];

fn unknown_is_unauthorized_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if !is_stranger(facts) {
        return if facts.client.is_some() {
            Ok(())
        } else {
            Err(INVALID_CLIENT)
        };
    }
    let description = "The client is not registered";
    Err(Refusal::new(ErrorCode::UnauthorizedClient, description))
}

/// Whether there is a client, and its secret is compared with what came.
fn secret_is_compared(facts: &Facts) -> bool {
    let by_secret = matches!(
        facts.method(),
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    );
    by_secret
        && facts
            .client
            .as_ref()
            .is_some_and(|client| client.secret.is_some())
}

fn named_id(facts: &Facts) -> Option<&str> {
    let presented = &facts.presented;
    authentication::client_id(facts.method(), presented).or(presented.client_id.as_deref())
}

/// Whether `client_id` names nobody; what the Authorization header names is another component's.
fn is_stranger(facts: &Facts) -> bool {
    facts.client.is_none()
        && facts.presented.client_id.is_some()
        && facts.method() != AuthenticationMethod::ClientSecretBasic
}

fn unknown_is_not_found(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !is_stranger(facts) {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        response.with_status(404)
    })
}

/// The look-up and the comparison answer each in their own way.
fn unknown_with_another_status(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !is_stranger(facts) {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        response.with_status(400)
    })
}

fn quote_is_server_error(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if named_id(facts).is_some_and(|id| id.contains("' OR ")) {
        return refused(facts, response, "", server_error);
    }
    response
}

/// Where the identifier leads nowhere, another look with a weaker comparison: `(registered, sent)`.
fn look_again(context: &Context<'_>, facts: &mut Facts, fits: impl Fn(&str, &str) -> bool) {
    if facts.endpoint != Endpoint::Token || facts.client.is_some() {
        return;
    }
    let found = named_id(facts)
        .and_then(|sent| context.find_client(|client: &Client| fits(&client.id, sent)));
    if found.is_some() {
        facts.client = found;
        resolve::assertion(facts);
        resolve::grant(context, facts);
    }
}

fn case_folded(context: &Context<'_>, facts: &mut Facts) {
    look_again(context, facts, |id, sent| id.eq_ignore_ascii_case(sent));
}

fn by_prefix(context: &Context<'_>, facts: &mut Facts) {
    look_again(context, facts, |id, sent| {
        sent.len() + 1 == id.len() && id.starts_with(sent)
    });
}

/// `WHERE id LIKE ?`, and of many rows the one whose secret fits.
fn as_wildcard(context: &Context<'_>, facts: &mut Facts) {
    let Some(secret) = facts.presented.secret().map(str::to_owned) else {
        return;
    };
    if facts.client.is_none() && named_id(facts) == Some("%") {
        facts.client = context.find_client(|client| {
            let own = client.secret.as_ref();
            own.is_some_and(|own| own.matches(&secret))
        });
        resolve::grant(context, facts);
    }
}

fn trimmed(context: &Context<'_>, facts: &mut Facts) {
    look_again(context, facts, |id, sent| sent.trim() == id);
}
