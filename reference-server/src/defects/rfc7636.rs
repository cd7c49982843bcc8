//! Defects that rules of RFC 7636 notice.

use super::{Defect, Seam};
use crate::checks::CheckId;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::authorization_code::INVALID_CODE;
use crate::vocabulary::AuthenticationMethod;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "pkce-verifier-ignored",
        kills: &["rfc7636-verifier-wrong"],
        also: &[
            (
                "rfc7636-verifier-missing-confidential",
                "it probes a wrong verifier too",
            ),
            (
                "rfc7636-challenge-as-verifier",
                "the challenge is a wrong verifier",
            ),
            (
                "rfc7636-bound-to-code",
                "the verifier of another code is a wrong one",
            ),
            (
                "rfc7636-plain-exact",
                "a nearly right verifier is a wrong one",
            ),
            (
                "rfc7636-method-default-plain",
                "the preimage is a wrong verifier for plain",
            ),
            (
                "rfc7636-verifier-encoding",
                "a verifier for another encoding is a wrong one",
            ),
        ],
        seams: &[Seam::Skip(CheckId::VerifierMatchesChallenge)],
    },
    Defect {
        id: "pkce-of-confidential-clients-unchecked",
        kills: &["rfc7636-verifier-missing-confidential"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierPresent,
            verifier_present_if_public,
        )],
    },
];

fn verifier_present_if_public(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let challenged = facts
        .code
        .as_ref()
        .is_some_and(|code| code.challenge.is_some());
    let absent = facts.parameters.value("code_verifier").is_none();
    if challenged && absent && facts.method() == AuthenticationMethod::None {
        return Err(INVALID_CODE);
    }
    Ok(())
}
