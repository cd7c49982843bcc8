//! Scope (RFC 6749 §3.3) and proof keys (RFC 7636 §4) against their grammars, written down naively.
//!
//! An input has a line with a challenge method, one with a verifier, one with a challenge; the rest is a scope.

use std::collections::BTreeSet;

use tokenspec_reference_server::pkce::{self, Challenge, ChallengeMethod};
use tokenspec_reference_server::vocabulary::Scope;

use crate::naive::base64::{Alphabet, encode};
use crate::naive::sha256;

/// What some client is registered for.
const KNOWN: &[&str] = &[
    "read",
    "write",
    "openid",
    "https://api.example/a:b",
    "!#[]~",
];

/// One input of the fuzzer.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (method, verifier, challenge, scope) = (part(), part(), part(), part());
    check_scope(scope, |scope, known| {
        Scope::parse(scope).is_within(&Scope::parse(known))
    });
    scope_is_a_set(scope);
    check_proof_key(method, verifier, challenge, ours);
}

/// Holds a decision against the grammar: whether the values of one scope are within those of another, which is well-formed.
///
/// # Panics
/// When a scope passes that is malformed or has a value that is not known, or one does not pass that has not.
pub fn check_scope(scope: &str, is_within: impl Fn(&str, &str) -> bool) {
    let is_known = |value: &str| KNOWN.contains(&value);
    let expected = is_scope(scope) && scope.split(' ').all(is_known);
    assert_eq!(is_within(scope, &KNOWN.join(" ")), expected, "{scope:?}");
    if is_scope(scope) {
        assert!(is_within(scope, scope), "{scope:?} is not within itself");
    }
}

/// Holds a decision against RFC 7636: whether a verifier is accepted for the challenge and method of an authorization request.
/// Both are present; the method may be empty, for none.
///
/// # Panics
/// When another verifier passes than one that has the form and makes the challenge.
pub fn check_proof_key(
    method: &str,
    verifier: &str,
    challenge: &str,
    accepts: impl Fn(&str, &str, &str) -> bool,
) {
    let made = s256(verifier);
    let expected = |method: &str, challenge: &str| {
        let fits = match method {
            "" | "plain" => verifier == challenge,
            "S256" => made == challenge,
            _ => false,
        };
        fits && is_unreserved(verifier) && is_unreserved(challenge)
    };
    for (method, challenge) in [
        (method, challenge),
        ("S256", &made),
        ("plain", verifier),
        ("S256", verifier),
    ] {
        let found = accepts(method, challenge, verifier);
        assert_eq!(
            found,
            expected(method, challenge),
            "{method:?} {challenge:?} {verifier:?}"
        );
    }
}

/// As the reference server decides.
#[must_use]
pub fn ours(method: &str, challenge: &str, verifier: &str) -> bool {
    let named = Some(method).filter(|method| !method.is_empty());
    let Some(method) = ChallengeMethod::parse(named) else {
        return false;
    };
    let value = challenge.to_owned();
    pkce::is_well_formed(challenge)
        && pkce::is_well_formed(verifier)
        && Challenge { value, method }.is_met_by(verifier)
}

fn scope_is_a_set(text: &str) {
    let scope = Scope::parse(text);
    let values: Vec<&str> = scope.values().collect();
    let distinct: BTreeSet<&str> = text.split(' ').collect();
    assert_eq!(values.iter().copied().collect::<BTreeSet<_>>(), distinct);
    assert_eq!(values.len(), distinct.len(), "a value twice: {text:?}");
    assert_eq!(Scope::parse(&scope.to_string()), scope, "{text:?}");
    let known = Scope::parse(&KNOWN.join(" "));
    let kept: Vec<String> = scope
        .intersection(&known)
        .values()
        .map(str::to_owned)
        .collect();
    let expected: Vec<&str> = values
        .into_iter()
        .filter(|value| KNOWN.contains(value))
        .collect();
    assert_eq!(kept, expected, "{text:?}");
}

/// `scope = scope-token *( SP scope-token )`, `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn is_scope(text: &str) -> bool {
    let character = |c: char| matches!(u32::from(c), 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    text.split(' ')
        .all(|token| !token.is_empty() && token.chars().all(character))
}

/// `43*128unreserved` (RFC 7636 §4.1, §4.2).
fn is_unreserved(text: &str) -> bool {
    const UNRESERVED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    let count = text.chars().count();
    count > 42 && count < 129 && text.chars().all(|c| UNRESERVED.contains(c))
}

fn s256(verifier: &str) -> String {
    encode(&sha256::digest(verifier.as_bytes()), Alphabet::Url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn example_of_rfc_7636_appendix_b_is_accepted() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(ours("S256", challenge, VERIFIER) && !ours("plain", challenge, VERIFIER));
        fuzz(format!("S256\n{VERIFIER}\n{challenge}\nread write").as_bytes());
    }

    #[test]
    #[should_panic(expected = "\"S256\"")]
    fn server_that_also_compares_plainly_is_found() {
        check_proof_key("S256", VERIFIER, "x", |method, challenge, verifier| {
            ours(method, challenge, verifier) || challenge == verifier
        });
    }

    #[test]
    #[should_panic(expected = "READ")]
    fn server_that_folds_letters_is_found() {
        check_scope("READ", |scope, known| {
            Scope::parse(&scope.to_lowercase()).is_within(&Scope::parse(known))
        });
    }

    #[test]
    #[should_panic(expected = "read\\twrite")]
    fn server_that_splits_at_any_white_space_is_found() {
        check_scope("read\twrite", |scope, known| {
            scope
                .split_whitespace()
                .all(|value| known.split(' ').any(|own| own == value))
        });
    }
}
