//! Proof key for code exchange (RFC 7636).

use aws_lc_rs::digest::{SHA256, digest};
use subtle::ConstantTimeEq;

use crate::wire::base64url;

/// A challenge as it is kept with its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// `code_challenge`.
    pub value: String,
    /// `code_challenge_method`.
    pub method: ChallengeMethod,
}

/// How a challenge is made from its verifier (RFC 7636 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeMethod {
    /// They are the same.
    Plain,
    /// base64url of the SHA-256.
    S256,
}

impl ChallengeMethod {
    /// The method with exactly this name; left out it is plain (RFC 7636 §4.3).
    #[must_use]
    pub fn parse(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("plain") => Some(Self::Plain),
            Some("S256") => Some(Self::S256),
            Some(_) => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::S256 => "S256",
        }
    }
}

impl Challenge {
    /// Whether the verifier belongs to this challenge (RFC 7636 §4.6).
    #[must_use]
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let made = match self.method {
            ChallengeMethod::Plain => verifier.to_owned(),
            ChallengeMethod::S256 => s256(verifier),
        };
        made.as_bytes().ct_eq(self.value.as_bytes()).into()
    }
}

/// The S256 challenge of a verifier (RFC 7636 §4.2).
#[must_use]
pub fn s256(verifier: &str) -> String {
    base64url::encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// Whether a text has the form of a verifier or challenge: 43 to 128 unreserved characters
/// (RFC 7636 §4.1, §4.2).
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn example_of_appendix_b_matches() {
        assert_eq!(s256(VERIFIER), CHALLENGE);
        let challenge = Challenge {
            value: CHALLENGE.to_owned(),
            method: ChallengeMethod::S256,
        };
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
        assert!(!challenge.is_met_by(""));
    }

    #[test]
    fn plain_compares_exactly() {
        let challenge = Challenge {
            value: CHALLENGE.to_owned(),
            method: ChallengeMethod::Plain,
        };
        assert!(challenge.is_met_by(CHALLENGE));
        assert!(!challenge.is_met_by(&CHALLENGE.to_lowercase()));
        assert!(!challenge.is_met_by(VERIFIER));
    }

    #[test]
    fn method_names_are_exact_and_default_to_plain() {
        assert_eq!(ChallengeMethod::parse(None), Some(ChallengeMethod::Plain));
        assert_eq!(
            ChallengeMethod::parse(Some("S256")),
            Some(ChallengeMethod::S256)
        );
        assert_eq!(ChallengeMethod::parse(Some("s256")), None);
    }

    #[test]
    fn form_is_43_to_128_unreserved_characters() {
        assert!(is_well_formed(&"~".repeat(43)) && is_well_formed(&"a".repeat(128)));
        assert!(!is_well_formed(&"a".repeat(42)) && !is_well_formed(&"a".repeat(129)));
        assert!(!is_well_formed(&"=".repeat(43)));
    }
}
