//! What a poll is told, and when: pending, early, expired, denied (CIBA Core §11).

use std::time::Duration;

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Delivery, Seam, polled};
use crate::facts::Facts;
use crate::vocabulary::ErrorCode;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "ciba-expires-at-half-time",
        kills: &["ciba-pending"],
        also: &[],
        seams: &[Seam::Changes(|_, _, changes| {
            polled::expires_at_half_time(changes, GRANT)
        })],
    },
    Defect {
        id: "ciba-pending-is-invalid-grant",
        kills: &["ciba-pending"],
        also: NO_PENDING,
        seams: &[Seam::Replace(
            CheckId::BackchannelDecided,
            polled::pending_is_invalid_grant,
        )],
    },
    Defect {
        id: "ciba-pending-is-401",
        kills: &["ciba-pending"],
        also: NO_PENDING,
        seams: &[Seam::Response(pending_is_401)],
    },
    Defect {
        id: "ciba-pending-poll-held",
        kills: &["ciba-answer-within-30s"],
        also: &[],
        seams: &[Seam::Connection(held)],
    },
    Defect {
        id: "ciba-throttle-is-503-without-retry-after",
        kills: &["ciba-fast-poll"],
        also: &[(
            "ciba-slow-down-recovers",
            "nothing says slow_down, which is recorded",
        )],
        seams: &[Seam::Response(throttle_is_503)],
    },
    Defect {
        id: "ciba-slow-down-for-good",
        kills: &["ciba-slow-down-recovers"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            polled::early(facts, changes, GRANT, polled::for_good)
        })],
    },
    Defect {
        id: "ciba-expired-stays-pending",
        kills: &["ciba-expired"],
        also: &[],
        seams: &[Seam::Skip(CheckId::AuthReqIdNotExpired)],
    },
    Defect {
        id: "ciba-denial-is-a-decision",
        kills: &["ciba-denied"],
        also: &[],
        seams: &[Seam::Skip(CheckId::BackchannelNotDenied)],
    },
    Defect {
        id: "ciba-denial-looks-expired",
        kills: &["ciba-denied"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::BackchannelNotDenied,
            polled::denial_looks_expired,
        )],
    },
];

/// A poll that finds nothing decided is kept open, as long as a minute.
fn held(request: &RawRequest, response: &Response) -> Delivery {
    let is_poll = request.form().value("grant_type") == Some(GRANT.as_str());
    if is_poll && response.error().as_deref() == Some(ErrorCode::AuthorizationPending.as_str()) {
        return Delivery::Late(Duration::from_secs(60));
    }
    Delivery::Ordinary
}

const NO_PENDING: &[(&str, &str)] = &[
    ("ciba-fast-poll", "its first poll is pending"),
    ("ciba-ping-client-may-poll", "its first poll is pending"),
    ("ciba-slow-down-recovers", "its polls are pending"),
];

fn pending_is_401(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if polled::says(facts, &response, GRANT, ErrorCode::AuthorizationPending) {
        return response.with_status(401);
    }
    response
}

fn throttle_is_503(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if polled::says(facts, &response, GRANT, ErrorCode::SlowDown) {
        return response.with_status(503);
    }
    response
}
