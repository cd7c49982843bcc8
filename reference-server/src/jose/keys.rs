//! Keys: the one that the server signs with, and those that verify what clients sign.

use jsonwebtoken::crypto::sign;
use jsonwebtoken::{DecodingKey, EncodingKey};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm,
};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Algorithm, KeyKind};
use super::public_key::{KeyError, PublicKey};
use crate::opaque::opaque_debug;
use crate::wire::base64url;
use crate::wire::json::Object;

/// A key that signs access tokens.
pub struct ServerKey {
    /// Its identifier.
    pub kid: String,
    /// The algorithm that it signs with.
    pub algorithm: Algorithm,
    /// The private half.
    pub private: EncodingKey,
    /// The public half as a JWK.
    pub jwk: Object,
}

/// A key pair of a client. The private half goes into the target file and nowhere else.
#[derive(Clone)]
pub struct ClientKeyPair {
    /// PKCS#8, PEM.
    pub private_pem: String,
    /// The public half, PEM.
    pub public_pem: String,
    /// The public half.
    pub public: DecodingKey,
}

opaque_debug!(ServerKey, ClientKeyPair);

/// A key can't sign access tokens.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// It is a key for other algorithms.
    #[error("it is no key for {}; name the file of another key, or another `alg`", .0.as_str())]
    Mismatch(Algorithm),
    /// Access tokens are not signed with it.
    #[error("access tokens are not signed with {}; ES256, ES384, RS256 and the other RSA algorithms are", .0.as_str())]
    NotForTokens(Algorithm),
    /// The library that signs does not take it.
    #[error("it can't sign: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// It is no private key in PKCS#8 and PEM.
    #[error("this is no private key in PKCS#8 and PEM: {0}")]
    Unreadable(#[from] rcgen::Error),
}

impl ServerKey {
    /// The signing key of a key pair.
    ///
    /// # Errors
    /// When the pair is one for another algorithm, or for one that access tokens are not signed with.
    pub fn new(kid: &str, algorithm: Algorithm, pair: &KeyPair) -> Result<Self, SigningKeyError> {
        let fits = generator(algorithm).is_some_and(|generator| pair.is_compatible(generator));
        if !fits {
            return Err(SigningKeyError::Mismatch(algorithm));
        }
        let named = Object::default()
            .text("alg", algorithm.as_str())
            .text("use", "sig")
            .text("kid", kid);
        let (jwk, private) = match algorithm.key_kind() {
            KeyKind::P256 => (curve(named, "P-256", pair), ec(pair)),
            KeyKind::P384 => (curve(named, "P-384", pair), ec(pair)),
            KeyKind::Rsa => {
                let jwk = rsa(named, pair).ok_or(SigningKeyError::NotForTokens(algorithm))?;
                let pem = pair.serialize_pem();
                (jwk, EncodingKey::from_rsa_pem(pem.as_bytes())?)
            }
            KeyKind::Ed25519 | KeyKind::P521 | KeyKind::Secret => {
                return Err(SigningKeyError::NotForTokens(algorithm));
            }
        };
        Ok(Self {
            kid: kid.to_owned(),
            algorithm,
            private,
            jwk,
        })
    }

    /// The JWS with this payload, its header of the type given; empty if the key can't sign.
    #[must_use]
    pub fn sign(&self, typ: &str, payload: Object) -> String {
        let header = Object::default()
            .text("alg", self.algorithm.as_str())
            .text("typ", typ)
            .text("kid", &self.kid);
        let input = format!(
            "{}.{}",
            base64url::encode(&header.into_bytes()),
            base64url::encode(&payload.into_bytes())
        );
        self.algorithm
            .backend()
            .and_then(|backend| sign(input.as_bytes(), &self.private, backend).ok())
            .map(|signature| format!("{input}.{signature}"))
            .unwrap_or_default()
    }
}

fn ec(pair: &KeyPair) -> EncodingKey {
    EncodingKey::from_ec_der(&pair.serialize_der())
}

/// The members of a JWK on a curve; the raw key is an uncompressed point: 4, x, y (SEC 1 §2.3.3).
fn curve(named: Object, curve: &str, pair: &KeyPair) -> Object {
    let point = pair.public_key_raw().get(1..).unwrap_or_default();
    let (x, y) = point.split_at(point.len() / 2);
    named
        .text("kty", "EC")
        .text("crv", curve)
        .text("x", &base64url::encode(x))
        .text("y", &base64url::encode(y))
}

