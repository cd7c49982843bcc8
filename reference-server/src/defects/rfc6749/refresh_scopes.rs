//! The scope of a refresh (RFC 6749 §6).

use serde_json::Value;

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::resolve;
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, GrantType, Scope};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "refresh-scope-of-client",
        kills: &["rfc6749-refresh-scope-not-extended"],
        also: &[],
        seams: &[Seam::Facts(refresh_scope_of_client)],
    },
    Defect {
        id: "refresh-scope-may-be-another",
        kills: &["rfc6749-refresh-scope-not-extended"],
        also: &[(
            "rfc6749-scope-not-permitted",
            "scope of another client is such another scope",
        )],
        seams: &[Seam::Replace(CheckId::ScopeWithinGrant, |_, facts| {
            let (asked, granted) = (&facts.scope, &facts.available_scope);
            if granted.is_within(asked) && !asked.is_within(granted) {
                return EXCEEDED;
            }
            Ok(())
        })],
    },
    Defect {
        id: "refresh-scope-defaults-to-client",
        kills: &["rfc6749-refresh-scope-default"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            if facts.requested_scope.is_none()
                && let (Some(client), Some(_)) = (&facts.client, &facts.refresh_token)
            {
                facts.available_scope = client.default_scope.clone();
                facts.default_scope = client.default_scope.clone();
                resolve::scope(context, facts);
            }
        })],
    },
    Defect {
        id: "rotation-loses-scope",
        kills: &["rfc6749-refresh-scope-default"],
        also: &[(
            "rfc6749-refresh-scope-narrowing",
            "the second refresh has no scope to give",
        )],
        seams: &[Seam::Changes(|_, facts, changes| {
            rotated_with(facts, changes, &Scope::default())
        })],
    },
    Defect {
        id: "refresh-drops-last-scope-silently",
        kills: &["rfc6749-refresh-scope-default"],
        also: &[(
            "rfc6749-refresh-scope-narrowing",
            "its second refresh names no scope",
        )],
        seams: &[
            Seam::Facts(drop_last_scope),
            Seam::Response(|_, facts, response| {
                let named = facts.parameters.value("scope").is_some();
                if facts.is_grant(GrantType::RefreshToken) && !named && response.is_token() {
                    response.edit(|members| drop(members.remove("scope")))
                } else {
                    response
                }
            }),
        ],
    },
    Defect {
        id: "refresh-drops-last-scope-and-says-so",
        kills: &["rfc6749-refresh-scope-default"],
        also: &[(
            "rfc6749-refresh-scope-narrowing",
            "its second refresh names no scope",
        )],
        seams: &[Seam::Facts(drop_last_scope)],
    },
    Defect {
        id: "rotation-keeps-narrowed-scope",
        kills: &["rfc6749-refresh-scope-narrowing"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            rotated_with(facts, changes, &facts.scope)
        })],
    },
    Defect {
        id: "narrowing-ignored-silently",
        kills: &["rfc6749-refresh-scope-narrowing"],
        also: &[],
        seams: &[
            Seam::Facts(ignore_narrowing),
            Seam::Response(narrowed_in_answer),
        ],
    },
    Defect {
        id: "narrowing-ignored-and-told",
        kills: &["rfc6749-refresh-scope-narrowing"],
        also: &[],
        seams: &[Seam::Facts(ignore_narrowing)],
    },
    Defect {
        id: "narrowing-refused",
        kills: &["rfc6749-refresh-scope-narrowing"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinGrant, |_, facts| {
            let (asked, granted) = (&facts.scope, &facts.available_scope);
            if !asked.is_within(granted) || !granted.is_within(asked) {
                return EXCEEDED;
            }
            Ok(())
        })],
    },
    Defect {
        id: "widening-back-refused",
        kills: &["rfc6749-refresh-scope-narrowing"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ScopeWithinGrant,
            |context, facts| {
                let asked = facts.requested_scope.is_some();
                let last = last_scope(context, facts).filter(|_| asked);
                let available = last.as_ref().unwrap_or(&facts.available_scope);
                if !facts.scope.is_within(available) {
                    return EXCEEDED;
                }
                Ok(())
            },
        )],
    },
];

/// The scope at refresh is compared with what the client may have, not with the grant.
fn refresh_scope_of_client(context: &Context<'_>, facts: &mut Facts) {
    if let (Some(token), Some(client)) = (&facts.refresh_token, &facts.client) {
        facts.available_scope = client.scope.clone();
        facts.default_scope = token.scope.clone();
        resolve::scope(context, facts);
    }
}

const EXCEEDED: Result<(), Refusal> = Err(Refusal::new(
    ErrorCode::InvalidScope,
    "The scope is not that of the grant",
));

/// A new refresh token has another scope than the one that it replaces.
fn rotated_with(facts: &Facts, mut changes: Vec<StateChange>, scope: &Scope) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddRefreshToken(token) = change
            && facts.is_grant(GrantType::RefreshToken)
        {
            token.scope = scope.clone();
        }
    }
    changes
}

fn drop_last_scope(context: &Context<'_>, facts: &mut Facts) {
    if facts.requested_scope.is_none() && facts.is_grant(GrantType::RefreshToken) {
        let mut values: Vec<String> = facts.default_scope.values().map(str::to_owned).collect();
        if values.len() > 1 {
            values.pop();
        }
        facts.default_scope = Scope::of(&values);
        resolve::scope(context, facts);
    }
}

fn ignore_narrowing(context: &Context<'_>, facts: &mut Facts) {
    let narrower = facts.scope.is_within(&facts.available_scope);
    if narrower && facts.is_grant(GrantType::RefreshToken) {
        facts.requested_scope = None;
        resolve::scope(context, facts);
    }
}

/// The answer tells what was asked for.
fn narrowed_in_answer(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    match facts.parameters.value("scope") {
        Some(asked) if facts.is_grant(GrantType::RefreshToken) && response.is_token() => response
            .edit(|members| {
                members.insert("scope".to_owned(), Value::String(asked.to_owned()));
            }),
        Some(_) | None => response,
    }
}

/// The scope of the last access token of the grant.
fn last_scope(context: &Context<'_>, facts: &Facts) -> Option<Scope> {
    let grant = &facts.refresh_token.as_ref()?.grant;
    let mut last: Option<(u64, Scope)> = None;
    context.records.each_access_token(&mut |token| {
        let later = last
            .as_ref()
            .is_none_or(|(serial, _)| *serial < token.serial);
        if token.grant.as_ref() == Some(grant) && later {
            last = Some((token.serial, token.scope.clone()));
        }
    });
    last.map(|(_, scope)| scope)
}
