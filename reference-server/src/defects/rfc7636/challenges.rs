//! Challenges in the authorization request, and codes without one (RFC 7636 §4.3, §4.4; RFC 9700 §2.1.1).

use serde_json::Value;

use super::{matches_or, verifier_present, well_formed_or};
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::{Challenge, ChallengeMethod, is_well_formed};
use crate::registry::PkceDemand;
use crate::state::{CodeRecord, StateChange};
use crate::vocabulary::ErrorCode;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "pkce-surplus-verifier-ignored",
        kills: &["rfc7636-downgrade-challenge-dropped"],
        also: &[],
        seams: &[Seam::Skip(CheckId::VerifierExpected)],
    },
    Defect {
        id: "pkce-requirement-forgotten",
        kills: &["rfc7636-downgrade-required"],
        also: &[(
            "rfc7636-accepted",
            "it records whether a code comes without a challenge",
        )],
        seams: &[Seam::Skip(CheckId::ChallengePresent)],
    },
    Defect {
        id: "pkce-requirement-late",
        kills: &["rfc7636-downgrade-required"],
        also: &[(
            "rfc7636-downgrade-challenge-dropped",
            "a code comes without a challenge, which it records",
        )],
        seams: &[
            Seam::Skip(CheckId::ChallengePresent),
            Seam::Replace(CheckId::VerifierPresent, |_, facts| {
                if facts.code.as_deref().is_some_and(owes_challenge) {
                    return Err(INVALID_CODE);
                }
                verifier_present(facts)
            }),
        ],
    },
    Defect {
        id: "pkce-requirement-met-by-any-verifier",
        kills: &["rfc7636-downgrade-required"],
        also: &[(
            "rfc7636-downgrade-challenge-dropped",
            "a verifier without a challenge is what meets it",
        )],
        seams: &[
            Seam::Skip(CheckId::ChallengePresent),
            Seam::Replace(CheckId::VerifierPresent, |_, facts| {
                let sent = facts.parameters.value("code_verifier").is_some();
                if facts.code.as_deref().is_some_and(owes_challenge) && !sent {
                    return Err(INVALID_CODE);
                }
                verifier_present(facts)
            }),
            Seam::Replace(CheckId::VerifierExpected, |_, facts| {
                let sent = facts.parameters.value("code_verifier").is_some();
                let plain = |code: &CodeRecord| code.challenge.is_none() && !owes_challenge(code);
                if sent && facts.code.as_deref().is_some_and(plain) {
                    return Err(INVALID_CODE);
                }
                Ok(())
            }),
        ],
    },
    Defect {
        id: "pkce-requirement-met-by-empty-challenge",
        kills: &["rfc7636-empty-challenge"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ChallengePresent, |_, facts| {
                challenge_present_or(facts, |facts| facts.parameters.count("code_challenge") > 0)
            }),
            Seam::Replace(CheckId::ChallengeMethodNotAlone, |_, facts| {
                method_not_alone_or(facts, |facts| facts.parameters.count("code_challenge") > 0)
            }),
        ],
    },
    Defect {
        id: "pkce-empty-challenge-met-by-anything",
        kills: &["rfc7636-empty-challenge"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ChallengePresent, |_, facts| {
                challenge_present_or(facts, |facts| facts.parameters.count("code_challenge") > 0)
            }),
            Seam::Replace(CheckId::ChallengeMethodNotAlone, |_, facts| {
                method_not_alone_or(facts, |facts| facts.parameters.count("code_challenge") > 0)
            }),
            Seam::Changes(|_, facts, changes| {
                if facts.parameters.count("code_challenge") == 0 {
                    return changes;
                }
                with_challenge(facts, changes, |challenge| {
                    Some(challenge.unwrap_or_else(empty))
                })
            }),
            EMPTY_IS_MET,
        ],
    },
    Defect {
        id: "pkce-requirement-met-by-method",
        kills: &["rfc7636-method-without-challenge"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ChallengePresent, |_, facts| {
                challenge_present_or(facts, names_method_alone)
            }),
            Seam::Replace(CheckId::ChallengeMethodNotAlone, |_, facts| {
                method_not_alone_or(facts, names_method_alone)
            }),
        ],
    },
    Defect {
        id: "pkce-method-alone-met-by-anything",
        kills: &["rfc7636-method-without-challenge"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ChallengePresent, |_, facts| {
                challenge_present_or(facts, names_method_alone)
            }),
            Seam::Replace(CheckId::ChallengeMethodNotAlone, |_, facts| {
                method_not_alone_or(facts, names_method_alone)
            }),
            Seam::Changes(|_, facts, changes| {
                if !names_method_alone(facts) {
                    return changes;
                }
                with_challenge(facts, changes, |challenge| {
                    Some(challenge.unwrap_or_else(empty))
                })
            }),
            EMPTY_IS_MET,
        ],
    },
    Defect {
        id: "pkce-challenge-syntax-unchecked",
        kills: &["rfc7636-empty-challenge"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ChallengeWellFormed)],
    },
    Defect {
        id: "pkce-malformed-challenge-dropped",
        kills: &["rfc7636-empty-challenge"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::ChallengeWellFormed),
            Seam::Changes(|_, facts, changes| {
                with_challenge(facts, changes, |challenge| {
                    challenge.filter(|challenge| is_well_formed(&challenge.value))
                })
            }),
        ],
    },
    Defect {
        id: "pkce-malformed-challenge-met-by-anything",
        kills: &["rfc7636-empty-challenge"],
        also: &[(
            "rfc7636-verifier-encoding",
            "a challenge with padding or of SHA-1 is a malformed one",
        )],
        seams: &[
            Seam::Skip(CheckId::ChallengeWellFormed),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |_, challenge| !is_well_formed(&challenge.value))
            }),
        ],
    },
    Defect {
        id: "pkce-malformed-challenge-is-plain",
        kills: &["rfc7636-empty-challenge"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::ChallengeWellFormed),
            Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
                let code = facts.code.as_ref();
                let challenge = code.and_then(|code| code.challenge.as_ref());
                if challenge.is_some_and(|challenge| !is_well_formed(&challenge.value)) {
                    return Ok(());
                }
                well_formed_or(facts, |_| false)
            }),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |verifier, challenge| {
                    verifier == challenge.value && !is_well_formed(verifier)
                })
            }),
        ],
    },
    Defect {
        id: "metadata-without-pkce",
        kills: &["rfc7636-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            listing(facts, response, &[])
        })],
    },
    Defect {
        id: "metadata-without-s256",
        kills: &["rfc7636-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            listing(facts, response, &["plain"])
        })],
    },
    Defect {
        id: "metadata-lists-plain",
        kills: &["rfc7636-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            listing(facts, response, &["S256", "plain"])
        })],
    },
    Defect {
        id: "metadata-hides-plain",
        kills: &["rfc7636-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            listing(facts, response, &["S256"])
        })],
    },
];

