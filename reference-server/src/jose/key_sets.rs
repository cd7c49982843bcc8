//! Key sets of clients that are fetched: which one a request needs, and whether one that is kept will do. Fetching is of the shell.

use std::sync::Arc;

use super::jwk::JwkSet;
use crate::facts::Facts;

/// A key set that was fetched for a client.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The client that it is for.
    pub client: String,
    /// The set.
    pub set: Arc<JwkSet>,
}

/// What is to be fetched for a request.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The set of the client's keys.
    pub uri: Option<String>,
    /// What is fetched and not used.
    pub unused: Vec<String>,
    /// How long a set is kept.
    pub keep: Keep,
}

/// How long a key set is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// As long as [`LIFETIME`], but not if a request names a key that it lacks.
    #[default]
    Usual,
    /// For ever.
    Always,
    /// As usual; what came later is added to it.
    Added,
}

/// For so many seconds a set is kept.
pub const LIFETIME: u64 = 300;

/// For so many seconds a set is not fetched again, whatever keys are named.
pub const PAUSE: u64 = 1;

/// What a request needs: the set of the client that it names. URLs in the header of an assertion are not looked at
/// (RFC 8725 §3.10).
#[must_use]
pub fn wanted(facts: &Facts) -> Wanted {
    let client = facts.client.as_ref();
    let presents = facts.presented.assertion.is_some() || !facts.presented.certificates.is_empty();
    Wanted {
        uri: client
            .and_then(|client| client.jwks_uri.clone())
            .filter(|_| presents),
        ..Wanted::default()
    }
}

/// Whether a set has the key that a request names by `kid`, or the certificate that it presents. A request that names
/// none needs no other set.
#[must_use]
pub fn is_known(set: &JwkSet, facts: &Facts) -> bool {
    let jws = facts
        .presented
        .assertion
        .as_ref()
        .and_then(|it| it.jws.as_ref());
    let kid = jws.and_then(|jws| jws.header_text("kid"));
    if let Some(kid) = kid {
        let all = set.keys.iter().chain(&set.others);
        return all.into_iter().any(|key| key.kid.as_deref() == Some(kid));
    }
    let leaf = facts.presented.certificates.first();
    jws.is_some() || leaf.is_none_or(|leaf| set.certificates.contains(leaf))
}
