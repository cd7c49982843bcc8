//! What resources have to do with codes, refresh tokens and clients (RFC 8707 §2.2).

use super::{row, sent};
use crate::checks::{CheckFn, CheckId};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::token_exchange::targets;
use crate::resource_indicators::{INVALID_TARGET, granted, permitted, within_grant};
use crate::state::StateChange;
use crate::vocabulary::GrantType;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "resource-of-code-not-narrowed",
        &["rfc8707-code-subset"],
        &[(
            "rfc8707-code-widening",
            "what the code exchange asks for is not looked at",
        )],
        &[Seam::Facts(|_, facts| {
            whole_grant(facts, GrantType::AuthorizationCode)
        })],
    ),
    row(
        "resource-of-refresh-not-narrowed",
        &["rfc8707-refresh-subset"],
        &[(
            "rfc8707-refresh-widening",
            "what the refresh asks for is not looked at",
        )],
        &[Seam::Facts(|_, facts| {
            whole_grant(facts, GrantType::RefreshToken)
        })],
    ),
    row(
        "resource-of-code-checked-against-client",
        &["rfc8707-code-widening"],
        &[],
        &[Seam::Replace(CheckId::ResourceGranted, |_, facts| {
            within_unless(facts, GrantType::AuthorizationCode)
        })],
    ),
    row(
        "resource-of-refresh-checked-against-client",
        &["rfc8707-refresh-widening"],
        &[],
        &[Seam::Replace(CheckId::ResourceGranted, |_, facts| {
            within_unless(facts, GrantType::RefreshToken)
        })],
    ),
    row(
        "resource-one-granted-is-enough",
        &["rfc8707-code-widening", "rfc8707-refresh-widening"],
        &[],
        &[Seam::Replace(CheckId::ResourceGranted, |_, facts| {
            let all = &facts.manager_request.resources;
            let within = |granted: &[String]| all.iter().any(|uri| granted.contains(uri));
            match granted(facts) {
                Some(own) if !all.is_empty() && !within(own) => Err(INVALID_TARGET),
                Some(_) | None => Ok(()),
            }
        })],
    ),
    row(
        "resource-default-of-code-covers-all",
        &["rfc8707-code-default"],
        &[],
        &[Seam::Changes(|context, facts, changes| {
            let unasked = facts.is_grant(GrantType::AuthorizationCode) && sent(facts).is_empty();
            let asked_before = granted(facts).is_some_and(|own| !own.is_empty());
            if unasked && asked_before {
                audience(changes, &every(context))
            } else {
                changes
            }
        })],
    ),
    row(
        "resource-narrowing-sticks",
        &["rfc8707-refresh-subset"],
        &[],
        &[Seam::Changes(|_, facts, mut changes| {
            for change in &mut changes {
                if let StateChange::AddRefreshToken(record) = change {
                    record
                        .resources
                        .clone_from(&facts.manager_request.resources);
                }
            }
            changes
        })],
    ),
    row(
        "resource-permission-unchecked",
        &["rfc8707-client-permission"],
        &[],
        &[Seam::Skip(CheckId::ResourcePermitted)],
    ),
    row(
        "resource-permission-of-first-value",
        &["rfc8707-client-permission"],
        &[],
        &[Seam::Replace(
            CheckId::ResourcePermitted,
            |context, facts| {
                let first = facts.manager_request.resources.first();
                let known =
                    |uri: &String| context.server.resources.iter().find(|own| own.uri == *uri);
                let clients = first.and_then(known).and_then(|own| own.clients.as_ref());
                match (clients, &facts.client) {
                    (Some(clients), Some(client)) if !clients.contains(&client.id) => {
                        Err(INVALID_TARGET)
                    }
                    (Some(_) | None, Some(_) | None) => Ok(()),
                }
            },
        )],
    ),
    row(
        "resource-unchecked-for-code-without-one",
        &["rfc8707-client-permission"],
        &[],
        &[
            Seam::Replace(CheckId::ResourceGranted, |context, facts| {
                unless_first_named(
                    context,
                    facts,
                    &[GrantType::AuthorizationCode],
                    within_grant,
                )
            }),
            Seam::Replace(CheckId::ResourcePermitted, |context, facts| {
                unless_first_named(context, facts, &[GrantType::AuthorizationCode], permitted)
            }),
        ],
    ),
    row(
        "resource-unchecked-for-refresh-without-one",
        &["rfc8707-client-permission"],
        &[],
        &[
            Seam::Replace(CheckId::ResourceGranted, |context, facts| {
                unless_first_named(context, facts, &[GrantType::RefreshToken], within_grant)
            }),
            Seam::Replace(CheckId::ResourcePermitted, |context, facts| {
                unless_first_named(context, facts, &[GrantType::RefreshToken], permitted)
            }),
        ],
    ),
    row(
        "resource-unchecked-at-polls",
        &["rfc8707-client-permission"],
        &[],
        &[
            Seam::Replace(CheckId::ResourceGranted, |context, facts| {
                unless_first_named(context, facts, POLLED, within_grant)
            }),
            Seam::Replace(CheckId::ResourcePermitted, |context, facts| {
                unless_first_named(context, facts, POLLED, permitted)
            }),
        ],
    ),
    row(
        "resource-permission-unchecked-for-devices",
        &["rfc8707-client-permission"],
        &[],
        &[Seam::Replace(
            CheckId::ResourcePermitted,
            |context, facts| {
                let device = facts.endpoint == Endpoint::DeviceAuthorization
                    || facts.is_grant(GrantType::DeviceCode);
                if device {
                    return Ok(());
                }
                permitted(context, facts)
            },
        )],
    ),
    row(
        "resource-permission-unchecked-at-exchange",
        &["rfc8707-client-permission"],
        &[],
        &[Seam::Replace(
            CheckId::ExchangeTargetKnown,
            |context, facts| {
                let known = |uri: &String| {
                    let mut resources = context.server.resources.iter();
                    context.server.exchange_targets.contains(uri)
                        || resources.any(|own| own.uri == *uri)
                };
                if targets(facts).iter().all(known) {
                    return Ok(());
                }
                Err(INVALID_TARGET)
            },
        )],
    ),
];

