//! Refresh tokens: which one a text is, and whose (RFC 6749 §6).

use super::comparisons::{self, Same};
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::refresh_token::INVALID_REFRESH_TOKEN;
use crate::registry::Client;
use crate::resolve;
use crate::state::{RefreshRecord, StateChange};
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::raw_request::Body;

/// A look-up by another comparison than the exact one.
macro_rules! looked_up {
    ($id:literal, $same:path) => {
        Defect {
            id: $id,
            kills: &["rfc6749-refresh-unknown"],
            also: &[],
            seams: &[Seam::Facts(|context, facts| {
                look_up(context, facts, $same);
            })],
        }
    };
}

/// A refresh token that some clients may use though it was issued to another one.
macro_rules! unbound {
    ($id:literal, $excused:expr) => {
        Defect {
            id: $id,
            kills: &["rfc6749-refresh-bound-to-client"],
            also: &[],
            seams: &[Seam::Replace(
                CheckId::RefreshTokenBelongsToClient,
                |_, facts| belongs_unless(facts, $excused),
            )],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "refresh-token-absent-is-invalid-grant",
        kills: &["rfc6749-refresh-missing-token"],
        also: &[],
        seams: &[Seam::Skip(CheckId::RefreshTokenPresent)],
    },
    Defect {
        id: "refresh-token-empty-is-looked-up",
        kills: &["rfc6749-refresh-missing-token"],
        also: &[(
            "rfc6749-empty-param-omitted",
            "an empty refresh token differs from none",
        )],
        seams: &[Seam::Replace(CheckId::RefreshTokenPresent, |_, facts| {
            if facts.parameters.count("refresh_token") == 0 {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "refresh_token is missing",
                ));
            }
            Ok(())
        })],
    },
    looked_up!("refresh-token-by-prefix", comparisons::by_prefix),
    looked_up!("refresh-token-by-suffix", comparisons::by_suffix),
    looked_up!("refresh-token-rest-ignored", comparisons::longer),
    looked_up!("refresh-token-cut-off-accepted", comparisons::shorter),
    looked_up!("refresh-token-case-folded", comparisons::case_folded),
    looked_up!("refresh-token-by-pattern", comparisons::by_pattern),
    looked_up!("refresh-token-trimmed", comparisons::trimmed),
    looked_up!(
        "refresh-token-padding-ignored",
        comparisons::without_padding
    ),
    looked_up!(
        "refresh-token-odd-characters-ignored",
        comparisons::without_odd_characters
    ),
    Defect {
        id: "refresh-token-cut-at-nul",
        kills: &["rfc6749-refresh-unknown"],
        also: &[],
        seams: &[Seam::Read(|mut request| {
            if let Some(body) = comparisons::ended_at_nul(request.content(), "refresh_token") {
                request.body = Body::Complete(body);
            }
            request
        })],
    },
    Defect {
        id: "refresh-token-unknown-is-invalid-request",
        kills: &["rfc6749-refresh-unknown"],
        also: &[(
            "rfc6749-grant-value-kind",
            "what is no refresh token at all is an unknown one",
        )],
        seams: &[Seam::Replace(CheckId::RefreshTokenKnown, |_, facts| {
            if facts.refresh_token.is_none() {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "The refresh token is not known",
                ));
            }
            Ok(())
        })],
    },
    Defect {
        id: "refresh-without-authentication",
        kills: &["rfc6749-refresh-auth-required"],
        also: &[
            (
                "rfc6749-client-auth-required",
                "it asks the same of every grant",
            ),
            ("rfc6749-secret-exact", "an empty secret is no credential"),
        ],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| registered_unless(facts, |facts| facts.presented.client_id.is_some()),
        )],
    },
    Defect {
        id: "refresh-client-taken-from-token",
        kills: &["rfc6749-refresh-auth-required"],
        also: &[
            (
                "rfc6749-client-auth-required",
                "it asks the same of every grant",
            ),
            (
                "rfc6749-credentials-not-in-uri",
                "with its credentials in the query a request names no client",
            ),
            (
                "rfc6749-empty-param-omitted",
                "an empty client_id names no client",
            ),
        ],
        seams: &[
            Seam::Facts(client_from_token),
            Seam::Replace(CheckId::AuthenticationMethodRegistered, |_, facts| {
                registered_unless(facts, |facts| facts.presented.client_id.is_none())
            }),
        ],
    },
    Defect {
        id: "unauthenticated-refresh-spends-token",
        kills: &["rfc6749-refresh-auth-required"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            let client = facts.client.as_deref();
            if client.is_some_and(|client| !client.methods.contains(&facts.method())) {
                return spend_token(facts, changes);
            }
            changes
        })],
    },
    unbound!("refresh-client-ignored", |facts, token| {
        facts.method() != AuthenticationMethod::None && !is_public(&token.client)
    }),
    unbound!("refresh-client-ignored-for-public", |facts, token| {
        facts.method() == AuthenticationMethod::None && !is_public(&token.client)
    }),
    unbound!(
        "refresh-token-of-public-client-for-everybody",
        |facts, token| { facts.method() != AuthenticationMethod::None && is_public(&token.client) }
    ),
    unbound!("refresh-client-ignored-between-public", |facts, token| {
        facts.method() == AuthenticationMethod::None && is_public(&token.client)
    }),
    Defect {
        id: "foreign-refresh-spends-token",
        kills: &["rfc6749-refresh-bound-to-client"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            match (&facts.client, &facts.refresh_token) {
                (Some(client), Some(token)) if client.id != token.client.id => {
                    spend_token(facts, changes)
                }
                (Some(_) | None, Some(_) | None) => changes,
            }
        })],
    },
];

