//! Keys: the one that the server signs with, and those that verify what clients sign.

use jsonwebtoken::{DecodingKey, EncodingKey};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, SignatureAlgorithm,
};

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
    /// The public half, PEM.
    pub public_pem: String,
    /// The public half.
    pub public: DecodingKey,
}

opaque_debug!(ServerKey, ClientKeyPair);

/// A key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is a key for other algorithms.
    #[error("the key is not one for {}", .0.as_str())]
    Mismatch(Algorithm),
    /// It is no private key in PKCS#8 and PEM.
    #[error("this is no private key in PKCS#8 and PEM: {0}")]
    Unreadable(#[from] rcgen::Error),
    /// The library that verifies signatures does not take it.
    #[error("the key can't verify signatures: {0}")]
    Verifying(#[from] jsonwebtoken::errors::Error),
}

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
        let pair = KeyPair::from_pem(pem)?;
        if !pair.is_compatible(generator(algorithm)) {
            return Err(KeyError::Mismatch(algorithm));
        }
        let public_pem = pair.public_key_pem();
        let public = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => DecodingKey::from_ec_pem(public_pem.as_bytes())?,
            Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512
            | Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512 => DecodingKey::from_rsa_pem(public_pem.as_bytes())?,
        };
        Ok(Self {
            private_pem: pem.to_owned(),
            public_pem,
            public,
        })
    }
}

/// What makes key pairs for an algorithm: all RSA algorithms share one.
#[must_use]
pub const fn generator(algorithm: Algorithm) -> &'static SignatureAlgorithm {
    match algorithm {
        Algorithm::Es256 => &PKCS_ECDSA_P256_SHA256,
        Algorithm::Es384 => &PKCS_ECDSA_P384_SHA384,
        Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512
        | Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512 => &PKCS_RSA_SHA256,
    }
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
            assert!(matches!(refused, Err(KeyError::Mismatch(_))));
        }
        let refused = ClientKeyPair::from_pem("nonsense", Algorithm::Es256);
        assert!(matches!(refused, Err(KeyError::Unreadable(_))));
    }
}
