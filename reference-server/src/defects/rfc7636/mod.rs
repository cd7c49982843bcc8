//! Defects that rules of RFC 7636 notice, one file a subject.

mod challenges;
mod encodings;
mod methods;
mod plain;
mod pushed;
mod requests;
mod verifiers;

use super::Defect;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::{Challenge, is_well_formed};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    challenges::DEFECTS,
    encodings::DEFECTS,
    methods::DEFECTS,
    plain::DEFECTS,
    pushed::DEFECTS,
    requests::DEFECTS,
    verifiers::DEFECTS,
];

/// The verifier and the challenge satisfy the condition, where both are there.
fn compare(facts: &Facts, fits: fn(&str, &Challenge) -> bool) -> Result<(), Refusal> {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    match (facts.parameters.value("code_verifier"), challenge) {
        (Some(verifier), Some(challenge)) if !fits(verifier, challenge) => Err(INVALID_CODE),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// The verifier belongs to the challenge, or the condition excuses it.
fn matches_or(facts: &Facts, excused: fn(&str, &Challenge) -> bool) -> Result<(), Refusal> {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    match (facts.parameters.value("code_verifier"), challenge) {
        (Some(verifier), Some(challenge))
            if !challenge.is_met_by(verifier) && !excused(verifier, challenge) =>
        {
            Err(INVALID_CODE)
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// The verifier has the right form, or the condition excuses it.
fn well_formed_or(facts: &Facts, excused: fn(&str) -> bool) -> Result<(), Refusal> {
    match facts.parameters.value("code_verifier") {
        Some(verifier) if !is_well_formed(verifier) && !excused(verifier) => Err(INVALID_CODE),
        Some(_) | None => Ok(()),
    }
}

fn verifier_present(facts: &Facts) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let owed = code.is_some_and(|code| code.challenge.is_some());
    if owed && facts.parameters.value("code_verifier").is_none() {
        return Err(INVALID_CODE);
    }
    Ok(())
}
