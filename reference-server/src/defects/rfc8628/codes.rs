//! Which `device_code` is good, and how often (RFC 8628 §3.4, §3.5, §5.2).

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
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "device-code-reusable",
        kills: &["rfc8628-single-use"],
        also: &[(
            "rfc8628-single-use-race",
            "no use of a code is noticed, at once or later",
        )],
        seams: &[Seam::Skip(CheckId::DeviceCodeNotRedeemed)],
    },
    Defect {
        id: "device-late-approval-restores",
        kills: &["rfc8628-single-use"],
        also: &[(
            "rfc8628-expired-not-revived",
            "a decision is taken whenever it comes, and writes the record anew",
        )],
        seams: &[
            Seam::Replace(CheckId::DecisionAwaited, decided_at_any_time),
            Seam::Changes(written_anew),
        ],
    },
    Defect {
        id: "device-code-read-then-deleted",
        kills: &["rfc8628-single-use-race"],
        also: &[],
        seams: &[Seam::Commit(Commit::WindowFor(
            |facts| facts.is_grant(GRANT),
            Duration::from_millis(5),
        ))],
    },
    Defect {
        id: "device-unknown-is-pending",
        kills: &["rfc8628-unknown-code"],
        also: &[(
            "rfc8628-user-code-is-no-device-code",
            "a user code is an unknown device code",
        )],
        seams: &[Seam::Replace(CheckId::DeviceCodeKnown, unknown_is_pending)],
    },
    Defect {
        id: "device-code-prefix-matches",
        kills: &["rfc8628-unknown-code"],
        also: &[],
        seams: &[Seam::Facts(prefix_matches)],
    },
    Defect {
        id: "device-code-case-folded",
        kills: &["rfc8628-unknown-code"],
        also: &[],
        seams: &[Seam::Facts(case_folded)],
    },
    Defect {
        id: "device-missing-code-is-the-latest",
        kills: &["rfc8628-missing-code"],
        also: &[],
        seams: &[
            Seam::Facts(missing_is_the_latest),
            Seam::Skip(CheckId::DeviceCodePresent),
        ],
    },
    Defect {
        id: "device-missing-code-is-500",
        kills: &["rfc8628-missing-code"],
        also: &[],
        seams: &[Seam::Response(missing_is_500)],
    },
    Defect {
        id: "device-user-code-accepted",
        kills: &["rfc8628-user-code-is-no-device-code"],
        also: &[],
        seams: &[Seam::Facts(user_code_accepted)],
    },
    Defect {
        id: "device-code-of-64-bits",
        kills: &["rfc8628-code-entropy"],
        also: &[],
        seams: &[Seam::Mint(of_64_bits)],
    },
    Defect {
        id: "device-code-is-row-number",
        kills: &["rfc8628-code-entropy"],
        also: &[],
        seams: &[Seam::Mint(row_number)],
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

/// The `device_code` that is sent.
fn sent(facts: &Facts) -> Option<String> {
    let code = facts.parameters.value("device_code");
    code.filter(|_| facts.is_grant(GRANT)).map(str::to_owned)
}

fn prefix_matches(context: &Context<'_>, facts: &mut Facts) {
    if let Some(sent) = sent(facts).filter(|sent| sent.len() >= 16) {
        let fits = |own: &str| own.starts_with(&sent) || sent.starts_with(own);
        let found = context.find_polled(|it| it.grant_type == GRANT && fits(&it.value));
        polled::take(context, facts, found);
    }
}

fn case_folded(context: &Context<'_>, facts: &mut Facts) {
    if let Some(sent) = sent(facts) {
        let found = context
            .find_polled(|it| it.grant_type == GRANT && it.value.eq_ignore_ascii_case(&sent));
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

fn user_code_accepted(context: &Context<'_>, facts: &mut Facts) {
    if let Some(sent) = sent(facts) {
        let found = context.records.polled_by_user_code(&sent);
        polled::take(context, facts, found);
    }
}

fn of_64_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    match kind {
        Kind::DeviceCode => polled::short(mint),
        Kind::UserCode => mint.user_code(),
        Kind::AccessToken
        | Kind::AuthReqId
        | Kind::AuthorizationCode
        | Kind::Jti
        | Kind::RefreshToken => mint.random(32),
    }
}

/// Long, and nothing but a counter.
fn row_number(mint: &mut Mint<'_>, kind: Kind) -> String {
    match kind {
        Kind::DeviceCode => format!("device-authorization-{:022}", mint.serial),
        Kind::UserCode => mint.user_code(),
        Kind::AccessToken
        | Kind::AuthReqId
        | Kind::AuthorizationCode
        | Kind::Jti
        | Kind::RefreshToken => mint.random(32),
    }
}
