//! Which `auth_req_id` is good, and how often (CIBA Core §7.3, §10.1).

use std::time::Duration;

use super::GRANT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam, polled};
use crate::facts::Facts;
use crate::issue::{Kind, Mint};
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
            Seam::Replace(CheckId::DecisionAwaited, |context, facts| {
                polled::decided_at_any_time(context, facts, GRANT)
            }),
            Seam::Changes(|context, facts, changes| {
                polled::written_anew(context, facts, changes, GRANT)
            }),
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
        seams: &[Seam::Replace(
            CheckId::AuthReqIdKnown,
            polled::unknown_is_pending,
        )],
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
        seams: &[Seam::Facts(|context, facts| {
            polled::by_prefix(context, facts, GRANT)
        })],
    },
    Defect {
        id: "ciba-missing-id-is-the-latest",
        kills: &["ciba-missing-id"],
        also: &[],
        seams: &[
            Seam::Facts(|context, facts| polled::missing_is_the_latest(context, facts, GRANT)),
            Seam::Skip(CheckId::AuthReqIdPresent),
        ],
    },
    Defect {
        id: "ciba-missing-id-is-500",
        kills: &["ciba-missing-id"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            polled::missing_is_500(facts, response, GRANT)
        })],
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

/// The look-up fails on what is no id of its own form.
fn unknown_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let unknown = polled::sent(facts, GRANT).is_some() && facts.polled.is_none();
    if unknown && polled::says(facts, &response, GRANT, ErrorCode::InvalidGrant) {
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
    if kind == Kind::AuthReqId {
        id(mint)
    } else {
        mint.usual(kind)
    }
}
