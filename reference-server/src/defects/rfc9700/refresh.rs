//! Refresh tokens (RFC 9700 §4.14.2).

use std::sync::Arc;
use std::time::Duration;

use super::row;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::facts::Facts;
use crate::moment::Timestamp;
use crate::resolve;
use crate::state::{RefreshRecord, StateChange, Usage};
use crate::vocabulary::{AuthenticationMethod, GrantType};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "refresh-token-of-public-client-stays-good",
        &["rfc9700-refresh-public-protected"],
        &[(
            "rfc9700-refresh-reuse-kills-family",
            "the old token works, so that its reuse is none",
        )],
        &[Seam::Facts(|context, facts| {
            unused(context, facts, |record, _| {
                record.client.methods.contains(&AuthenticationMethod::None)
            });
        })],
    ),
    row(
        "refresh-token-good-for-an-hour-after-use",
        &["rfc9700-refresh-public-protected"],
        &[
            (
                "rfc9700-refresh-race",
                "the old token works for all that time",
            ),
            (
                "rfc9700-refresh-reuse-kills-family",
                "the old token works for all that time",
            ),
        ],
        &[Seam::Facts(|context, facts| {
            unused(context, facts, |_, since| since < 3600);
        })],
    ),
    row(
        "refresh-reuse-refused-only",
        &["rfc9700-refresh-reuse-kills-family"],
        &[],
        &[Seam::Changes(|_, facts, mut changes| {
            if facts.is_grant(GrantType::RefreshToken) {
                changes.retain(|change| !matches!(change, StateChange::RevokeGrant { .. }));
            }
            changes
        })],
    ),
    row(
        "refresh-rotation-without-lock",
        &["rfc9700-refresh-race"],
        &[("rfc9700-code-race", "codes are redeemed in the same window")],
        &[Seam::Commit(Commit::Window(Duration::from_millis(2)))],
    ),
    row(
        "refresh-token-good-for-a-minute-after-use",
        &["rfc9700-refresh-race"],
        &[
            (
                "rfc9700-refresh-public-protected",
                "the old token works for all that time",
            ),
            (
                "rfc9700-refresh-reuse-kills-family",
                "the old token works for all that time",
            ),
        ],
        &[Seam::Facts(|context, facts| {
            unused(context, facts, |_, since| since < 60);
        })],
    ),
    row(
        "refresh-token-never-expires",
        &["rfc9700-refresh-idle-expiry"],
        &[],
        &[Seam::Changes(|_, _, mut changes| {
            for change in &mut changes {
                if let StateChange::AddRefreshToken(record) = change {
                    record.expires = Timestamp(u64::MAX);
                }
            }
            changes
        })],
    ),
    row(
        "refresh-token-compared-by-beginning",
        &["rfc9700-refresh-integrity"],
        &[],
        &[Seam::Facts(|context, facts| {
            found_by(context, facts, |own, sent| {
                sent.len() >= 16 && own.get(..16) == sent.get(..16)
            });
        })],
    ),
    row(
        "refresh-token-signature-part-ignored",
        &["rfc9700-refresh-integrity"],
        &[],
        &[Seam::Facts(|context, facts| {
            found_by(context, facts, |own, sent| {
                let data = own.len().saturating_sub(10);
                own.len() == sent.len() && own.get(..data) == sent.get(..data)
            });
        })],
    ),
    row(
        "refresh-token-letter-case-ignored",
        &["rfc9700-refresh-integrity"],
        &[],
        &[Seam::Facts(|context, facts| {
            found_by(context, facts, str::eq_ignore_ascii_case);
        })],
    ),
];

/// A refresh token that was used counts as unused where this says so, by the seconds since its last use.
fn unused(context: &Context<'_>, facts: &mut Facts, keeps: fn(&RefreshRecord, u64) -> bool) {
    let Some(record) = &facts.refresh_token else {
        return;
    };
    if let Usage::Used(at) = record.usage
        && keeps(record, context.now.since(at))
    {
        facts.refresh_token = Some(Arc::new(RefreshRecord {
            usage: Usage::Unused,
            ..RefreshRecord::clone(record)
        }));
    }
}

/// A refresh token that is only alike.
fn found_by(context: &Context<'_>, facts: &mut Facts, alike: fn(&str, &str) -> bool) {
    let Some(sent) = facts.parameters.value("refresh_token").map(str::to_owned) else {
        return;
    };
    if facts.refresh_token.is_none() && facts.is_grant(GrantType::RefreshToken) {
        let unused =
            |record: &RefreshRecord| record.usage == Usage::Unused && alike(&record.value, &sent);
        facts.refresh_token = context.find_refresh_token(unused);
        resolve::grant(context, facts);
    }
}
