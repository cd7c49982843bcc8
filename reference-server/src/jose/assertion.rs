//! A client assertion (RFC 7523 §2.2): read, and its signature tried against the client's keys.

use serde_json::Value;

use super::algorithm::Algorithm;
use super::jws::Jws;
use super::signature::verify;
use crate::opaque::opaque_debug;
use crate::registry::{Client, ClientKey};

/// The only value of `client_assertion_type` (RFC 7523 §2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A presented assertion.
#[derive(Clone)]
pub struct Assertion {
    /// The text as sent.
    pub text: String,
    /// What it says; none if it is no JWS.
    pub jws: Option<Jws>,
    /// Whether a key of the client made its signature.
    pub signature: Signature,
}

opaque_debug!(Assertion);

/// What trying the signature gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It was not made by the key.
    Invalid,
    /// The client has no key for this `kid` and `alg`.
    NoKey,
    /// It was made by a key of the client.
    Valid,
}

impl Assertion {
    /// Reads an assertion; the signature is tried when the client is known.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            jws: Jws::parse(text),
            signature: Signature::NoKey,
        }
    }

    /// The client it names: its subject, else its issuer.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        let jws = self.jws.as_ref()?;
        jws.text("sub").or_else(|| jws.text("iss"))
    }

    /// Tries the signature against the keys of a client.
    pub fn try_keys(&mut self, client: &Client) {
        self.try_each(&client.keys);
    }

    /// Tries the signature against these keys.
    pub fn try_each(&mut self, keys: &[ClientKey]) {
        let Some(jws) = &self.jws else { return };
        self.signature = Signature::NoKey;
        for key in keys.iter().filter(|key| fits(key, jws)) {
            let input = jws.signing_input.as_bytes();
            let is_valid = verify(key.algorithm, &key.key, input, &jws.signature);
            self.signature = if is_valid {
                Signature::Valid
            } else {
                Signature::Invalid
            };
            if is_valid {
                return;
            }
        }
    }

    /// The values of `aud`: a string or an array of strings (RFC 7519 §4.1.3). Anything else is none.
    #[must_use]
    pub fn audiences(&self) -> Vec<&str> {
        match self.jws.as_ref().and_then(|jws| jws.payload.get("aud")) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(list)) => list
                .iter()
                .map(Value::as_str)
                .collect::<Option<_>>()
                .unwrap_or_default(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
                Vec::new()
            }
        }
    }
}

/// Whether a key may verify this JWS: the algorithm is the one it is registered for, and `kid`, where
/// there is one, names it.
fn fits(key: &ClientKey, jws: &Jws) -> bool {
    let kid = match jws.header.get("kid") {
        None => true,
        Some(Value::String(kid)) => key.kid.as_ref().is_none_or(|own| own == kid),
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_),
        ) => false,
    };
    kid && jws.header_text("alg").and_then(Algorithm::parse) == Some(key.algorithm)
}
