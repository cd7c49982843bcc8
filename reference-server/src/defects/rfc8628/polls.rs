//! What a poll is told: pending, early, expired, denied (RFC 8628 §3.5).

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam, polled};
use crate::endpoints::decision;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::state::{Decision, PolledRecord, StateChange};
use crate::vocabulary::ErrorCode;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "device-pending-is-invalid-grant",
        kills: &["rfc8628-pending"],
        also: NO_PENDING,
        seams: &[Seam::Replace(
            CheckId::DeviceDecided,
            polled::pending_is_invalid_grant,
        )],
    },
    Defect {
        id: "device-pending-is-428",
        kills: &["rfc8628-pending"],
        also: NO_PENDING,
        seams: &[Seam::Response(pending_is_428)],
    },
    Defect {
        id: "device-throttle-ends-the-flow",
        kills: &["rfc8628-fast-poll"],
        also: &[
            (
                "rfc8628-slow-down-recovers",
                "after an early poll nothing is left to recover",
            ),
            ("rfc8628-slow-down-used", "what is recorded shows the error"),
        ],
        seams: &[Seam::Changes(throttle_ends_the_flow)],
    },
    Defect {
        id: "device-throttle-is-a-page",
        kills: &["rfc8628-fast-poll"],
        also: &[(
            "rfc8628-slow-down-recovers",
            "nothing says slow_down, which is recorded",
        )],
        seams: &[Seam::Response(throttle_is_a_page)],
    },
    Defect {
        id: "device-interval-not-enforced",
        kills: &["rfc8628-slow-down-used"],
        also: &[(
            "rfc8628-slow-down-recovers",
            "nothing says slow_down, which is recorded",
        )],
        seams: &[Seam::Skip(CheckId::DevicePolledInTime)],
    },
    Defect {
        id: "device-slow-down-for-good",
        kills: &["rfc8628-slow-down-recovers"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            polled::early(facts, changes, GRANT, polled::for_good)
        })],
    },
    Defect {
        id: "device-first-poll-throttled",
        kills: &["rfc8628-first-poll-not-throttled"],
        also: &[],
        seams: &[Seam::Changes(first_poll_throttled)],
    },
    Defect {
        id: "device-expired-stays-pending",
        kills: &["rfc8628-expired"],
        also: &[(
            "rfc8628-expired-not-revived",
            "the poll after a late approval is told to go on",
        )],
        seams: &[Seam::Skip(CheckId::DeviceCodeNotExpired)],
    },
    Defect {
        id: "device-approval-revives",
        kills: &["rfc8628-expired-not-revived"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::DecisionAwaited, pending_however_late),
            Seam::Changes(|context, facts, changes| {
                polled::written_anew(context, facts, changes, GRANT)
            }),
        ],
    },
    Defect {
        id: "device-denial-not-stored",
        kills: &["rfc8628-denied"],
        also: &[],
        seams: &[Seam::Changes(denial_not_stored)],
    },
    Defect {
        id: "device-denial-is-a-decision",
        kills: &["rfc8628-denied"],
        also: &[],
        seams: &[Seam::Skip(CheckId::DeviceNotDenied)],
    },
    Defect {
        id: "device-expires-at-half-time",
        kills: &["rfc8628-pending"],
        also: &[],
        seams: &[Seam::Changes(|_, _, changes| {
            polled::expires_at_half_time(changes, GRANT)
        })],
    },
    Defect {
        id: "device-denial-can-be-taken-back",
        kills: &["rfc8628-denied"],
        also: &[],
        seams: &[Seam::Replace(CheckId::DecisionAwaited, taken_back)],
    },
    Defect {
        id: "device-denial-looks-expired",
        kills: &["rfc8628-denied"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::DeviceNotDenied,
            polled::denial_looks_expired,
        )],
    },
];

const NO_PENDING: &[(&str, &str)] = &[
    ("rfc8628-fast-poll", "its first poll is pending"),
    (
        "rfc8628-first-poll-not-throttled",
        "what is recorded shows the error",
    ),
    ("rfc8628-slow-down-recovers", "its polls are pending"),
    ("rfc8628-slow-down-used", "its polls are pending"),
];

fn pending_is_428(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if polled::says(facts, &response, GRANT, ErrorCode::AuthorizationPending) {
        return response.with_status(428);
    }
    response
}

fn throttle_ends_the_flow(
    _: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    polled::early(facts, changes, GRANT, StateChange::RedeemPolled)
}

fn throttle_is_a_page(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if polled::says(facts, &response, GRANT, ErrorCode::SlowDown) {
        return Response::empty(429)
            .with("Content-Type", "text/html")
            .with_body("<h1>Too Many Requests</h1>");
    }
    response
}

fn first_poll_throttled(
    context: &Context<'_>,
    _: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddPolled(record) = change
            && record.grant_type == GRANT
        {
            record.polled = Some(context.now);
        }
    }
    changes
}

fn taken_back(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let denied = |it: &PolledRecord| it.grant_type == GRANT && it.decision == Decision::Denied;
    if facts.polled.as_deref().is_some_and(denied) {
        return Ok(());
    }
    decision::decision_awaited(context, facts)
}

fn pending_however_late(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let pending = |it: &PolledRecord| it.grant_type == GRANT && it.decision == Decision::Pending;
    if facts.polled.as_deref().is_some_and(pending) {
        return Ok(());
    }
    decision::decision_awaited(context, facts)
}

fn denial_not_stored(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let device = facts
        .polled
        .as_ref()
        .is_some_and(|record| record.grant_type == GRANT);
    changes.retain(|change| {
        let denial =
            matches!(change, StateChange::Decide { decision, .. } if *decision == Decision::Denied);
        !(device && denial)
    });
    changes
}
