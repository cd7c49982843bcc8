//! `code_challenge_method` (RFC 7636 §4.3, §4.4.1).

use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::ChallengeMethod;
use crate::registry::PkceMethods;
use crate::state::StateChange;
use crate::vocabulary::ErrorCode;

/// A server that reads the method in its own way.
macro_rules! read_as {
    ($id:literal, $kills:literal, $read:expr) => {
        Defect {
            id: $id,
            kills: &[$kills],
            also: &[],
            seams: &[
                Seam::Facts(|_, facts| {
                    if let Some(method) = $read(facts) {
                        facts.challenge_method = Some(method);
                    }
                }),
                Seam::Replace(CheckId::ChallengeMethodAllowed, |_, facts| {
                    allowed_or(facts, |facts| $read(facts).is_some())
                }),
            ],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    read_as!(
        "pkce-default-method-s256",
        "rfc7636-method-default-plain",
        |facts: &Facts| {
            let absent = facts.parameters.count("code_challenge_method") == 0;
            absent.then_some(ChallengeMethod::S256)
        }
    ),
    read_as!(
        "pkce-empty-method-s256",
        "rfc7636-method-default-plain",
        |facts: &Facts| {
            let parameters = &facts.parameters;
            let empty = parameters.count("code_challenge_method") > 0
                && parameters.value("code_challenge_method").is_none();
            empty.then_some(ChallengeMethod::S256)
        }
    ),
    Defect {
        id: "pkce-default-method-refused",
        kills: &["rfc7636-method-default-plain"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ChallengeMethodAllowed,
            |_, facts| {
                let named = facts.parameters.value("code_challenge_method").is_some();
                if !named && facts.parameters.value("code_challenge").is_some() {
                    return Err(REFUSED);
                }
                allowed_or(facts, |_| false)
            },
        )],
    },
    Defect {
        id: "pkce-default-method-refused-late",
        kills: &["rfc7636-method-default-plain"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ChallengeMethodAllowed, |_, facts| {
                allowed_or(facts, |facts| {
                    facts.parameters.value("code_challenge_method").is_none()
                })
            }),
            Seam::Replace(CheckId::VerifierPresent, |_, facts| {
                let Some(code) = &facts.code else {
                    return Ok(());
                };
                let challenge = code.challenge.as_ref();
                let plain = challenge.is_some_and(|it| it.method == ChallengeMethod::Plain);
                let absent = facts.parameters.value("code_verifier").is_none();
                let late = plain && code.client.pkce.methods == PkceMethods::S256Only;
                if late || (challenge.is_some() && absent) {
                    return Err(INVALID_CODE);
                }
                Ok(())
            }),
        ],
    },
    read_as!(
        "pkce-unknown-method-is-s256",
        "rfc7636-method-unknown",
        |facts: &Facts| { unknown(facts).then_some(ChallengeMethod::S256) }
    ),
    read_as!(
        "pkce-unknown-method-is-plain",
        "rfc7636-method-unknown",
        |facts: &Facts| { unknown(facts).then_some(ChallengeMethod::Plain) }
    ),
    read_as!(
        "pkce-method-case-folded",
        "rfc7636-method-unknown",
        |facts: &Facts| {
            let name = method(facts);
            let folded = |known: ChallengeMethod| name.eq_ignore_ascii_case(known.as_str());
            let known = [ChallengeMethod::Plain, ChallengeMethod::S256];
            known
                .into_iter()
                .find(|known| folded(*known) && unknown(facts))
        }
    ),
    read_as!(
        "pkce-method-by-substring",
        "rfc7636-method-unknown",
        |facts: &Facts| {
            let found = unknown(facts) && method(facts).contains("S256");
            found.then_some(ChallengeMethod::S256)
        }
    ),
    read_as!(
        "pkce-method-none-is-s256",
        "rfc7636-method-unknown",
        |facts: &Facts| { (method(facts) == "none").then_some(ChallengeMethod::S256) }
    ),
    Defect {
        id: "pkce-unknown-method-refused-late",
        kills: &["rfc7636-method-unknown"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::ChallengeMethodKnown),
            Seam::Changes(|_, facts, mut changes| {
                for change in &mut changes {
                    if let StateChange::AddCode(code) = change
                        && unknown(facts)
                        && let Some(challenge) = &mut code.challenge
                    {
                        challenge.value.clear();
                    }
                }
                changes
            }),
        ],
    },
    Defect {
        id: "pkce-plain-offered",
        kills: &["rfc7636-plain-disabled"],
        also: &[("rfc7636-metadata", "the metadata do not list it")],
        seams: &[Seam::Replace(
            CheckId::ChallengeMethodAllowed,
            |_, facts| allowed_or(facts, |facts| method(facts) == "plain"),
        )],
    },
];

const REFUSED: Refusal = Refusal::new(
    ErrorCode::InvalidRequest,
    "The client has to use the code_challenge_method S256",
);

fn method(facts: &Facts) -> &str {
    let method = facts.parameters.value("code_challenge_method");
    method.unwrap_or_default()
}

/// Whether an authorization request names a method that nobody knows.
fn unknown(facts: &Facts) -> bool {
    let name = facts.parameters.value("code_challenge_method");
    facts.endpoint == Endpoint::Authorization && ChallengeMethod::parse(name).is_none()
}

/// The client may use the method, or the condition excuses it.
fn allowed_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let sent = facts.parameters.value("code_challenge").is_some();
    let allowed = facts.client.as_ref().map(|client| client.pkce.methods);
    let plain = facts.challenge_method == Some(ChallengeMethod::Plain);
    if sent && plain && allowed == Some(PkceMethods::S256Only) && !excused(facts) {
        return Err(REFUSED);
    }
    Ok(())
}
