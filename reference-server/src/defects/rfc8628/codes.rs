//! Which `device_code` is good, and how often (RFC 8628 §3.4, §3.5, §5.2).

use std::time::Duration;

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam, polled};
use crate::facts::Facts;
use crate::issue::{Kind, Mint};

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
        also: &[
            (
                "rfc8628-expired-not-revived",
                "a decision is taken whenever it comes, and writes the record anew",
            ),
            ("rfc8628-denied", "a second decision is taken, too"),
        ],
        seams: &[
            Seam::Replace(CheckId::DecisionAwaited, |context, facts| {
                polled::decided_at_any_time(context, facts, GRANT)
            }),
            Seam::Changes(|context, facts, changes| {
                polled::written_anew(context, facts, changes, GRANT)
            }),
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
        seams: &[Seam::Replace(
            CheckId::DeviceCodeKnown,
            polled::unknown_is_pending,
        )],
    },
    Defect {
        id: "device-code-prefix-matches",
        kills: &["rfc8628-unknown-code"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            polled::by_prefix(context, facts, GRANT)
        })],
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
            Seam::Facts(|context, facts| polled::missing_is_the_latest(context, facts, GRANT)),
            Seam::Skip(CheckId::DeviceCodePresent),
        ],
    },
    Defect {
        id: "device-missing-code-is-500",
        kills: &["rfc8628-missing-code"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            polled::missing_is_500(facts, response, GRANT)
        })],
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

fn case_folded(context: &Context<'_>, facts: &mut Facts) {
    if let Some(sent) = polled::sent(facts, GRANT).map(str::to_owned) {
        let found = context
            .find_polled(|it| it.grant_type == GRANT && it.value.eq_ignore_ascii_case(&sent));
        polled::take(context, facts, found);
    }
}

fn user_code_accepted(context: &Context<'_>, facts: &mut Facts) {
    if let Some(sent) = polled::sent(facts, GRANT).map(str::to_owned) {
        let found = context.records.polled_by_user_code(&sent);
        polled::take(context, facts, found);
    }
}

fn of_64_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    of_codes(mint, kind, polled::short)
}

/// Long, and nothing but a counter.
fn row_number(mint: &mut Mint<'_>, kind: Kind) -> String {
    of_codes(mint, kind, |mint| {
        format!("device-authorization-{:022}", mint.serial)
    })
}

fn of_codes(mint: &mut Mint<'_>, kind: Kind, code: fn(&mut Mint<'_>) -> String) -> String {
    if kind == Kind::DeviceCode {
        code(mint)
    } else {
        mint.usual(kind)
    }
}
