//! Certificates made after another one: the same extensions, and what is wanted otherwise.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::der::{element, unsigned, whole, wrap};
use super::subject::{COMMON_NAME, EXTENSIONS, SEQUENCE, changed, rdn, with_name, with_names};
use crate::jose::{Algorithm, KeyType, SigningKey, sign_octets};
use crate::suite::certificate::{SubjectChange, Validity};
use crate::target::Certificate;

/// What a certificate is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Who issues it.
    pub issuer: Issuer<'a>,
    /// What becomes of the subject.
    pub subject: SubjectChange,
    /// The subject as DER, where it is none of the template's.
    pub other_subject: Option<&'a [u8]>,
    /// The alternative names, each as DER, where they are not those of the template.
    pub names: Option<&'a [Vec<u8>]>,
    /// The key; absent: a fresh one.
    pub key: Option<&'a PrivateKeyDer<'static>>,
    /// When it is good.
    pub valid: Validity,
    /// The time, in seconds since 1970.
    pub now: i64,
}

/// Who issues a certificate.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'a> {
    /// This CA.
    Authority(&'a Certificate),
    /// A CA that this one certifies.
    Below(&'a Certificate),
    /// Itself.
    Itself,
    /// A CA that nobody knows, under the name of this one.
    NamedLike(&'a Certificate),
}

/// A certificate, those of CAs above it, and its key.
#[derive(Debug)]
pub struct Minted {
    /// It comes first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

/// Why no certificate was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MintError {
    /// The key of the CA is of a type that this program does not sign certificates with.
    #[error("the key of the CA is neither RSA nor on P-256")]
    Key,
    /// No key can be made.
    #[error("the system gives no randomness")]
    Randomness,
    /// The certificate that it is made after can't be read.
    #[error("the client's own certificate, or the CA's, can't be read")]
    Template,
}

/// The parts of a certificate that are kept or replaced (RFC 5280 section 4.1), as DER.
struct Parts<'a> {
    version: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    extensions: &'a [u8],
}

const UTC_TIME: u8 = 0x17;
const BIT_STRING: u8 = 0x03;
/// The critical extension `basicConstraints` of a CA (RFC 5280 section 4.2.1.9).
const IS_CA: &[u8] = &[
    0x30, 0x0f, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01,
    0xff,
];
/// `ecdsa-with-SHA256`, and `sha256WithRSAEncryption` with its NULL.
const ECDSA: &[u8] = &[
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
];
const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
];

/// A certificate made after another one (DER), and its key.
///
/// # Errors
/// Why it can't be made.
pub fn mint(template: &[u8], wanted: &Wanted<'_>) -> Result<Minted, MintError> {
    let parts = parts(template).ok_or(MintError::Template)?;
    let own = match wanted.key {
        Some(key) => KeyPair::of(key.clone_key())?,
        None => KeyPair::fresh()?,
    };
    let subject = match wanted.other_subject {
        Some(subject) => subject.to_vec(),
        None => changed(parts.subject, wanted.subject).ok_or(MintError::Template)?,
    };
    let extensions = match wanted.subject {
        SubjectChange::Elsewhere => with_name(parts.extensions, parts.subject),
        SubjectChange::Cased
        | SubjectChange::Joined
        | SubjectChange::Less
        | SubjectChange::More
        | SubjectChange::Other
        | SubjectChange::Reordered
        | SubjectChange::Same
        | SubjectChange::Spaced
        | SubjectChange::Spelled
        | SubjectChange::Within => match wanted.names {
            Some(names) => with_names(parts.extensions, names),
            None => Some(parts.extensions.to_vec()),
        },
    };
    let mut above = Vec::new();
    let signer = match wanted.issuer {
        Issuer::Itself => own.signer(&subject)?,
        Issuer::NamedLike(authority) => KeyPair::fresh()?.signer(&name_of(authority)?)?,
        Issuer::Authority(authority) => Signer::of(authority)?,
        Issuer::Below(authority) => {
            let (certificate, signer) = intermediate(&parts, authority, wanted)?;
            above.push(certificate);
            signer
        }
    };
    let certificate = Fields {
        version: parts.version,
        validity: &validity(wanted.valid, wanted.now).ok_or(MintError::Template)?,
        subject: &subject,
        key: &own.spki,
        extensions: &extensions.ok_or(MintError::Template)?,
    };
    let mut chain = vec![certificate.signed(&signer)?];
    chain.append(&mut above);
    Ok(Minted {
        chain,
        key: own.key,
    })
}

