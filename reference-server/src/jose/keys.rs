//! Keys: the one that the server signs with, and those that verify what clients sign.

use jsonwebtoken::{DecodingKey, EncodingKey};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, SignatureAlgorithm,
};

use super::algorithm::{Algorithm, KeyKind};
use super::public_key::{KeyError, PublicKey};
use crate::opaque::opaque_debug;
use crate::wire::base64url;
use crate::wire::json::Object;

/// The key that signs access tokens: ES256, made at start.
pub struct ServerKey {
    /// Its identifier.
    pub kid: String,
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

impl ServerKey {
    /// The signing key of an ES256 key pair.
    #[must_use]
    pub fn new(kid: &str, pair: &KeyPair) -> Self {
        let point = pair.public_key_raw();
        let coordinate = |from: usize| base64url::encode(point.get(from..from + 32).unwrap_or(&[]));
        let jwk = Object::default()
            .text("kty", "EC")
            .text("crv", "P-256")
            .text("alg", "ES256")
            .text("use", "sig")
            .text("kid", kid)
            .text("x", &coordinate(1))
            .text("y", &coordinate(33));
        let private = EncodingKey::from_ec_der(&pair.serialize_der());
        Self {
            kid: kid.to_owned(),
            private,
            jwk,
        }
    }
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
