//! The algorithms that a client can be registered for (RFC 7518 §3.1, RFC 8037 §3.1).

use jsonwebtoken::Algorithm as Backend;
use serde::Deserialize;

/// A signature algorithm with a key pair, or an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// HMAC with SHA-256, keyed with the client's secret.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::EdDsa,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];

    /// The value of `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The algorithm with exactly this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|algorithm| algorithm.as_str() == name)
    }

    /// The kind of key that it takes.
    #[must_use]
    pub const fn key_kind(self) -> KeyKind {
        match self {
            Self::EdDsa => KeyKind::Ed25519,
            Self::Es256 => KeyKind::P256,
            Self::Es384 => KeyKind::P384,
            Self::Es512 => KeyKind::P521,
            Self::Hs256 | Self::Hs384 | Self::Hs512 => KeyKind::Secret,
            Self::Ps256 | Self::Ps384 | Self::Ps512 | Self::Rs256 | Self::Rs384 | Self::Rs512 => {
                KeyKind::Rsa
            }
        }
    }

    /// The octets of its hash: what an HMAC key must have at least (RFC 7518 §3.2).
    #[must_use]
    pub const fn hash_length(self) -> usize {
        match self {
            Self::Es256 | Self::Hs256 | Self::Ps256 | Self::Rs256 => 32,
            Self::Es384 | Self::Hs384 | Self::Ps384 | Self::Rs384 => 48,
            Self::EdDsa | Self::Es512 | Self::Hs512 | Self::Ps512 | Self::Rs512 => 64,
        }
    }

    /// What the library calls it, if it knows it.
    #[must_use]
    pub const fn backend(self) -> Option<Backend> {
        Some(match self {
            Self::EdDsa => Backend::EdDSA,
            Self::Es256 => Backend::ES256,
            Self::Es384 => Backend::ES384,
            Self::Es512 => return None,
            Self::Hs256 => Backend::HS256,
            Self::Hs384 => Backend::HS384,
            Self::Hs512 => Backend::HS512,
            Self::Ps256 => Backend::PS256,
            Self::Ps384 => Backend::PS384,
            Self::Ps512 => Backend::PS512,
            Self::Rs256 => Backend::RS256,
            Self::Rs384 => Backend::RS384,
            Self::Rs512 => Backend::RS512,
        })
    }
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Edwards curve 25519.
    Ed25519,
    /// NIST curve P-256.
    P256,
    /// NIST curve P-384.
    P384,
    /// NIST curve P-521.
    P521,
    /// RSA.
    Rsa,
    /// The octets of a secret.
    Secret,
}

impl KeyKind {
    /// The algorithms that take it.
    pub fn algorithms(self) -> impl Iterator<Item = Algorithm> {
        let all = Algorithm::ALL.iter().copied();
        all.filter(move |algorithm| algorithm.key_kind() == self)
    }

    /// What people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "an Ed25519 key",
            Self::P256 => "an EC key on P-256",
            Self::P384 => "an EC key on P-384",
            Self::P521 => "an EC key on P-521",
            Self::Rsa => "an RSA key",
            Self::Secret => "a secret",
        }
    }
}
