//! The verifier in the token request (RFC 7636 §4.5, §4.6).

use super::{compare, matches_or, well_formed_or};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::{is_well_formed, s256};
use crate::state::{CodeRecord, StateChange};
use crate::vocabulary::{AuthenticationMethod, ErrorCode};
use crate::wire::form::FormFault;
use crate::wire::response::Response;

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
            (
                "rfc7636-verifier-guessing",
                "the first of its wrong verifiers uses the code up",
            ),
        ],
        seams: &[Seam::Skip(CheckId::VerifierMatchesChallenge)],
    },
    Defect {
        id: "pkce-verifier-trimmed",
        kills: &["rfc7636-verifier-wrong"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
                well_formed_or(facts, |verifier| is_well_formed(verifier.trim()))
            }),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |verifier, challenge| {
                    challenge.is_met_by(verifier.trim())
                })
            }),
        ],
    },
    Defect {
        id: "pkce-nul-in-verifier-crashes",
        kills: &["rfc7636-verifier-syntax"],
        also: &[],
        seams: &[Seam::Response(nul_crashes)],
    },
    Defect {
        id: "pkce-mismatch-is-invalid-request",
        kills: &["rfc7636-verifier-wrong"],
        also: &[
            ("rfc7636-bound-to-code", MISMATCH),
            ("rfc7636-challenge-as-verifier", MISMATCH),
            ("rfc7636-method-default-plain", MISMATCH),
            ("rfc7636-plain-exact", MISMATCH),
            ("rfc7636-verifier-encoding", MISMATCH),
            ("rfc7636-verifier-guessing", MISMATCH),
            ("rfc7636-verifier-missing-confidential", MISMATCH),
        ],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                let refusal = Refusal::new(ErrorCode::InvalidRequest, "code_verifier is wrong");
                matches_or(facts, |_, _| false).map_err(|_| refusal)
            },
        )],
    },
    Defect {
        id: "pkce-verifier-of-any-code",
        kills: &["rfc7636-verifier-wrong"],
        also: &[(
            "rfc7636-bound-to-code",
            "another code of the client is any code",
        )],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |context, facts| challenge_of_another(context, facts, |_, _| true),
        )],
    },
    Defect {
        id: "pkce-verifier-cut-at-43",
        kills: &["rfc7636-verifier-wrong"],
        also: &[
            (
                "rfc7636-verifier-lengths",
                "longer verifiers lose their end",
            ),
            ("rfc7636-plain-exact", "the longer verifier loses its end"),
        ],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                compare(facts, |verifier, challenge| {
                    challenge.is_met_by(verifier.get(..43).unwrap_or(verifier))
                })
            },
        )],
    },
    Defect {
        id: "pkce-verifier-optional",
        kills: &["rfc7636-verifier-missing"],
        also: &[
            (
                "rfc7636-verifier-missing-confidential",
                "nobody has to send one",
            ),
            (
                "rfc7636-verifier-twice",
                "one in the query is none in the body",
            ),
        ],
        seams: &[Seam::Skip(CheckId::VerifierPresent)],
    },
    Defect {
        id: "pkce-empty-verifier-is-enough",
        kills: &["rfc7636-verifier-missing"],
        also: &[(
            "rfc7636-verifier-missing-confidential",
            "it sends an empty one too",
        )],
        seams: &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            present_or(facts, |facts| facts.parameters.count("code_verifier") > 0)
        })],
    },
    Defect {
        id: "pkce-null-is-no-verifier",
        kills: &["rfc7636-verifier-missing"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
                well_formed_or(facts, |verifier| verifier == "null")
            }),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |verifier, _| verifier == "null")
            }),
        ],
    },
    Defect {
        id: "pkce-dots-are-no-verifier",
        kills: &["rfc7636-verifier-missing"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
                well_formed_or(facts, |verifier| verifier == "..")
            }),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |verifier, _| verifier == "..")
            }),
        ],
    },
    Defect {
        id: "pkce-of-confidential-clients-unchecked",
        kills: &["rfc7636-verifier-missing-confidential"],
        also: &[
            (
                "rfc7636-verifier-twice",
                "a verifier in the query is judged by what the body lacks",
            ),
            (
                "rfc7636-verifier-missing",
                "it asks confidential clients too",
            ),
        ],
        seams: &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            present_or(facts, |facts| facts.method() != AuthenticationMethod::None)
        })],
    },
    Defect {
        id: "pkce-of-confidential-clients-only-present",
        kills: &["rfc7636-verifier-missing-confidential"],
        also: &[
            ("rfc7636-verifier-wrong", CONFIDENTIAL_TOO),
            ("rfc7636-challenge-as-verifier", CONFIDENTIAL_TOO),
            ("rfc7636-bound-to-code", CONFIDENTIAL_TOO),
            ("rfc7636-plain-exact", CONFIDENTIAL_TOO),
            ("rfc7636-method-default-plain", CONFIDENTIAL_TOO),
            ("rfc7636-verifier-encoding", CONFIDENTIAL_TOO),
            ("rfc7636-verifier-guessing", CONFIDENTIAL_TOO),
        ],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                if facts.method() == AuthenticationMethod::None {
                    return matches_or(facts, |_, _| false);
                }
                Ok(())
            },
        )],
    },
    Defect {
        id: "pkce-both-methods-tried",
        kills: &["rfc7636-challenge-as-verifier"],
        also: &[(
            "rfc7636-par",
            "the method of the pushed challenge does not hold",
        )],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| matches_or(facts, |verifier, challenge| verifier == challenge.value),
        )],
    },
    Defect {
        id: "pkce-method-of-token-request",
        kills: &["rfc7636-challenge-as-verifier"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                let plain = facts.parameters.value("code_challenge_method") == Some("plain");
                if plain {
                    return compare(facts, |verifier, challenge| verifier == challenge.value);
                }
                matches_or(facts, |_, _| false)
            },
        )],
    },
    Defect {
        id: "pkce-challenge-of-token-request",
        kills: &["rfc7636-challenge-as-verifier"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                let named = facts.parameters.value("code_challenge");
                let verifier = facts.parameters.value("code_verifier");
                if named.is_some() && named == verifier.map(s256).as_deref() {
                    return Ok(());
                }
                matches_or(facts, |_, _| false)
            },
        )],
    },
    Defect {
        id: "pkce-challenge-refused-at-token-endpoint",
        kills: &["rfc7636-challenge-as-verifier"],
        also: &[],
        seams: &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            if facts.parameters.count("code_challenge_method") > 0 {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "code_challenge_method does not belong here",
                ));
            }
            present_or(facts, |_| false)
        })],
    },
    Defect {
        id: "pkce-wrong-verifier-ends-code",
        kills: &["rfc7636-verifier-guessing"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, mut changes| {
            if let Some(code) = &facts.code
                && facts.parameters.value("code_verifier").is_some()
                && matches_or(facts, |_, _| false).is_err()
            {
                changes.push(StateChange::RedeemCode(code.value.clone()));
            }
            changes
        })],
    },
    Defect {
        id: "pkce-verifier-of-later-code",
        kills: &["rfc7636-bound-to-code"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |context, facts| {
                challenge_of_another(context, facts, |own, other| other.serial > own.serial)
            },
        )],
    },
    Defect {
        id: "pkce-verifier-of-earlier-code",
        kills: &["rfc7636-bound-to-code"],
        also: &[(
            "rfc7636-verifier-wrong",
            "the other code whose verifier it sends came first",
        )],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |context, facts| {
                challenge_of_another(context, facts, |own, other| other.serial < own.serial)
            },
        )],
    },
];

