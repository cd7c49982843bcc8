//! JWK sets of clients (RFC 7517): keys that verify their assertions, certificates that they present.

use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::algorithm::{Algorithm, KeyKind};
use super::public_key::{KeyError, PublicKey, rsa_size};
use crate::registry::ClientKey;
use crate::wire::{base64url, json};

/// What a JWK set gives.
#[derive(Debug, Default)]
pub struct JwkSet {
    /// The keys for signatures, one for each algorithm that each of them may be used with.
    pub keys: Vec<ClientKey>,
    /// Those that are for something else.
    pub others: Vec<ClientKey>,
    /// The end-entity certificates of `x5c` members, DER.
    pub certificates: Vec<Vec<u8>>,
}

/// A JWK set can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JwkError {
    /// It is no JSON object with a list `keys`.
    #[error("this is no JWK set: a JSON object with a list `keys` of objects, no member twice")]
    NoSet,
    /// A key of it can't be used.
    #[error("key {number} of the set: {error}")]
    Key {
        /// Which one, from 1.
        number: usize,
        /// Why.
        error: KeyError,
    },
    /// A member of a key is missing or broken.
    #[error("key {number} of the set: `{member}` is missing or broken")]
    Member {
        /// Which key, from 1.
        number: usize,
        /// The member.
        member: &'static str,
    },
    /// A private or symmetric key has no place in it.
    #[error("key {number} of the set is a secret: register the public half alone")]
    Secret {
        /// Which key, from 1.
        number: usize,
    },
    /// Nothing says which algorithm of several a key is for.
    #[error(
        "key {number} of the set has no `alg`: say there, or in `assertion_algorithms` of the client, what it is for"
    )]
    Unpinned {
        /// Which key, from 1.
        number: usize,
    },
}

impl JwkSet {
    /// Reads a JWK set. A key without `alg` is for those of `algorithms` that fit it.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, algorithms: &[Algorithm]) -> Result<Self, JwkError> {
        let members = json::read_object(text.as_bytes()).ok_or(JwkError::NoSet)?;
        let keys = members.get("keys").and_then(Value::as_array);
        let mut set = Self::default();
        for (index, key) in keys.ok_or(JwkError::NoSet)?.iter().enumerate() {
            let key = key.as_object().ok_or(JwkError::NoSet)?;
            set.add(key, index + 1, algorithms)?;
        }
        Ok(set)
    }

    fn add(
        &mut self,
        jwk: &Map<String, Value>,
        number: usize,
        algorithms: &[Algorithm],
    ) -> Result<(), JwkError> {
        if jwk.contains_key("d") || jwk.contains_key("k") {
            return Err(JwkError::Secret { number });
        }
        if let Some(chain) = jwk.get("x5c") {
            let leaf = chain.get(0).and_then(Value::as_str).and_then(base64);
            let broken = JwkError::Member {
                number,
                member: "x5c",
            };
            self.certificates.push(leaf.ok_or(broken)?);
        }
        let public = public_key(jwk, number)?;
        let kid = jwk.get("kid").and_then(Value::as_str);
        let usable = is_for_signatures(jwk);
        let algorithms = match algorithms_of(jwk, &public, number, algorithms) {
            // What a key for encryption is used with is of no interest.
            Err(_) if !usable => Vec::new(),
            found => found?,
        };
        let keys = if usable {
            &mut self.keys
        } else {
            &mut self.others
        };
        for algorithm in algorithms {
            keys.push(ClientKey {
                kid: kid.map(str::to_owned),
                algorithm,
                key: public.key.clone(),
                pem: public.pem.clone(),
            });
        }
        Ok(())
    }
}

/// Whether `use` and `key_ops` (RFC 7517 §4.2, §4.3) let the key verify.
fn is_for_signatures(jwk: &Map<String, Value>) -> bool {
    let usage = jwk.get("use").is_none_or(|usage| usage == "sig");
    let operations = jwk.get("key_ops").and_then(Value::as_array);
    usage && operations.is_none_or(|all| all.iter().any(|it| it == "verify"))
}

/// What the key may be used with: its `alg`, else those of the client that fit.
fn algorithms_of(
    jwk: &Map<String, Value>,
    key: &PublicKey,
    number: usize,
    registered: &[Algorithm],
) -> Result<Vec<Algorithm>, JwkError> {
    if let Some(named) = jwk.get("alg") {
        let broken = JwkError::Member {
            number,
            member: "alg",
        };
        let named = named.as_str().and_then(Algorithm::parse).ok_or(broken)?;
        key.must_fit(named)
            .map_err(|error| JwkError::Key { number, error })?;
        return Ok(vec![named]);
    }
    let fitting: Vec<Algorithm> = key.kind.algorithms().collect();
    match (registered, fitting.as_slice()) {
        ([], [_]) => Ok(fitting),
        // Only its certificate is of interest.
        ([], _) if jwk.contains_key("x5c") => Ok(Vec::new()),
        ([], _) => Err(JwkError::Unpinned { number }),
        (registered, _) => Ok(fitting
            .into_iter()
            .filter(|it| registered.contains(it))
            .collect()),
    }
}

