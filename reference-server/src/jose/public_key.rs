//! Public keys, from PEM (a public key, a private key, a certificate) or as a JWK.

use jsonwebtoken::DecodingKey;
use rcgen::KeyPair;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Algorithm, KeyKind};
use crate::opaque::opaque_debug;

/// The fewest bits of an RSA modulus (RFC 7518 §3.3, §3.5).
pub const LEAST_RSA_BITS: usize = 2048;

/// The most bits of an RSA modulus: checking a signature costs more with each of them.
pub const MOST_RSA_BITS: usize = 8192;

/// A public key that can check signatures.
#[derive(Clone)]
pub struct PublicKey {
    /// What it is.
    pub kind: KeyKind,
    /// For the library; of P-521 the uncompressed point.
    pub key: DecodingKey,
    /// SubjectPublicKeyInfo in PEM; empty if it was registered as a JWK.
    pub pem: String,
}

opaque_debug!(PublicKey);

/// A key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is a key for other algorithms.
    #[error("it is {} and `alg` is {}, which takes {}", .found.as_str(), .wanted.as_str(), .wanted.key_kind().as_str())]
    Mismatch {
        /// What it is.
        found: KeyKind,
        /// What it is registered for.
        wanted: Algorithm,
    },
    /// It has no PEM block, or a broken one.
    #[error("this is no private key, public key or certificate in PEM")]
    NoPem,
    /// It is of another type, or its octets make no sense.
    #[error(
        "it is damaged, or of a type that is not supported (RSA, P-256, P-384, P-521, Ed25519)"
    )]
    Unusable,
    /// A PEM block is encrypted.
    #[error("it is encrypted; write it without a passphrase")]
    Encrypted,
    /// An RSA key whose modulus has too few bits, or too many.
    #[error("its RSA modulus has {0} bits; it has to have 2048 to 8192 (RFC 7518 section 3.3)")]
    RsaSize(usize),
    /// The library that verifies signatures does not take it.
    #[error("it can't verify signatures: {0}")]
    Verifying(#[from] jsonwebtoken::errors::Error),
}

impl PublicKey {
    /// The public half of what a PEM text holds: a private key, a public key or a certificate.
    ///
    /// # Errors
    /// When it holds none of them, or a key that must not be used.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if text.contains("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let octets = text.as_bytes();
        if let Ok(key) = SubjectPublicKeyInfoDer::from_pem_slice(octets) {
            return Self::from_spki(key.as_ref());
        }
        if let Ok(certificate) = CertificateDer::from_pem_slice(octets) {
            return Self::from_certificate(certificate.as_ref());
        }
        let private = PrivateKeyDer::from_pem_slice(octets).map_err(|_| KeyError::NoPem)?;
        match KeyPair::try_from(&private) {
            Ok(pair) => Self::from_spki(&spki_of(&pair)?),
            Err(_) => Err(refused(&private)),
        }
    }

    /// The key of a certificate in DER.
    ///
    /// # Errors
    /// When it is no certificate, or its key must not be used.
    pub fn from_certificate(der: &[u8]) -> Result<Self, KeyError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| KeyError::Unusable)?;
        Self::from_spki(certificate.public_key().raw)
    }

    /// SubjectPublicKeyInfo (RFC 5280 §4.1) in DER.
    ///
    /// # Errors
    /// When it is none, or a key that must not be used.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let (_, info) = SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError::Unusable)?;
        let raw = info.subject_public_key.data.as_ref();
        let kind = kind_of(&info)?;
        let key = match kind {
            KeyKind::Rsa => DecodingKey::from_rsa_der(raw),
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => DecodingKey::from_ec_der(raw),
            KeyKind::Ed25519 => DecodingKey::from_ed_der(raw),
            KeyKind::Secret => return Err(KeyError::Unusable),
        };
        Ok(Self {
            kind,
            key,
            pem: pem(der),
        })
    }

    /// Whether it is a key for this algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] if it is not.
    pub const fn must_fit(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        if self.kind as u8 == algorithm.key_kind() as u8 {
            return Ok(());
        }
        Err(KeyError::Mismatch {
            found: self.kind,
            wanted: algorithm,
        })
    }
}