/// Whatever belongs to an empty challenge.
const EMPTY_IS_MET: Seam = Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
    matches_or(facts, |_, challenge| challenge.value.is_empty())
});

fn empty() -> Challenge {
    Challenge {
        value: String::new(),
        method: ChallengeMethod::S256,
    }
}

/// Whether a code without a challenge should not have been given.
fn owes_challenge(code: &CodeRecord) -> bool {
    code.challenge.is_none() && code.client.pkce.demand == PkceDemand::Required
}

fn names_method_alone(facts: &Facts) -> bool {
    facts.parameters.count("code_challenge") == 0
        && facts.parameters.value("code_challenge_method").is_some()
}

/// There is a challenge where one is required, or the condition excuses it.
fn challenge_present_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let demand = facts.client.as_ref().map(|client| client.pkce.demand);
    let absent = facts.parameters.value("code_challenge").is_none();
    if absent && demand == Some(PkceDemand::Required) && !excused(facts) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "code_challenge is missing",
        ));
    }
    Ok(())
}

/// A method comes with a challenge, or the condition excuses it.
fn method_not_alone_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let absent = facts.parameters.value("code_challenge").is_none();
    let named = facts.parameters.value("code_challenge_method").is_some();
    if absent && named && !excused(facts) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "code_challenge_method comes alone",
        ));
    }
    Ok(())
}

/// The code is stored with another challenge.
fn with_challenge(
    facts: &Facts,
    mut changes: Vec<StateChange>,
    other: fn(Option<Challenge>) -> Option<Challenge>,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddCode(code) = change
            && facts.endpoint == Endpoint::Authorization
        {
            code.challenge = other(code.challenge.take());
        }
    }
    changes
}

/// The metadata list other methods, or nothing at all.
fn listing(facts: &Facts, response: Response, methods: &[&str]) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    let name = "code_challenge_methods_supported";
    response.edit(|members| {
        members.remove(name);
        if !methods.is_empty() {
            members.insert(name.to_owned(), Value::from(methods.to_vec()));
        }
    })
}
