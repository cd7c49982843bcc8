//! `jti`, and what is remembered of it.

use std::time::Duration;

use super::row;
use super::sight::{jws, refuse_unless};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue;
use crate::jose::assertion::Signature;
use crate::state::StateChange;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-jti-optional",
        &["rfc7523-jti-missing"],
        &[],
        &[Seam::Skip(CheckId::AssertionIdPresent)],
    ),
    row(
        "client-assertion-jti-forgotten",
        &["rfc7523-jti-replay"],
        &[
            (
                "rfc7523-aud-cross-endpoint-replay",
                "no use is remembered at any endpoint",
            ),
            ("rfc7523-jti-replay-race", "no use is remembered at all"),
        ],
        &[Seam::Skip(CheckId::AssertionNotReplayed)],
    ),
    row(
        "client-assertion-jti-entered-late",
        &["rfc7523-jti-replay-race"],
        &[],
        &[Seam::Commit(Commit::Window(Duration::from_millis(6)))],
    ),
    row(
        "client-assertion-jti-of-all-clients",
        &["rfc7523-jti-per-client"],
        &[],
        &[Seam::Replace(CheckId::AssertionNotReplayed, of_all_clients)],
    ),
    row(
        "client-assertion-jti-burnt-by-forgery",
        &["rfc7523-jti-not-burnt-by-bad-signature"],
        &[],
        &[Seam::Changes(burnt_by_forgery)],
    ),
];

fn of_all_clients(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(jti) = jws(facts).and_then(|jws| jws.text("jti")) else {
        return Ok(());
    };
    let mut clients = context.server.registry.clients();
    refuse_unless(!clients.any(|client| context.records.is_assertion_used(&client.id, jti)))
}

/// The identifier is entered before the signature is looked at.
fn burnt_by_forgery(
    context: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let assertion = facts.presented.assertion.as_ref();
    if assertion.is_some_and(|it| it.signature == Signature::Invalid) {
        changes.extend(issue::used_assertion(context, facts));
    }
    changes
}
