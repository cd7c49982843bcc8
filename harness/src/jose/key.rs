//! Private keys, from PEM (PKCS#8, PKCS#1, SEC 1) or JWK (RFC 7517).

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
use serde_json::Value;

use super::{Algorithm, KeyError, Members};
use crate::secret::Secret;

/// What a key can sign.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyType {
    /// RSA.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// Octets for an HMAC.
    Octets,
}

impl KeyType {
    /// The algorithm to use where nobody chose one.
    #[must_use]
    pub const fn usual_algorithm(self) -> Algorithm {
        match self {
            Self::Rsa => Algorithm::Rs256,
            Self::P256 => Algorithm::Es256,
            Self::P384 => Algorithm::Es384,
            Self::P521 => Algorithm::Es512,
            Self::Ed25519 => Algorithm::EdDsa,
            Self::Octets => Algorithm::Hs256,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "an RSA key",
            Self::P256 => "an EC key on P-256",
            Self::P384 => "an EC key on P-384",
            Self::P521 => "an EC key on P-521",
            Self::Ed25519 => "an Ed25519 key",
            Self::Octets => "a symmetric key",
        })
    }
}

/// A private key. Cheap to clone; it never prints.
#[derive(Clone)]
pub struct SigningKey {
    pub(super) material: Arc<Material>,
    hints: Hints,
}

/// What a JWK says beside its key (RFC 7517 sections 4.4 and 4.5).
#[derive(Clone, Debug, Default)]
struct Hints {
    kid: Option<String>,
    algorithm: Option<Algorithm>,
}

/// The keys as the library has them.
pub(super) enum Material {
    Rsa(rsa::KeyPair),
    Ec(KeyType, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Octets(Vec<u8>),
}

impl SigningKey {
    /// Reads a PEM text or a JWK.
    ///
    /// # Errors
    ///
    /// Returns why the text is no private key; never a part of the text.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text)
                .map_err(|_| KeyError::NeitherPemNorJwk)
                .and_then(|members| from_jwk(&members));
        }
        from_pem(text)
    }

    /// A client secret as the key of an HMAC (OpenID Connect Core 1.0 section 10.1).
    #[must_use]
    pub fn from_secret(secret: &Secret) -> Self {
        Self::of(Material::Octets(secret.reveal().as_bytes().to_vec()))
    }

    /// Reads a private key in DER: PKCS#8, PKCS#1 or SEC 1. `None`: it is none that can sign.
    #[must_use]
    pub fn from_der(octets: &[u8]) -> Option<Self> {
        let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(octets).ok();
        rsa_of(octets)
            .or_else(|| ec_of(octets))
            .or_else(|| ed25519().map(Material::Ed25519))
            .map(Self::of)
    }

    /// Any octets as the key of an HMAC, none as well.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Self {
        Self::of(Material::Octets(octets.to_vec()))
    }

    /// A new key that the algorithm can use, known to nobody.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unusable`] if the system gives no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Unusable;
        let key_type = algorithm.key_type();
        let material = match curve(key_type) {
            Some(curve) => Material::Ec(key_type, EcdsaKeyPair::generate(curve).map_err(unusable)?),
            None if key_type == KeyType::Rsa => {
                Material::Rsa(rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(unusable)?)
            }
            None if key_type == KeyType::Ed25519 => {
                Material::Ed25519(Ed25519KeyPair::generate().map_err(unusable)?)
            }
            None => {
                let mut octets = vec![0; 64];
                aws_lc_rs::rand::fill(&mut octets).map_err(unusable)?;
                Material::Octets(octets)
            }
        };
        Ok(Self::of(material))
    }

    /// What the key can sign.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match self.material.as_ref() {
            Material::Rsa(_) => KeyType::Rsa,
            Material::Ec(key_type, _) => *key_type,
            Material::Ed25519(_) => KeyType::Ed25519,
            Material::Octets(_) => KeyType::Octets,
        }
    }

    /// The `kid` of the JWK.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.hints.kid.as_deref()
    }

    /// The `alg` of the JWK, or the usual one for the type.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.hints
            .algorithm
            .unwrap_or_else(|| self.key_type().usual_algorithm())
    }

    /// Whether the algorithm can use the key.
    ///
    /// # Errors
    ///
    /// [`KeyError::OtherAlgorithm`] if it can't.
    pub fn check(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        let (needed, found) = (algorithm.key_type(), self.key_type());
        if needed == found {
            return Ok(());
        }
        Err(KeyError::OtherAlgorithm {
            algorithm: algorithm.name(),
            needed,
            found,
        })
    }

    /// Whether both are clones of one key that was read.
    #[must_use]
    pub fn is_clone_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.material, &other.material)
    }

    const fn hinted(material: Arc<Material>, hints: Hints) -> Self {
        Self { material, hints }
    }

    fn of(material: Material) -> Self {
        Self::hinted(Arc::new(material), Hints::default())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "‹{}›", self.key_type())
    }
}

