//! Refresh tokens that were rotated away.

use super::row;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::refresh_token::INVALID_REFRESH_TOKEN;
use crate::state::{StateChange, Usage};
use crate::vocabulary::GrantType;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "application-rotated-token-refused-alone",
        &["pingone-refresh-rotation"],
        &[],
        &[Seam::Changes(family_lives_on)],
    ),
    row(
        "application-grace-period-begins-anew",
        &["pingone-refresh-grace"],
        &[(
            "pingone-refresh-rotation",
            "within the period a second use ends nothing",
        )],
        &[Seam::Replace(
            CheckId::RefreshTokenNotRotated,
            within_half_a_day,
        )],
    ),
];

/// Replay protection looks at the token, not at its family.
fn family_lives_on(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if facts.is_grant(GrantType::RefreshToken) {
        changes.retain(|change| !matches!(change, StateChange::RevokeGrant { .. }));
    }
    changes
}

/// Twelve hours and a half since the last use, which each use puts off.
fn within_half_a_day(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.refresh_token.as_ref().map(|record| record.usage) {
        Some(Usage::Used(last)) if context.now.since(last) > 45_000 => Err(INVALID_REFRESH_TOKEN),
        Some(Usage::Used(_) | Usage::Unused) | None => Ok(()),
    }
}
