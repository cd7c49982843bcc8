//! Client assertions (RFC 7523 section 3, OpenID Connect Core 1.0 section 9).

use serde_json::Value;

use super::{Algorithm, Members, MintError, SigningKey, mint};

/// How long an assertion is valid, in seconds.
const LIFETIME: u64 = 60;

/// A token before it is signed: change what you like.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// The header.
    pub header: Members,
    /// The claims.
    pub claims: Members,
}

/// The assertion that a client owes: `iss` and `sub` are its id, `exp` is a minute from `now`.
///
/// `now` is in seconds since 1970. The header has `alg` and, if the client's key has one, `kid`.
#[must_use]
pub fn client_assertion(
    client_id: &str,
    audience: &str,
    now: u64,
    jti: &str,
    algorithm: Algorithm,
    kid: Option<&str>,
) -> Assertion {
    let mut header = Members::new();
    header.insert("alg".to_owned(), algorithm.name().into());
    if let Some(kid) = kid {
        header.insert("kid".to_owned(), kid.into());
    }
    let claims: [(&str, Value); 6] = [
        ("iss", client_id.into()),
        ("sub", client_id.into()),
        ("aud", audience.into()),
        ("iat", now.into()),
        ("exp", now.saturating_add(LIFETIME).into()),
        ("jti", jti.into()),
    ];
    let claims = claims
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Assertion { header, claims }
}

impl Assertion {
    /// Signs what the assertion has now. The header's `alg` may say something else.
    ///
    /// # Errors
    ///
    /// Returns why the key can't sign with the algorithm.
    pub fn sign(&self, key: &SigningKey, algorithm: Algorithm) -> Result<String, MintError> {
        mint(&self.header, &self.claims, key, algorithm)
    }
}