const MISMATCH: &str = "a mismatch is refused there, and the error counts";
const CONFIDENTIAL_TOO: &str = "it asks confidential clients too";

/// A code with a challenge comes with a verifier, or the condition excuses it.
fn present_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let owed = code.is_some_and(|code| code.challenge.is_some());
    let sent = facts.parameters.value("code_verifier").is_some();
    if owed && !sent && !excused(facts) {
        return Err(INVALID_CODE);
    }
    Ok(())
}

/// The verifier belongs to the challenge of the code, or of another one of the client.
fn challenge_of_another(
    context: &Context<'_>,
    facts: &Facts,
    which: fn(&CodeRecord, &CodeRecord) -> bool,
) -> Result<(), Refusal> {
    let (Some(own), Some(verifier)) = (&facts.code, facts.parameters.value("code_verifier")) else {
        return Ok(());
    };
    let fits = |other: &CodeRecord| {
        let challenge = other.challenge.as_ref();
        other.client.id == own.client.id
            && which(own, other)
            && challenge.is_some_and(|challenge| challenge.is_met_by(verifier))
    };
    if context.find_code(fits).is_some() {
        return Ok(());
    }
    matches_or(facts, |_, _| false)
}

/// The shortest verifier (RFC 7636 §4.1).
const SHORTEST: usize = 43;

/// A verifier of the right length is handed on, and the database takes no text with a NUL.
fn nul_crashes(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let before = facts.parameters.value("code_verifier").unwrap_or_default();
    if before.len() == SHORTEST - 1 && facts.parameters.faults.contains(&FormFault::Nul) {
        Response::empty(500)
    } else {
        response
    }
}