/// Finds a refresh token that is the same in some sense, where none is the same exactly.
fn look_up(context: &Context<'_>, facts: &mut Facts, same: Same) {
    if facts.refresh_token.is_some() || !facts.is_grant(GrantType::RefreshToken) {
        return;
    }
    let Some(presented) = facts.parameters.value("refresh_token") else {
        return;
    };
    facts.refresh_token = context.find_refresh_token(|token| same(presented, &token.value));
    resolve::grant(context, facts);
}

fn is_public(client: &Client) -> bool {
    client.methods == [AuthenticationMethod::None]
}

/// The token belongs to the client, or the condition excuses it.
fn belongs_unless(
    facts: &Facts,
    excused: fn(&Facts, &RefreshRecord) -> bool,
) -> Result<(), Refusal> {
    let (Some(client), Some(token)) = (&facts.client, &facts.refresh_token) else {
        return Ok(());
    };
    if client.id == token.client.id || excused(facts, token) {
        return Ok(());
    }
    Err(INVALID_REFRESH_TOKEN)
}

/// The client authenticates as it is registered, or it refreshes its own token and the condition
/// excuses it.
fn registered_unless(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let own = match (&facts.client, &facts.refresh_token) {
        (Some(client), Some(token)) => client.id == token.client.id,
        (Some(_) | None, Some(_) | None) => false,
    };
    let is_refresh = facts.is_grant(GrantType::RefreshToken);
    let bare = facts.method() == AuthenticationMethod::None;
    let passes = bare && own && is_refresh && excused(facts);
    match &facts.client {
        Some(client) if !passes && !client.methods.contains(&facts.method()) => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}

fn client_from_token(context: &Context<'_>, facts: &mut Facts) {
    let named = facts.client.is_some() || facts.presented.client_id.is_some();
    if named || !facts.methods.is_empty() || !facts.is_grant(GrantType::RefreshToken) {
        return;
    }
    if let Some(token) = &facts.refresh_token {
        facts.client = Some(token.client.clone());
        resolve::grant(context, facts);
    }
}

/// The token is rotated away before the request is refused.
fn spend_token(facts: &Facts, mut changes: Vec<StateChange>) -> Vec<StateChange> {
    if let Some(token) = &facts.refresh_token
        && facts.is_grant(GrantType::RefreshToken)
    {
        changes.push(StateChange::RotateRefreshToken(token.value.clone()));
    }
    changes
}
