//! Notifications of clients, and who gets tokens by which way (CIBA Core §10.1, §10.2, §11).

use super::GRANT;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam, polled};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::ciba::PUSHED;
use crate::grants::polled::{INVALID, PENDING};
use crate::notification::{Notification, Redirects, Timing};
use crate::registry::DeliveryMode;
use crate::state::{Decision, PolledName, PolledRecord, StateChange};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "ciba-pushed-tokens-fetched-again",
        kills: &["ciba-push-client-refused"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::BackchannelNotPushed),
            Seam::Changes(pushed_and_kept),
        ],
    },
    Defect {
        id: "ciba-push-client-is-told-to-wait",
        kills: &["ciba-push-client-refused"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::BackchannelNotPushed,
            refused_once_decided,
        )],
    },
    Defect {
        id: "ciba-push-client-is-invalid-client",
        kills: &["ciba-push-client-refused"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::BackchannelNotPushed,
            pushed_is_invalid_client,
        )],
    },
    Defect {
        id: "ciba-ping-client-may-not-poll-early",
        kills: &["ciba-ping-client-may-poll"],
        also: PING_PENDING,
        seams: &[Seam::Replace(CheckId::BackchannelDecided, early_is_final)],
    },
    Defect {
        id: "ciba-early-poll-of-ping-ends-it",
        kills: &["ciba-ping-client-may-poll"],
        also: &[
            ("ciba-fast-poll", "a client of ping polls more than once"),
            (
                "ciba-slow-down-recovers",
                "a client of ping polls more than once",
            ),
        ],
        seams: &[Seam::Changes(early_poll_ends_it)],
    },
    Defect {
        id: "ciba-ping-decides-when-notified",
        kills: &["ciba-ping-client-may-poll"],
        also: &[(
            "ciba-ping-outcome-irrelevant",
            "a notification that fails leaves nothing decided, which is recorded",
        )],
        seams: &[
            Seam::Changes(decided_later),
            Seam::Notification(decides_when_taken),
        ],
    },
    Defect {
        id: "ciba-notification-redirect-followed",
        kills: &["ciba-ping-outcome-irrelevant"],
        also: &[],
        seams: &[Seam::Notification(|_, notification| Notification {
            redirects: Redirects::Followed,
            ..notification
        })],
    },
    Defect {
        id: "ciba-notification-followed-unchanged",
        kills: &["ciba-ping-outcome-irrelevant"],
        also: &[],
        seams: &[Seam::Notification(|_, notification| Notification {
            redirects: Redirects::FollowedUnchanged,
            ..notification
        })],
    },
    Defect {
        id: "ciba-notification-200-is-failure",
        kills: &["ciba-ping-outcome-irrelevant"],
        also: &[],
        seams: &[Seam::Notification(only_204_is_success)],
    },
];

const PING_PENDING: &[(&str, &str)] = &[
    ("ciba-pending", "one of the clients is one of ping"),
    ("ciba-fast-poll", "its first poll is pending"),
    ("ciba-slow-down-recovers", "its polls are pending"),
];

fn is_of(record: &PolledRecord, mode: DeliveryMode) -> bool {
    record.client.delivery_mode == mode
}

/// What was pushed stays to be fetched.
fn pushed_and_kept(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if facts.endpoint == Endpoint::BackchannelDecision {
        changes.retain(|change| !matches!(change, StateChange::RedeemPolled(_)));
    }
    changes
}

/// The mode is looked at when there is something to be had.
fn refused_once_decided(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let decided =
        |it: &PolledRecord| is_of(it, DeliveryMode::Push) && it.decision != Decision::Pending;
    polled::refuse_if(facts, decided, PUSHED)
}

fn pushed_is_invalid_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    if client.is_some_and(|client| client.delivery_mode == DeliveryMode::Push) {
        return Err(INVALID_CLIENT);
    }
    Ok(())
}

/// A client of ping has no business here before it is notified.
fn early_is_final(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let pending = |it: &PolledRecord| it.decision == Decision::Pending;
    let early = |it: &PolledRecord| pending(it) && is_of(it, DeliveryMode::Ping);
    polled::refuse_if(facts, early, INVALID)?;
    polled::refuse_if(facts, pending, PENDING)
}

/// It is told to wait, and waits for nothing.
fn early_poll_ends_it(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let record = polled::polled(facts, GRANT);
    let record = record.filter(|it| it.decision == Decision::Pending);
    let of_ping = record.filter(|it| is_of(it, DeliveryMode::Ping));
    let own = of_ping.filter(|it| !polled::is_foreign(facts, it));
    changes.extend(own.map(|it| StateChange::RedeemPolled(it.value.clone())));
    changes
}

/// The decision is not remembered yet.
fn decided_later(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let record = facts.polled.as_ref();
    if record.is_some_and(|it| is_of(it, DeliveryMode::Ping)) {
        changes.retain(|change| !matches!(change, StateChange::Decide { .. }));
    }
    changes
}

/// It is remembered when the client has taken the notification, for which the resource owner waits.
fn decides_when_taken(facts: &Facts, mut notification: Notification) -> Notification {
    let record = facts.polled.as_ref();
    let decision = match facts.parameters.value("decision") {
        Some("deny") => Decision::Denied,
        Some(_) | None => Decision::Approved,
    };
    if let Some(record) = record.filter(|it| is_of(it, DeliveryMode::Ping)) {
        let polled = PolledName::Value(record.value.clone());
        notification
            .taken
            .push(StateChange::Decide { polled, decision });
        notification.timing = Timing::Awaited;
    }
    notification
}

/// A client that answers with content has not understood, and gets nothing.
fn only_204_is_success(facts: &Facts, mut notification: Notification) -> Notification {
    notification.is_taken = |status| status == 204;
    let ended = facts.polled.as_ref().map(|record| StateChange::Decide {
        polled: PolledName::Value(record.value.clone()),
        decision: Decision::Denied,
    });
    notification.failed.extend(ended);
    notification
}
