//! Certificates made after another one: the same extensions, and what is wanted otherwise.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::der::{element, unsigned, wrap};
use crate::jose::{Algorithm, KeyType, SigningKey, sign_octets};
use crate::suite::change::{SubjectChange, Validity};
use crate::target::Certificate;

/// What a certificate is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Who issues it.
    pub issuer: Issuer<'a>,
    /// What becomes of the subject.
    pub subject: SubjectChange,
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
    /// Itself.
    Itself,
    /// A CA that nobody knows, under the name of this one.
    NamedLike(&'a Certificate),
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
    subject: &'a [u8],
    extensions: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const BIT_STRING: u8 = 0x03;
/// `ecdsa-with-SHA256`, and `sha256WithRSAEncryption` with its NULL.
const ECDSA: &[u8] = &[
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
];
const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
];
/// `id-at-commonName` and `id-at-organizationalUnitName`.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const ORGANIZATIONAL_UNIT: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0b];

/// A certificate with a fresh key, made after another one (DER), and the key.
///
/// # Errors
/// Why it can't be made.
pub fn mint(
    template: &[u8],
    wanted: &Wanted<'_>,
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), MintError> {
    let random = |_| MintError::Randomness;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(random)?;
    let spki: PublicKeyX509Der<'static> = pair.public_key().as_der().map_err(random)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(random)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8.as_ref().to_vec()));
    let parts = parts(template).ok_or(MintError::Template)?;
    let subject = subject(parts.subject, wanted.subject).ok_or(MintError::Template)?;
    let fresh = || SigningKey::generate(Algorithm::Es256).map_err(|_| MintError::Randomness);
    let (issuer, signer) = match wanted.issuer {
        Issuer::Itself => {
            let own = SigningKey::from_der(pkcs8.as_ref()).ok_or(MintError::Key)?;
            (subject.clone(), own)
        }
        Issuer::NamedLike(authority) => (name_of(authority)?, fresh()?),
        Issuer::Authority(authority) => {
            let own = SigningKey::from_der(authority.key().secret_der());
            (name_of(authority)?, own.ok_or(MintError::Key)?)
        }
    };
    let (identifier, algorithm) = match signer.key_type() {
        KeyType::Rsa => (RSA, Algorithm::Rs256),
        KeyType::P256 => (ECDSA, Algorithm::Es256),
        KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 => {
            return Err(MintError::Key);
        }
    };
    let serial: u64 = rand::random::<u64>() >> 1;
    let serial = unsigned(&serial.to_be_bytes());
    let body = wrap(
        SEQUENCE,
        &[
            parts.version,
            &serial,
            identifier,
            &issuer,
            &validity(wanted).ok_or(MintError::Template)?,
            &subject,
            spki.as_ref(),
            parts.extensions,
        ],
    );
    let signature = sign_octets(&body, &signer, algorithm).map_err(|_| MintError::Key)?;
    let signature = match algorithm.key_type() {
        KeyType::P256 => super::der::ecdsa(&signature),
        KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 | KeyType::Rsa => {
            signature
        }
    };
    let signature = wrap(BIT_STRING, &[&[0], &signature]);
    let certificate = wrap(SEQUENCE, &[&body, identifier, &signature]);
    Ok((CertificateDer::from(certificate), key))
}

/// The element at the beginning as it is written, and what is behind it.
fn whole(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, behind) = element(der)?;
    der.split_at_checked(der.len() - behind.len())
}

fn parts(certificate: &[u8]) -> Option<Parts<'_>> {
    let (_, content, _) = element(certificate)?;
    let (_, body, _) = element(content)?;
    let (version, rest) = whole(body)?;
    let (_, rest) = whole(rest)?; // the serial number
    let (_, rest) = whole(rest)?; // the signature algorithm
    let (_, rest) = whole(rest)?; // the issuer
    let (_, rest) = whole(rest)?; // the validity
    let (subject, rest) = whole(rest)?;
    let (_, extensions) = whole(rest)?; // the key
    Some(Parts {
        version,
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

/// The RDNs of a name, each as it is written.
fn rdns(name: &[u8]) -> Option<Vec<&[u8]>> {
    let (_, mut rest, _) = element(name)?;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (rdn, behind) = whole(rest)?;
        all.push(rdn);
        rest = behind;
    }
    Some(all)
}

fn rdn(kind: &[u8], text: &str) -> Vec<u8> {
    let value = wrap(UTF8_STRING, &[text.as_bytes()]);
    wrap(SET, &[&wrap(SEQUENCE, &[kind, &value])])
}

fn subject(own: &[u8], change: SubjectChange) -> Option<Vec<u8>> {
    let all = rdns(own)?;
    match change {
        SubjectChange::Same => Some(own.to_vec()),
        SubjectChange::More => {
            let more = rdn(ORGANIZATIONAL_UNIT, "tokenspec");
            Some(wrap(SEQUENCE, &[&all.concat(), &more]))
        }
        SubjectChange::Less => {
            let (_, rest) = all.split_first()?;
            Some(wrap(SEQUENCE, &[&rest.concat()]))
        }
        SubjectChange::Within => {
            let texts: Option<Vec<String>> = all.iter().map(|it| text_of(it)).collect();
            let within = format!("tokenspec, {}", texts?.join(", "));
            Some(wrap(SEQUENCE, &[&rdn(COMMON_NAME, &within)]))
        }
        SubjectChange::Spelled => {
            let spelled: Option<Vec<Vec<u8>>> = all.iter().map(|it| respelled(it)).collect();
            Some(wrap(SEQUENCE, &[&spelled?.concat()]))
        }
    }
}

/// An RDN of one attribute: its type and its text.
fn attribute(rdn: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (_, set, _) = element(rdn)?;
    let (_, pair, further) = element(set)?;
    let (kind, value) = whole(pair)?;
    let (tag, text, _) = element(value)?;
    further.is_empty().then_some((kind, tag, text))
}

/// An RDN as RFC 4514 has it, with a type that is most likely its own.
fn text_of(rdn: &[u8]) -> Option<String> {
    let (kind, _, text) = attribute(rdn)?;
    let name = if kind == COMMON_NAME { "CN" } else { "O" };
    Some(format!("{name}={}", String::from_utf8_lossy(text)))
}

/// The same value as another string type.
fn respelled(rdn: &[u8]) -> Option<Vec<u8>> {
    let (kind, tag, text) = attribute(rdn)?;
    let printable = |octet: &u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet);
    let tag = match tag {
        UTF8_STRING if text.iter().all(printable) => PRINTABLE_STRING,
        PRINTABLE_STRING => UTF8_STRING,
        other => other,
    };
    let value = wrap(tag, &[text]);
    Some(wrap(SET, &[&wrap(SEQUENCE, &[kind, &value])]))
}

fn validity(wanted: &Wanted<'_>) -> Option<Vec<u8>> {
    const HOUR: i64 = 3600;
    let (from, until) = match wanted.valid {
        Validity::Now => (-HOUR, 24 * HOUR),
        Validity::Expired => (-24 * HOUR, -HOUR),
        Validity::NotYet => (HOUR, 24 * HOUR),
    };
    let time = |offset: i64| {
        let at = Timestamp::from_second(wanted.now.checked_add(offset)?).ok()?;
        let text = at.strftime("%y%m%d%H%M%SZ").to_string();
        Some(wrap(UTC_TIME, &[text.as_bytes()]))
    };
    Some(wrap(SEQUENCE, &[&time(from)?, &time(until)?]))
}
