//! Keys: the one that the server signs with, and those of clients that are made at start.

use std::sync::OnceLock;

use jsonwebtoken::{DecodingKey, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, RsaKeySize};

use super::algorithm::Algorithm;
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
    /// The public half.
    pub public: DecodingKey,
}

opaque_debug!(ServerKey, ClientKeyPair);

/// A key can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Making or parsing failed.
    #[error("{0}")]
    Generation(#[from] rcgen::Error),
    /// The key does not fit the algorithm.
    #[error("the key does not fit the algorithm: {0}")]
    Mismatch(#[from] jsonwebtoken::errors::Error),
}

impl ServerKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate(kid: &str) -> Result<Self, KeyError> {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
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
        Ok(Self {
            kid: kid.to_owned(),
            private,
            jwk,
        })
    }
}

impl ClientKeyPair {
    /// A new key pair for an algorithm. An RSA pair takes long to make, so that one is made for the
    /// whole process and shared by its servers.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        static RSA: OnceLock<String> = OnceLock::new();
        let pem = match family(algorithm) {
            Family::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?.serialize_pem(),
            Family::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?.serialize_pem(),
            Family::Rsa => match RSA.get() {
                Some(pem) => pem.clone(),
                None => {
                    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
                    RSA.get_or_init(|| pair.serialize_pem()).clone()
                }
            },
        };
        Self::from_pem(&pem, algorithm)
    }

    /// The key pair in a PKCS#8 PEM text.
    ///
    /// # Errors
    /// When the text is no private key, or one for another algorithm.
    pub fn from_pem(pem: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let public = KeyPair::from_pem(pem)?.public_key_pem();
        let public = match family(algorithm) {
            Family::P256 | Family::P384 => DecodingKey::from_ec_pem(public.as_bytes())?,
            Family::Rsa => DecodingKey::from_rsa_pem(public.as_bytes())?,
        };
        Ok(Self {
            private_pem: pem.to_owned(),
            public,
        })
    }
}

enum Family {
    P256,
    P384,
    Rsa,
}

const fn family(algorithm: Algorithm) -> Family {
    match algorithm {
        Algorithm::Es256 => Family::P256,
        Algorithm::Es384 => Family::P384,
        Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512
        | Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512 => Family::Rsa,
    }
}