/// The members of an RSA JWK (RFC 7518 §6.3.1): its numbers have no leading zeros.
fn rsa(named: Object, pair: &KeyPair) -> Option<Object> {
    let der = pair.subject_public_key_info();
    let (_, info) = SubjectPublicKeyInfo::from_der(&der).ok()?;
    let Ok(Parsed::RSA(numbers)) = info.parsed() else {
        return None;
    };
    let unsigned = |number: &[u8]| {
        let zeros = number.iter().take_while(|octet| **octet == 0).count();
        base64url::encode(number.get(zeros..).unwrap_or_default())
    };
    let jwk = named
        .text("kty", "RSA")
        .text("n", &unsigned(numbers.modulus))
        .text("e", &unsigned(numbers.exponent));
    Some(jwk)
}

impl ClientKeyPair {
    /// The key pair in a PKCS#8 PEM text.
    ///
    /// # Errors
    /// When the text is no private key, or one for another algorithm.
    pub fn from_pem(pem: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let public = PublicKey::from_pem(pem)?;
        public.must_fit(algorithm)?;
        Ok(Self {
            private_pem: pem.to_owned(),
            public_pem: public.pem,
            public: public.key,
        })
    }
}

/// What makes key pairs for an algorithm: all RSA algorithms share one. None for an HMAC.
#[must_use]
pub const fn generator(algorithm: Algorithm) -> Option<&'static SignatureAlgorithm> {
    Some(match algorithm.key_kind() {
        KeyKind::Ed25519 => &PKCS_ED25519,
        KeyKind::P256 => &PKCS_ECDSA_P256_SHA256,
        KeyKind::P384 => &PKCS_ECDSA_P384_SHA384,
        KeyKind::P521 => &PKCS_ECDSA_P521_SHA512,
        KeyKind::Rsa => &PKCS_RSA_SHA256,
        KeyKind::Secret => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_has_to_fit_its_algorithm() {
        let pem = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
            .unwrap()
            .serialize_pem();
        assert!(ClientKeyPair::from_pem(&pem, Algorithm::Es256).is_ok());
        for algorithm in [Algorithm::Es384, Algorithm::Rs256] {
            let refused = ClientKeyPair::from_pem(&pem, algorithm);
            assert!(matches!(refused, Err(KeyError::Mismatch { .. })));
        }
        let refused = ClientKeyPair::from_pem("nonsense", Algorithm::Es256);
        assert!(matches!(refused, Err(KeyError::NoPem)));
    }

    #[test]
    fn published_key_verifies_what_the_server_signs() {
        for algorithm in Algorithm::ALL {
            let Some(generator) = generator(*algorithm) else {
                continue;
            };
            let name = algorithm.as_str();
            let pair = KeyPair::generate_for(generator).unwrap();
            let key = match ServerKey::new("k", *algorithm, &pair) {
                Ok(key) => key,
                Err(SigningKeyError::NotForTokens(_)) => continue,
                Err(error) => panic!("{name}: {error}"),
            };
            let jwk = serde_json::from_str(&key.jwk.clone().into_text()).unwrap();
            let public = DecodingKey::from_jwk(&jwk).unwrap();
            let jws = key.sign("at+jwt", Object::default().text("a", "b"));
            let (input, signature) = jws.rsplit_once('.').unwrap();
            assert!(
                super::super::signature::verify(*algorithm, &public, input.as_bytes(), signature),
                "{name}"
            );
        }
    }

    #[test]
    fn every_kind_of_key_verifies_what_it_signed() {
        let all = Algorithm::ALL
            .iter()
            .filter(|it| it.key_kind() != KeyKind::Rsa);
        for algorithm in all {
            let Some(generator) = generator(*algorithm) else {
                continue;
            };
            let pair = KeyPair::generate_for(generator).unwrap();
            let read = ClientKeyPair::from_pem(&pair.serialize_pem(), *algorithm).unwrap();
            let again = PublicKey::from_pem(&read.public_pem).unwrap();
            assert!(again.must_fit(*algorithm).is_ok(), "{}", algorithm.as_str());
        }
    }
}