fn spki_of(pair: &KeyPair) -> Result<Vec<u8>, KeyError> {
    let pem = pair.public_key_pem();
    let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes());
    der.map(|der| der.as_ref().to_vec())
        .map_err(|_| KeyError::Unusable)
}

/// Why a private key was not taken: most likely it is too short an RSA key.
fn refused(private: &PrivateKeyDer<'_>) -> KeyError {
    let octets = private.secret_der();
    let bits = rsa_bits(octets);
    bits.filter(|bits| !(LEAST_RSA_BITS..=MOST_RSA_BITS).contains(bits))
        .map_or(KeyError::Unusable, KeyError::RsaSize)
}

/// The size of the modulus of an RSA private key: in PKCS#1 the second number, in PKCS#8 that inside
/// of the octets behind the algorithm.
fn rsa_bits(der: &[u8]) -> Option<usize> {
    const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let (mut rest, _) = element(element(der)?.0).map(|(_, behind)| (behind, ()))?;
    let (content, behind) = element(rest)?;
    if content.starts_with(&[0x06, 0x09]) && content.get(2..11) == Some(RSA_ENCRYPTION) {
        let (inner, _) = element(behind)?;
        rest = element(element(inner)?.0)?.1;
    }
    let (modulus, _) = element(rest)?;
    let first = modulus.iter().position(|octet| *octet != 0)?;
    let significant = modulus.get(first..)?;
    Some(significant.len() * 8 - usize::try_from(significant.first()?.leading_zeros()).ok()?)
}

/// The content of the first DER element, and what is behind it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, rest) = der.split_at_checked(2)?;
    let short = usize::from(*header.get(1)?);
    if short < 0x80 {
        return rest.split_at_checked(short);
    }
    let (length, rest) = rest.split_at_checked(short & 0x7f)?;
    let length = length.iter().try_fold(0usize, |sum, octet| {
        sum.checked_mul(256)?.checked_add(usize::from(*octet))
    })?;
    rest.split_at_checked(length)
}

fn kind_of(info: &SubjectPublicKeyInfo<'_>) -> Result<KeyKind, KeyError> {
    const ED25519: &str = "1.3.101.112";
    if info.algorithm.algorithm.to_id_string() == ED25519 {
        return Ok(KeyKind::Ed25519);
    }
    match info.parsed().map_err(|_| KeyError::Unusable)? {
        Parsed::RSA(key) => {
            let leading = key.modulus.iter().position(|octet| *octet != 0);
            let significant = key.modulus.get(leading.unwrap_or(0)..).unwrap_or_default();
            let unused = significant.first().map_or(0, |octet| octet.leading_zeros());
            let bits = significant.len() * 8 - usize::try_from(unused).unwrap_or(0);
            rsa_size(bits).map(|()| KeyKind::Rsa)
        }
        Parsed::EC(_) => {
            let curve = info.algorithm.parameters.as_ref();
            let curve = curve.and_then(|curve| curve.as_oid().ok());
            match curve.map(|curve| curve.to_id_string()).as_deref() {
                Some("1.2.840.10045.3.1.7") => Ok(KeyKind::P256),
                Some("1.3.132.0.34") => Ok(KeyKind::P384),
                Some("1.3.132.0.35") => Ok(KeyKind::P521),
                Some(_) | None => Err(KeyError::Unusable),
            }
        }
        Parsed::DSA(_) | Parsed::GostR3410(_) | Parsed::GostR3410_2012(_) | Parsed::Unknown(_) => {
            Err(KeyError::Unusable)
        }
    }
}

/// Whether an RSA modulus may have so many bits.
pub(super) fn rsa_size(bits: usize) -> Result<(), KeyError> {
    if (LEAST_RSA_BITS..=MOST_RSA_BITS).contains(&bits) {
        Ok(())
    } else {
        Err(KeyError::RsaSize(bits))
    }
}

fn pem(spki: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(spki);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    pem
}
