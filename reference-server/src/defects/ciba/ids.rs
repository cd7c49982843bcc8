//! Which `auth_req_id` is good, and how often (CIBA Core §7.3, §10.1).

use std::time::Duration;

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam, polled};
use crate::endpoints::decision;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::polled::PENDING;
use crate::issue::{Kind, Mint};
use crate::state::StateChange;
use crate::vocabulary::ErrorCode;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "ciba-id-reusable",
        kills: &["ciba-single-use"],
        also: &[(
            "ciba-single-use-race",
            "no use of an id is noticed, at once or later",
        )],
        seams: &[Seam::Skip(CheckId::AuthReqIdNotRedeemed)],
    },
    Defect {
        id: "ciba-late-approval-restores",
        kills: &["ciba-single-use", "ciba-expired"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::DecisionAwaited, decided_at_any_time),
            Seam::Changes(written_anew),
        ],
    },
    Defect {
        id: "ciba-id-read-then-deleted",
        kills: &["ciba-single-use-race"],
        also: &[],
        seams: &[Seam::Commit(Commit::WindowFor(
            |facts| facts.is_grant(GRANT),
            Duration::from_millis(5),
        ))],
    },
    Defect {
        id: "ciba-unknown-is-pending",
        kills: &["ciba-unknown-id"],
        also: &[],
        seams: &[Seam::Replace(CheckId::AuthReqIdKnown, unknown_is_pending)],
    },
    Defect {
        id: "ciba-unknown-is-500",
        kills: &["ciba-unknown-id"],
        also: &[],
        seams: &[Seam::Response(unknown_is_500)],
    },
    Defect {
        id: "ciba-id-prefix-matches",
        kills: &["ciba-unknown-id"],
        also: &[],
        seams: &[Seam::Facts(prefix_matches)],
    },
    Defect {
        id: "ciba-missing-id-is-the-latest",
        kills: &["ciba-missing-id"],
        also: &[],
        seams: &[
            Seam::Facts(missing_is_the_latest),
            Seam::Skip(CheckId::AuthReqIdPresent),
        ],
    },
    Defect {
        id: "ciba-missing-id-is-500",
        kills: &["ciba-missing-id"],
        also: &[],
        seams: &[Seam::Response(missing_is_500)],
    },
    Defect {
        id: "ciba-id-of-64-bits",
        kills: &["ciba-auth-req-id-strength"],
        also: &[],
        seams: &[Seam::Mint(of_64_bits)],
    },
    Defect {
        id: "ciba-id-in-base64",
        kills: &["ciba-auth-req-id-strength"],
        also: &[],
        seams: &[Seam::Mint(in_base64)],
    },
];

fn decided_at_any_time(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let otherwise = decision::decision_awaited(context, facts);
    polled::decided_at_any_time(facts, GRANT, otherwise)
}

fn written_anew(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    polled::written_anew(context, facts, changes, GRANT)
}

fn unknown_is_pending(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.polled {
        Some(_) => Ok(()),
        None => Err(PENDING),
    }
}

/// The `auth_req_id` that is sent.
fn sent(facts: &Facts) -> Option<&str> {
    let id = facts.parameters.value("auth_req_id");
    id.filter(|_| facts.is_grant(GRANT))
}

/// The look-up fails on what is no id of its own form.
fn unknown_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let unknown = sent(facts).is_some() && facts.polled.is_none();
    if unknown && polled::says(facts, &response, GRANT, ErrorCode::InvalidGrant) {
        return polled::crash();
    }
    response
}

fn prefix_matches(context: &Context<'_>, facts: &mut Facts) {
    let sent = sent(facts).filter(|sent| sent.len() >= 16);
    if let Some(sent) = sent.map(str::to_owned) {
        let fits = |own: &str| own.starts_with(&sent) || sent.starts_with(own);
        let found = context.find_polled(|it| it.grant_type == GRANT && fits(&it.value));
        polled::take(context, facts, found);
    }
}

fn missing_is_the_latest(context: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GRANT) && sent(facts).is_none() {
        let found = polled::latest(context, facts, GRANT);
        polled::take(context, facts, found);
    }
}

fn missing_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.is_grant(GRANT) && sent(facts).is_none() && facts.client.is_some() {
        return polled::crash();
    }
    response
}

fn of_64_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    of_ids(mint, kind, polled::short)
}

/// base64 with the two characters that a form has to encode.
fn in_base64(mint: &mut Mint<'_>, kind: Kind) -> String {
    of_ids(mint, kind, |mint| {
        format!("{}+/", mint.random(32).replace('-', "+").replace('_', "/"))
    })
}

fn of_ids(mint: &mut Mint<'_>, kind: Kind, id: fn(&mut Mint<'_>) -> String) -> String {
    match kind {
        Kind::AuthReqId => id(mint),
        Kind::UserCode => mint.user_code(),
        Kind::AccessToken
        | Kind::AuthorizationCode
        | Kind::DeviceCode
        | Kind::Jti
        | Kind::RefreshToken => mint.random(32),
    }
}
