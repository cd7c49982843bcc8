//! The method plain (RFC 7636 §4.6).

use super::{matches_or, verifier_present, well_formed_or};
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
    Defect {
        id: "pkce-plain-compared-to-the-end-of-the-verifier",
        kills: &["rfc7636-plain-exact"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                matches_or(facts, |verifier, challenge: &Challenge| {
                    challenge.method == ChallengeMethod::Plain
                        && challenge.value.starts_with(verifier)
                })
            },
        )],
    },
    Defect {
        id: "pkce-plain-verifier-may-be-missing",
        kills: &["rfc7636-verifier-missing"],
        also: &[],
        seams: &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            if is_plain(facts) {
                return Ok(());
            }
            verifier_present(facts)
        })],
    },
];

/// Whether the code was obtained with a challenge that is its own verifier.
fn is_plain(facts: &Facts) -> bool {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    challenge.is_some_and(|challenge| challenge.method == ChallengeMethod::Plain)
}

/// For plain the comparison alone decides.
fn well_formed_or_plain(facts: &Facts) -> Result<(), Refusal> {
    if is_plain(facts) {
        return Ok(());
    }
    well_formed_or(facts, |_| false)
}
