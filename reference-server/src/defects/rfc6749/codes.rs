//! Authorization codes (RFC 6749 §4.1).

use std::time::Duration;

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::state::StateChange;
use crate::vocabulary::ErrorCode;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "code-reuse-accepted",
        kills: &["rfc6749-code-single-use"],
        also: &[
            (
                "rfc6749-code-single-use-race",
                "no use of a code is noticed, at once or later",
            ),
            (
                "rfc6749-code-reuse-revokes-access",
                "a reuse that is not noticed revokes nothing",
            ),
            (
                "rfc6749-code-reuse-revokes-refresh",
                "a reuse that is not noticed revokes nothing",
            ),
        ],
        seams: &[Seam::Skip(CheckId::CodeNotRedeemed)],
    },
    Defect {
        id: "code-read-then-marked",
        kills: &["rfc6749-code-single-use-race"],
        also: &[],
        seams: &[Seam::Commit(Commit::Window(Duration::from_millis(5)))],
    },
    Defect {
        id: "code-reuse-only-denied",
        kills: &[
            "rfc6749-code-reuse-revokes-access",
            "rfc6749-code-reuse-revokes-refresh",
        ],
        also: &[],
        seams: &[Seam::Changes(code_reuse_only_denied)],
    },
    Defect {
        id: "redirect-uri-by-prefix",
        kills: &["rfc6749-redirect-uri-identical"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            redirect_uri_by_prefix,
        )],
    },
];

/// The replay is denied, but nothing is revoked.
fn code_reuse_only_denied(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if facts.endpoint == Endpoint::Token {
        changes.retain(|change| !matches!(change, StateChange::RevokeGrant { .. }));
    }
    changes
}

fn redirect_uri_by_prefix(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let used = facts
        .code
        .as_ref()
        .and_then(|code| code.redirect_uri.as_deref());
    match (used, facts.parameters.value("redirect_uri")) {
        (Some(used), Some(named)) if !named.starts_with(used) => Err(Refusal::new(
            ErrorCode::InvalidGrant,
            "redirect_uri differs",
        )),
        (Some(_) | None, _) => Ok(()),
    }
}