/// A certificate (DER) of a key that signs something else, with this common name. It is self-signed, where certificates can be
/// signed with such a key, else of a CA of the same name. `None`: the key is symmetric.
#[must_use]
pub fn of_key(key: &SigningKey, name: &str, now: i64) -> Option<Vec<u8>> {
    const VERSION_3: &[u8] = &[0xa0, 0x03, 0x02, 0x01, 0x02];
    let subject = wrap(SEQUENCE, &[&rdn(COMMON_NAME, name)]);
    let signer = match key.key_type() {
        KeyType::P256 | KeyType::Rsa => Signer {
            name: subject.clone(),
            key: key.clone(),
        },
        KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 => {
            KeyPair::fresh().ok()?.signer(&subject).ok()?
        }
    };
    let certificate = Fields {
        version: VERSION_3,
        validity: &validity(Validity::Now, now)?,
        subject: &subject,
        key: &key.public_der()?,
        extensions: &[],
    };
    Some(certificate.signed(&signer).ok()?.to_vec())
}

/// A self-signed certificate with a fresh key, after another one (DER).
///
/// # Errors
/// Why it can't be made.
pub fn of_certificate(template: &[u8], now: i64) -> Result<Minted, MintError> {
    let wanted = Wanted {
        issuer: Issuer::Itself,
        subject: SubjectChange::Same,
        other_subject: None,
        names: None,
        key: None,
        valid: Validity::Now,
        now,
    };
    mint(template, &wanted)
}

/// Whether the issuer of a certificate (DER) has the name of this CA, octet by octet.
#[must_use]
pub fn is_issued_by(certificate: &[u8], authority: &Certificate) -> bool {
    let issuer = parts(certificate).map(|parts| parts.issuer.to_vec());
    issuer.is_some() && issuer == name_of(authority).ok()
}

/// A CA that another one certifies, and what it signs with.
fn intermediate(
    template: &Parts<'_>,
    authority: &Certificate,
    wanted: &Wanted<'_>,
) -> Result<(CertificateDer<'static>, Signer), MintError> {
    let own = KeyPair::fresh()?;
    let name = wrap(SEQUENCE, &[&rdn(COMMON_NAME, "tokenspec intermediate CA")]);
    let certificate = Fields {
        version: template.version,
        validity: &validity(Validity::Now, wanted.now).ok_or(MintError::Template)?,
        subject: &name,
        key: &own.spki,
        extensions: &wrap(EXTENSIONS, &[&wrap(SEQUENCE, &[IS_CA])]),
    };
    let certificate = certificate.signed(&Signer::of(authority)?)?;
    Ok((certificate, own.signer(&name)?))
}

/// A key, and its public half (SubjectPublicKeyInfo).
struct KeyPair {
    spki: Vec<u8>,
    key: PrivateKeyDer<'static>,
}

impl KeyPair {
    /// A new one on P-256.
    fn fresh() -> Result<Self, MintError> {
        let random = |_| MintError::Randomness;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(random)?;
        let spki: PublicKeyX509Der<'static> = pair.public_key().as_der().map_err(random)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(random)?;
        Ok(Self {
            spki: spki.as_ref().to_vec(),
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8.as_ref().to_vec())),
        })
    }

    /// One that is there.
    fn of(key: PrivateKeyDer<'static>) -> Result<Self, MintError> {
        let signing = SigningKey::from_der(key.secret_der()).ok_or(MintError::Key)?;
        let spki = signing.public_der().ok_or(MintError::Key)?;
        Ok(Self { spki, key })
    }

    fn signer(&self, name: &[u8]) -> Result<Signer, MintError> {
        let key = SigningKey::from_der(self.key.secret_der()).ok_or(MintError::Key)?;
        let name = name.to_vec();
        Ok(Signer { name, key })
    }
}