const POLLED: &[GrantType] = &[GrantType::Ciba, GrantType::DeviceCode];

/// A grant without a resource restricts nothing, and nobody asks what the client may use.
fn unless_first_named(
    context: &Context<'_>,
    facts: &Facts,
    grant_types: &[GrantType],
    check: CheckFn,
) -> Result<(), Refusal> {
    let asked = grant_types.iter().any(|grant| facts.is_grant(*grant));
    if asked && granted(facts).is_some_and(<[String]>::is_empty) {
        return Ok(());
    }
    check(context, facts)
}

/// The resources of the token request are not looked at.
fn whole_grant(facts: &mut Facts, grant_type: GrantType) {
    if facts.is_grant(grant_type)
        && let Some(own) = granted(facts)
        && !own.is_empty()
    {
        facts.manager_request.resources = own.to_vec();
    }
}

/// The check of the grant, but for one grant type.
fn within_unless(facts: &Facts, grant_type: GrantType) -> Result<(), Refusal> {
    let all = &facts.manager_request.resources;
    match granted(facts) {
        Some(own) if !facts.is_grant(grant_type) && !all.iter().all(|uri| own.contains(uri)) => {
            Err(INVALID_TARGET)
        }
        Some(_) | None => Ok(()),
    }
}

/// Every resource of the server.
pub(super) fn every(context: &Context<'_>) -> Vec<String> {
    let resources = context.server.resources.iter();
    resources.map(|resource| resource.uri.clone()).collect()
}

/// Access tokens for another audience.
pub(super) fn audience(mut changes: Vec<StateChange>, audience: &[String]) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change {
            audience.clone_into(&mut record.audience);
        }
    }
    changes
}
