//! Who may begin, and who may poll (CIBA Core §7.1, §10.1).

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::rfc6749::open_to_all;
use crate::defects::{Defect, Seam, polled, secrets};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::state::{StateChange, Usage};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "ciba-id-alone-is-looked-up",
        kills: &["ciba-id-of-other-client"],
        also: &[],
        seams: &[Seam::Skip(CheckId::AuthReqIdBelongsToClient)],
    },
    Defect {
        id: "ciba-poll-of-another-ends-it",
        kills: &["ciba-id-of-other-client"],
        also: &[],
        seams: &[Seam::Changes(poll_of_another_ends_it)],
    },
    Defect {
        id: "ciba-poll-needs-no-credentials",
        kills: &["ciba-client-authentication"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |context, facts| polled::by_any_method(context, facts, GRANT),
        )],
    },
    Defect {
        id: "ciba-credentials-of-anybody",
        kills: &["ciba-client-authentication"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_of_anybody),
            Seam::Replace(CheckId::PostSecretMatches, secret_of_anybody),
        ],
    },
    Defect {
        id: "ciba-endpoint-takes-any-secret",
        kills: &["ciba-client-authentication"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, any_secret_begins),
            Seam::Replace(CheckId::PostSecretMatches, any_secret_begins),
        ],
    },
    Defect {
        id: "ciba-endpoint-takes-secret-of-anybody",
        kills: &["ciba-client-authentication"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_of_anybody_begins),
            Seam::Replace(CheckId::PostSecretMatches, secret_of_anybody_begins),
        ],
    },
    Defect {
        id: "ciba-endpoint-needs-no-credentials",
        kills: &["ciba-client-authentication"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::BackchannelAuthenticated),
            Seam::Replace(CheckId::AuthenticationMethodRegistered, |context, facts| {
                polled::begun_by_any_method(context, facts, Endpoint::BackchannelAuthentication)
            }),
        ],
    },
    Defect {
        id: "ciba-grant-open-to-all",
        kills: &["ciba-unauthorized-client"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::GrantTypeAllowed, |context, facts| {
                open_to_all(context, facts, GRANT)
            }),
            Seam::Replace(CheckId::AuthReqIdBelongsToClient, |_, facts| {
                polled::bound_among_clients(facts, GRANT)
            }),
        ],
    },
    Defect {
        id: "ciba-unauthorized-is-invalid-client",
        kills: &["ciba-unauthorized-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| polled::unauthorized_is_invalid_client(context, facts, GRANT),
        )],
    },
];

fn poll_of_another_ends_it(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let record = polled::polled(facts, GRANT);
    let foreign = record.filter(|it| polled::is_foreign(facts, it) && it.usage == Usage::Unused);
    changes.extend(foreign.map(|record| StateChange::RedeemPolled(record.value.clone())));
    changes
}

fn secret_of_anybody(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| {
        own.matches(sent) || facts.is_grant(GRANT) && secrets::is_of_anybody(context, sent)
    })
}

fn secret_of_anybody_begins(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| {
        own.matches(sent) || begins(facts) && secrets::is_of_anybody(context, sent)
    })
}

/// The endpoint reads who asks, and leaves the rest to the polls.
fn any_secret_begins(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| own.matches(sent) || begins(facts))
}

fn begins(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::BackchannelAuthentication
}