fn public_key(jwk: &Map<String, Value>, number: usize) -> Result<PublicKey, JwkError> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let octets = |member: &'static str| {
        let octets = text(member).and_then(base64url::decode);
        octets.ok_or(JwkError::Member { number, member })
    };
    let (kind, key) = match (text("kty"), text("crv")) {
        (Some("RSA"), _) => {
            let (modulus, exponent) = (octets("n")?, octets("e")?);
            let unused = modulus.first().map_or(0, |octet| octet.leading_zeros());
            let bits = modulus.len() * 8 - usize::try_from(unused).unwrap_or(0);
            rsa_size(bits).map_err(|error| JwkError::Key { number, error })?;
            let key = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
            (KeyKind::Rsa, key)
        }
        (Some("EC"), Some(curve)) => {
            let (kind, length) = match curve {
                "P-256" => (KeyKind::P256, 32),
                "P-384" => (KeyKind::P384, 48),
                "P-521" => (KeyKind::P521, 66),
                _ => return Err(member(number, "crv")),
            };
            let (x, y) = (octets("x")?, octets("y")?);
            if x.len() != length || y.len() != length {
                return Err(member(number, "x"));
            }
            (kind, DecodingKey::from_ec_der(&[&[4], &*x, &*y].concat()))
        }
        (Some("OKP"), Some("Ed25519")) => {
            (KeyKind::Ed25519, DecodingKey::from_ed_der(&octets("x")?))
        }
        (Some("EC" | "OKP"), _) => return Err(member(number, "crv")),
        (Some(_) | None, _) => return Err(member(number, "kty")),
    };
    Ok(PublicKey {
        kind,
        key,
        pem: String::new(),
    })
}

const fn member(number: usize, member: &'static str) -> JwkError {
    JwkError::Member { number, member }
}

/// `x5c` is in base64, not base64url (RFC 7517 §4.7).
fn base64(text: &str) -> Option<Vec<u8>> {
    use ::base64::Engine;
    ::base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

    fn set(keys: &[String]) -> String {
        let keys: Vec<String> = keys.iter().map(|key| format!("{{{key}}}")).collect();
        format!("{{\"keys\":[{}]}}", keys.join(","))
    }

    #[test]
    fn keys_are_pinned_to_their_algorithm() {
        let text = set(&[
            format!("{EC},\"kid\":\"a\""),
            format!("{EC},\"use\":\"enc\""),
        ]);
        let read = JwkSet::parse(&text, &[]).unwrap();
        assert_eq!((read.keys.len(), read.others.len()), (1, 1));
        assert_eq!(read.keys[0].algorithm, Algorithm::Es256);
        assert_eq!(read.keys[0].kid.as_deref(), Some("a"));
        assert!(
            JwkSet::parse(&text, &[Algorithm::Rs256])
                .unwrap()
                .keys
                .is_empty()
        );
    }

    fn check(text: &str, expect: &str) {
        assert_eq!(JwkSet::parse(text, &[]).unwrap_err().to_string(), expect);
    }

    #[test]
    fn mistakes_are_told() {
        check(
            "[]",
            "this is no JWK set: a JSON object with a list `keys` of objects, no member twice",
        );
        check(
            &set(&[EC.to_owned(), format!("{EC},\"alg\":\"RS256\"")]),
            "key 2 of the set: it is an EC key on P-256 and `alg` is RS256, which takes an RSA key",
        );
        check(
            &set(&[format!("{EC},\"d\":\"AA\"")]),
            "key 1 of the set is a secret: register the public half alone",
        );
        check(
            &set(&[EC.replace("P-256", "P-384")]),
            "key 1 of the set: `x` is missing or broken",
        );
        check(
            &set(&[format!(
                "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"{}\"",
                "_".repeat(170) + "8"
            )]),
            "key 1 of the set: its RSA modulus has 1024 bits; it has to have 2048 to 8192 (RFC 7518 section 3.3)",
        );
        check(
            &set(&[format!(
                "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"{}\"",
                "_w".repeat(171)
            )]),
            "key 1 of the set has no `alg`: say there, or in `assertion_algorithms` of the client, what it is for",
        );
    }
}
