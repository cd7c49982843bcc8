//! Other transformations than S256 (RFC 7636 §4.2).

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};

use super::{compare, matches_or};
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::pkce::{ChallengeMethod, is_well_formed, s256};
use crate::vocabulary::ErrorCode;
use crate::wire::base64url;

/// A further way to compare verifier and challenge of S256.
macro_rules! tried {
    ($id:literal, $same:expr) => {
        Defect {
            id: $id,
            kills: &["rfc7636-verifier-encoding"],
            also: &[],
            seams: &[
                Seam::Replace(CheckId::ChallengeWellFormed, |_, facts| encoded(facts)),
                Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                    matches_or(facts, |verifier, challenge| {
                        challenge.method == ChallengeMethod::S256
                            && $same(verifier, challenge.value.as_str())
                    })
                }),
            ],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "pkce-challenge-compared-with-padding",
        kills: &["rfc7636-accepted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                compare(facts, |verifier, challenge| {
                    format!("{}=", s256(verifier)) == challenge.value
                })
            },
        )],
    },
    Defect {
        id: "pkce-challenge-compared-as-hexadecimal",
        kills: &["rfc7636-accepted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| {
                compare(facts, |verifier, challenge| {
                    hexadecimal(&hash(&SHA256, verifier)) == challenge.value
                })
            },
        )],
    },
    tried!("pkce-padding-ignored", |verifier: &str, challenge: &str| {
        s256(verifier) == challenge.trim_end_matches('=')
    }),
    tried!(
        "pkce-standard-base64-tried",
        |verifier: &str, challenge: &str| {
            s256(verifier) == challenge.replace('+', "-").replace('/', "_")
        }
    ),
    tried!(
        "pkce-hexadecimal-tried",
        |verifier: &str, challenge: &str| { hexadecimal(&hash(&SHA256, verifier)) == challenge }
    ),
    tried!(
        "pkce-hexadecimal-encoded",
        |verifier: &str, challenge: &str| {
            base64url::encode(hexadecimal(&hash(&SHA256, verifier)).as_bytes()) == challenge
        }
    ),
    tried!("pkce-sha1-tried", |verifier: &str, challenge: &str| {
        base64url::encode(&hash(&SHA1_FOR_LEGACY_USE_ONLY, verifier)) == challenge
    }),
    tried!("pkce-sha512-tried", |verifier: &str, challenge: &str| {
        base64url::encode(&hash(&SHA512, verifier)) == challenge
    }),
    tried!("pkce-hashed-twice", |verifier: &str, challenge: &str| {
        let once = hash(&SHA256, verifier);
        base64url::encode(digest(&SHA256, &once).as_ref()) == challenge
    }),
];

fn hash(algorithm: &'static Algorithm, verifier: &str) -> Vec<u8> {
    digest(algorithm, verifier.as_bytes()).as_ref().to_vec()
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The challenge has the form of some encoding of some hash.
fn encoded(facts: &Facts) -> Result<(), Refusal> {
    match facts.parameters.value("code_challenge") {
        Some(challenge) if !is_well_formed(challenge) && !is_base64_of_hash(challenge) => Err(
            Refusal::new(ErrorCode::InvalidRequest, "code_challenge is malformed"),
        ),
        Some(_) | None => Ok(()),
    }
}

fn is_base64_of_hash(challenge: &str) -> bool {
    let digits = challenge.trim_end_matches('=');
    matches!(digits.len(), 27 | 43 | 86)
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/'))
}
