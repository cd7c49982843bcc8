//! The method plain (RFC 7636 §4.6).

use super::{matches_or, well_formed_or};
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::pkce::{Challenge, ChallengeMethod, s256};

/// A comparison that is not exact.
macro_rules! compared {
    ($id:literal, $same:expr) => {
        Defect {
            id: $id,
            kills: &["rfc7636-plain-exact"],
            also: &[],
            seams: &[
                Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
                    well_formed_or_plain(facts)
                }),
                Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                    matches_or(facts, |verifier, challenge: &Challenge| {
                        challenge.method == ChallengeMethod::Plain
                            && $same(verifier, challenge.value.as_str())
                    })
                }),
            ],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    compared!("pkce-plain-case-folded", |sent: &str, kept: &str| {
        sent.eq_ignore_ascii_case(kept)
    }),
    compared!(
        "pkce-plain-last-character-ignored",
        |sent: &str, kept: &str| {
            sent.len() == kept.len() && sent.get(..sent.len() - 1) == kept.get(..kept.len() - 1)
        }
    ),
    compared!("pkce-plain-rest-ignored", |sent: &str, kept: &str| sent
        .starts_with(kept)),
    compared!("pkce-plain-cut-off-accepted", |sent: &str, kept: &str| kept
        .starts_with(sent)),
    compared!("pkce-plain-trimmed", |sent: &str, kept: &str| sent.trim()
        == kept),
    compared!("pkce-plain-hash-accepted", |sent: &str, kept: &str| sent
        == s256(kept)),
];

/// For plain the comparison alone decides.
fn well_formed_or_plain(facts: &Facts) -> Result<(), Refusal> {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    if challenge.is_some_and(|challenge| challenge.method == ChallengeMethod::Plain) {
        return Ok(());
    }
    well_formed_or(facts, |_| false)
}
