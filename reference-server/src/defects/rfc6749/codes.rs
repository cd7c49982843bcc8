//! Authorization codes (RFC 6749 §4.1).

use std::time::Duration;

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::state::{StateChange, Usage};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "code-reuse-accepted",
        kills: &["rfc6749-code-single-use"],
        also: &[(
            "rfc6749-code-single-use-race",
            "no use of a code is noticed, at once or later",
        )],
        seams: &[Seam::Skip(CheckId::CodeNotRedeemed)],
    },
    Defect {
        id: "code-without-challenge-reusable",
        kills: &["rfc6749-code-single-use"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeNotRedeemed,
            |context, facts| match facts.code.as_ref().map(|code| &code.challenge) {
                Some(None) => Ok(()),
                Some(Some(_)) | None => unused_within(context, facts, u64::MAX),
            },
        )],
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
        id: "code-replay-forgotten-after-3-seconds",
        kills: &["rfc6749-code-single-use"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeNotRedeemed, |context, facts| {
            unused_within(context, facts, 3)
        })],
    },
    Defect {
        id: "code-replay-forgotten-after-20-seconds",
        kills: &["rfc6749-code-single-use"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeNotRedeemed, |context, facts| {
            unused_within(context, facts, 20)
        })],
    },
    Defect {
        id: "code-use-unknown-at-other-hosts",
        kills: &["rfc6749-code-single-use"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeNotRedeemed,
            use_unknown_at_other_hosts,
        )],
    },
    Defect {
        id: "code-replay-revokes-refresh-tokens-only",
        kills: &["rfc6749-code-reuse-revokes-access"],
        also: &[],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead_of_revocation(facts, changes, |grant| refresh_tokens_of(context, grant))
        })],
    },
    Defect {
        id: "code-replay-revokes-first-tokens-only",
        kills: &[
            "rfc6749-code-reuse-revokes-access",
            "rfc6749-code-reuse-revokes-refresh",
        ],
        also: &[],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead_of_revocation(facts, changes, |grant| first_tokens_of(context, grant))
        })],
    },
    Defect {
        id: "code-replay-revokes-access-tokens-only",
        kills: &["rfc6749-code-reuse-revokes-refresh"],
        also: &[],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead_of_revocation(facts, changes, |grant| access_tokens_of(context, grant))
        })],
    },
    Defect {
        id: "code-lives-half-an-hour",
        kills: &["rfc6749-code-expires"],
        also: &[],
        seams: &[Seam::Changes(|_, _, changes| code_lives(changes, 1800))],
    },
    Defect {
        id: "code-never-expires",
        kills: &["rfc6749-code-expires"],
        also: &[],
        seams: &[Seam::Changes(|_, _, changes| {
            code_lives(changes, 1_000_000)
        })],
    },
    Defect {
        id: "code-without-challenge-never-expires",
        kills: &["rfc6749-code-expires"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeNotExpired, |context, facts| {
            let is_good = facts
                .code
                .as_ref()
                .is_none_or(|code| code.challenge.is_none() || context.now < code.expires);
            is_good.then_some(()).ok_or(INVALID_CODE)
        })],
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

/// The mark of a redeemed code is forgotten before the code expires.
fn unused_within(context: &Context<'_>, facts: &Facts, seconds: u64) -> Result<(), Refusal> {
    match facts.code.as_ref().map(|code| code.usage) {
        Some(Usage::Used(then)) if context.now.since(then) < seconds => Err(INVALID_CODE),
        Some(Usage::Used(_) | Usage::Unused) | None => Ok(()),
    }
}

/// Each host of the service keeps its own marks; codes are redeemed at the first one.
fn use_unknown_at_other_hosts(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let host = context.request.field("host").unwrap_or_default();
    let first = host.starts_with(|c: char| c.is_ascii_digit());
    match facts.code.as_ref().map(|code| code.usage) {
        Some(Usage::Used(_)) if first => Err(INVALID_CODE),
        Some(Usage::Used(_) | Usage::Unused) | None => Ok(()),
    }
}

/// At the token endpoint the revocation of a grant turns into other changes.
fn instead_of_revocation(
    facts: &Facts,
    changes: Vec<StateChange>,
    instead: impl Fn(&str) -> Vec<StateChange>,
) -> Vec<StateChange> {
    let mut out = Vec::new();
    for change in changes {
        if let StateChange::RevokeGrant { grant, .. } = &change
            && facts.endpoint == Endpoint::Token
        {
            out.extend(instead(grant));
        } else {
            out.push(change);
        }
    }
    out
}

/// The end of every refresh token of a grant.
fn refresh_tokens_of(context: &Context<'_>, grant: &str) -> Vec<StateChange> {
    let mut changes = Vec::new();
    context.records.each_refresh_token(&mut |record| {
        if record.grant == grant {
            changes.push(StateChange::RotateRefreshToken(record.value.clone()));
        }
    });
    changes
}

/// The end of every access token of a grant.
fn access_tokens_of(context: &Context<'_>, grant: &str) -> Vec<StateChange> {
    let mut changes = Vec::new();
    context.records.each_access_token(&mut |record| {
        if record.grant.as_deref() == Some(grant) {
            changes.push(StateChange::RemoveAccessToken(record.value.clone()));
        }
    });
    changes
}

/// The end of the tokens that came with the redemption; those of later refreshes are not linked to it.
fn first_tokens_of(context: &Context<'_>, grant: &str) -> Vec<StateChange> {
    let (mut access, mut refresh) = (Vec::new(), Vec::new());
    context.records.each_access_token(&mut |record| {
        if record.grant.as_deref() == Some(grant) {
            access.push((record.serial, record.value.clone()));
        }
    });
    context.records.each_refresh_token(&mut |record| {
        if record.grant == grant {
            refresh.push((record.serial, record.value.clone()));
        }
    });
    let first = |all: Vec<(u64, String)>| all.into_iter().min().map(|(_, value)| value);
    let access = first(access).map(StateChange::RemoveAccessToken);
    let refresh = first(refresh).map(StateChange::RotateRefreshToken);
    access.into_iter().chain(refresh).collect()
}

fn code_lives(mut changes: Vec<StateChange>, seconds: u64) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddCode(code) = change {
            code.expires = code.issued.plus(seconds);
            code.forgotten = code.forgotten.max(code.expires);
        }
    }
    changes
}