/// The name and the key of who issues a certificate.
struct Signer {
    name: Vec<u8>,
    key: SigningKey,
}

impl Signer {
    fn of(authority: &Certificate) -> Result<Self, MintError> {
        let key = SigningKey::from_der(authority.key().secret_der());
        Ok(Self {
            name: name_of(authority)?,
            key: key.ok_or(MintError::Key)?,
        })
    }
}

/// What is in a certificate beside its serial number and its issuer, as DER.
struct Fields<'a> {
    version: &'a [u8],
    validity: &'a [u8],
    subject: &'a [u8],
    key: &'a [u8],
    extensions: &'a [u8],
}

impl Fields<'_> {
    fn signed(&self, signer: &Signer) -> Result<CertificateDer<'static>, MintError> {
        let (identifier, algorithm) = match signer.key.key_type() {
            KeyType::Rsa => (RSA, Algorithm::Rs256),
            KeyType::P256 => (ECDSA, Algorithm::Es256),
            KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 => {
                return Err(MintError::Key);
            }
        };
        let serial: u64 = rand::random::<u64>() >> 1;
        let body = wrap(
            SEQUENCE,
            &[
                self.version,
                &unsigned(&serial.to_be_bytes()),
                identifier,
                &signer.name,
                self.validity,
                self.subject,
                self.key,
                self.extensions,
            ],
        );
        let signature = sign_octets(&body, &signer.key, algorithm).map_err(|_| MintError::Key)?;
        let signature = match algorithm.key_type() {
            KeyType::P256 => super::der::ecdsa(&signature),
            KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 | KeyType::Rsa => {
                signature
            }
        };
        let signature = wrap(BIT_STRING, &[&[0], &signature]);
        let certificate = wrap(SEQUENCE, &[&body, identifier, &signature]);
        Ok(CertificateDer::from(certificate))
    }
}

fn parts(certificate: &[u8]) -> Option<Parts<'_>> {
    let (_, content, _) = element(certificate)?;
    let (_, body, _) = element(content)?;
    let (version, rest) = whole(body)?;
    let (_, rest) = whole(rest)?; // the serial number
    let (_, rest) = whole(rest)?; // the signature algorithm
    let (issuer, rest) = whole(rest)?;
    let (_, rest) = whole(rest)?; // the validity
    let (subject, rest) = whole(rest)?;
    let (_, extensions) = whole(rest)?; // the key
    Some(Parts {
        version,
        issuer,
        subject,
        extensions,
    })
}

/// The subject of a CA.
fn name_of(authority: &Certificate) -> Result<Vec<u8>, MintError> {
    let leaf = authority.chain().first().map(AsRef::as_ref);
    let parts = leaf.and_then(parts).ok_or(MintError::Template)?;
    Ok(parts.subject.to_vec())
}

fn validity(valid: Validity, now: i64) -> Option<Vec<u8>> {
    const HOUR: i64 = 3600;
    let (from, until) = match valid {
        Validity::Now => (-HOUR, 24 * HOUR),
        Validity::Expired => (-24 * HOUR, -HOUR),
        Validity::NotYet => (HOUR, 24 * HOUR),
    };
    let time = |offset: i64| {
        let at = Timestamp::from_second(now.checked_add(offset)?).ok()?;
        let text = at.strftime("%y%m%d%H%M%SZ").to_string();
        Some(wrap(UTC_TIME, &[text.as_bytes()]))
    };
    Some(wrap(SEQUENCE, &[&time(from)?, &time(until)?]))
}
