//! Who may poll, and for what (RFC 8628 §3.4).

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::rfc6749::open_to_all;
use crate::defects::{Defect, Seam, polled, secrets};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::polled::INVALID;
use crate::state::{Decision, PolledRecord};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "device-client-taken-from-poll",
        kills: &["rfc8628-bound-to-client"],
        also: &[],
        seams: &[Seam::Skip(CheckId::DeviceCodeBelongsToClient)],
    },
    Defect {
        id: "device-state-told-to-others",
        kills: &["rfc8628-bound-to-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::DeviceCodeBelongsToClient,
            bound_once_approved,
        )],
    },
    Defect {
        id: "device-poll-needs-no-credentials",
        kills: &["rfc8628-client-authentication"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |context, facts| polled::by_any_method(context, facts, GRANT),
        )],
    },
    Defect {
        id: "device-secret-not-compared",
        kills: &["rfc8628-client-authentication"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_not_compared),
            Seam::Replace(CheckId::PostSecretMatches, secret_not_compared),
        ],
    },
    Defect {
        id: "device-endpoint-takes-any-secret",
        kills: &["rfc8628-client-authentication"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, compared_at_token_endpoint),
            Seam::Replace(CheckId::PostSecretMatches, compared_at_token_endpoint),
        ],
    },
    Defect {
        id: "device-endpoint-takes-client-id",
        kills: &["rfc8628-client-authentication"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |context, facts| {
                polled::begun_by_any_method(context, facts, Endpoint::DeviceAuthorization)
            },
        )],
    },
    Defect {
        id: "device-grant-open-to-all",
        kills: &["rfc8628-unauthorized-client"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::GrantTypeAllowed, |context, facts| {
                open_to_all(context, facts, GRANT)
            }),
            Seam::Replace(CheckId::DeviceCodeBelongsToClient, |_, facts| {
                polled::bound_among_clients(facts, GRANT)
            }),
        ],
    },
    Defect {
        id: "device-unauthorized-is-invalid-client",
        kills: &["rfc8628-unauthorized-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| polled::unauthorized_is_invalid_client(context, facts, GRANT),
        )],
    },
    Defect {
        id: "device-scope-from-poll",
        kills: &["rfc8628-scope-as-approved"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ScopeWithinDevice)],
    },
];

fn bound_once_approved(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let refused =
        |it: &PolledRecord| polled::is_foreign(facts, it) && it.decision == Decision::Approved;
    polled::refuse_if(facts, refused, INVALID)
}

fn secret_not_compared(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| {
        own.matches(sent) || facts.is_grant(GRANT)
    })
}

fn compared_at_token_endpoint(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let begins = facts.endpoint == Endpoint::DeviceAuthorization;
    secrets::compare(facts, |sent, own| own.matches(sent) || begins)
}
