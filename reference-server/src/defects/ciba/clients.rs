//! Who may poll (CIBA Core §10.1).

use super::GRANT;
use crate::checks::CheckId;
use crate::checks::client::{INVALID_CLIENT, authentication_method_registered};
use crate::context::Context;
use crate::defects::{Defect, Seam, polled};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants;
use crate::grants::polled::INVALID;
use crate::state::{PolledRecord, StateChange, Usage};

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
            any_method,
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
        id: "ciba-grant-open-to-all",
        kills: &["ciba-unauthorized-client"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::GrantTypeAllowed, open_to_all),
            Seam::Replace(CheckId::AuthReqIdBelongsToClient, bound_among_its_clients),
        ],
    },
    Defect {
        id: "ciba-unauthorized-is-invalid-client",
        kills: &["ciba-unauthorized-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            unauthorized_is_invalid_client,
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

fn any_method(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.is_grant(GRANT) {
        return Ok(());
    }
    authentication_method_registered(context, facts)
}

fn secret_of_anybody(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = facts.presented.secret().unwrap_or_default();
    let own = |client: &crate::registry::Client| {
        let secret = client.secret.as_ref();
        secret.is_some_and(|secret| secret.matches(sent))
    };
    let anybody = facts.is_grant(GRANT) && context.find_client(own).is_some();
    if anybody || facts.client.as_deref().is_none_or(own) {
        return Ok(());
    }
    Err(INVALID_CLIENT)
}

fn open_to_all(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.is_grant(GRANT) {
        return Ok(());
    }
    grants::grant_type_allowed(context, facts)
}

fn bound_among_its_clients(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let refused = |it: &PolledRecord| polled::is_foreign(facts, it) && polled::may(facts, GRANT);
    polled::refuse_if(facts, refused, INVALID)
}

fn unauthorized_is_invalid_client(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.is_grant(GRANT) && !polled::may(facts, GRANT) {
        return Err(INVALID_CLIENT);
    }
    grants::grant_type_allowed(context, facts)
}
