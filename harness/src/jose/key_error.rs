//! Why a text is no key.

use super::key::KeyType;

/// What is wrong with the text of a key. No message repeats any of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor a JSON object.
    #[error("it is neither PEM nor a JWK")]
    NeitherPemNorJwk,
    /// PEM, but no private key in it.
    #[error("it has no private key: expected PKCS#8, PKCS#1 or SEC 1")]
    NoPrivateKey,
    /// PKCS#8 under a password.
    #[error("the private key is encrypted; decrypt it first")]
    Encrypted,
    /// A key that can't sign here, or a damaged one.
    #[error("the private key is damaged, or of a type or size that is not supported")]
    Unusable,
    /// A JWK without one of its members, or with a wrong one (RFC 7517, RFC 7518 section 6).
    #[error("the JWK has no usable member `{0}`")]
    Member(&'static str),
    /// A JWK of another `kty`.
    #[error("the JWK's `kty` is none of RSA, EC, OKP, oct")]
    KeyType,
    /// A JWK of another `crv`.
    #[error("the JWK's `crv` is none of P-256, P-384, P-521, Ed25519")]
    Curve,
    /// A key for another algorithm than the one asked for.
    #[error("{algorithm} needs {needed}, this is {found}")]
    OtherAlgorithm {
        /// The algorithm's name.
        algorithm: &'static str,
        /// The type of key that it needs.
        needed: KeyType,
        /// The type that the key has.
        found: KeyType,
    },
}