const CURVES: [KeyType; 3] = [KeyType::P256, KeyType::P384, KeyType::P521];

const fn curve(key_type: KeyType) -> Option<&'static EcdsaSigningAlgorithm> {
    match key_type {
        KeyType::P256 => Some(&ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyType::P384 => Some(&ECDSA_P384_SHA384_FIXED_SIGNING),
        KeyType::P521 => Some(&ECDSA_P521_SHA512_FIXED_SIGNING),
        KeyType::Rsa | KeyType::Ed25519 | KeyType::Octets => None,
    }
}

fn from_pem(text: &str) -> Result<SigningKey, KeyError> {
    if !text.contains("-----BEGIN") {
        return Err(KeyError::NeitherPemNorJwk);
    }
    if text.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyError::NoPrivateKey)?;
    let octets = der.secret_der();
    SigningKey::from_der(octets).ok_or(KeyError::Unusable)
}

fn rsa_of(der: &[u8]) -> Option<Material> {
    rsa::KeyPair::from_pkcs8(der)
        .or_else(|_| rsa::KeyPair::from_der(der))
        .ok()
        .map(Material::Rsa)
}

fn ec_of(der: &[u8]) -> Option<Material> {
    CURVES.iter().find_map(|key_type| {
        let pair = EcdsaKeyPair::from_private_key_der(curve(*key_type)?, der).ok()?;
        Some(Material::Ec(*key_type, pair))
    })
}

fn from_jwk(members: &Members) -> Result<SigningKey, KeyError> {
    let material = match members.get("kty").and_then(Value::as_str) {
        Some("RSA") => rsa_jwk(members)?,
        Some("EC") => ec_jwk(members)?,
        Some("OKP") => okp_jwk(members)?,
        Some("oct") => Material::Octets(octets(members, "k")?),
        Some(_) | None => return Err(KeyError::KeyType),
    };
    let text = |name| members.get(name).and_then(Value::as_str);
    let hints = Hints {
        kid: text("kid").map(str::to_owned),
        algorithm: text("alg").and_then(|name| name.parse().ok()),
    };
    let key = SigningKey::hinted(Arc::new(material), hints);
    key.check(key.algorithm())?;
    Ok(key)
}

fn rsa_jwk(members: &Members) -> Result<Material, KeyError> {
    let components = rsa::KeyPairComponents {
        public_key: rsa::PublicKeyComponents {
            n: octets(members, "n")?,
            e: octets(members, "e")?,
        },
        d: octets(members, "d")?,
        p: octets(members, "p")?,
        q: octets(members, "q")?,
        dP: octets(members, "dp")?,
        dQ: octets(members, "dq")?,
        qInv: octets(members, "qi")?,
    };
    rsa::KeyPair::from_components(&components)
        .map(Material::Rsa)
        .map_err(|_| KeyError::Unusable)
}

fn ec_jwk(members: &Members) -> Result<Material, KeyError> {
    let key_type = match members.get("crv").and_then(Value::as_str) {
        Some("P-256") => KeyType::P256,
        Some("P-384") => KeyType::P384,
        Some("P-521") => KeyType::P521,
        Some(_) | None => return Err(KeyError::Curve),
    };
    let algorithm = curve(key_type).ok_or(KeyError::Curve)?;
    let mut point = vec![4];
    point.extend(octets(members, "x")?);
    point.extend(octets(members, "y")?);
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, &octets(members, "d")?, &point)
        .map(|pair| Material::Ec(key_type, pair))
        .map_err(|_| KeyError::Unusable)
}

fn okp_jwk(members: &Members) -> Result<Material, KeyError> {
    if members.get("crv").and_then(Value::as_str) != Some("Ed25519") {
        return Err(KeyError::Curve);
    }
    Ed25519KeyPair::from_seed_and_public_key(&octets(members, "d")?, &octets(members, "x")?)
        .map(Material::Ed25519)
        .map_err(|_| KeyError::Unusable)
}

fn octets(members: &Members, name: &'static str) -> Result<Vec<u8>, KeyError> {
    members
        .get(name)
        .and_then(Value::as_str)
        .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|octets| !octets.is_empty())
        .ok_or(KeyError::Member(name))
}
