//! A `ClientHello` as data, and its octets (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101 App. E for SSL 2.0).

use super::names::{signature_code, version_code};
use super::octets::{pairs, prefixed};
use super::suites::{SSL2, codes};

/// What a `ClientHello` offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The field `legacy_version`, by name; empty: TLS 1.2. `SSL 2.0` makes a CLIENT-HELLO in the form of SSL 2.0.
    pub version: String,
    /// The extension `supported_versions`; empty: without it.
    pub versions: Vec<String>,
    /// Families, registered names or codes; empty: what fits the versions.
    pub suites: Vec<String>,
    /// `null` and `deflate`; empty: `null`.
    pub compression: Vec<String>,
    /// Signature schemes; empty: those of today.
    pub signatures: Vec<String>,
    /// Application protocols (RFC 7301); empty: without the extension.
    pub alpn: Vec<String>,
    /// The server's name (RFC 6066 §3); none for an address.
    pub name: Option<String>,
    /// Further extensions: `extended_master_secret`, `renegotiation_info`, `encrypt_then_mac`, `grease`, `unknown`.
    pub extensions: Vec<String>,
    /// At least so many octets in all, filled by the extension `padding` (RFC 7685).
    pub octets: usize,
    /// Over so many records; 0 and 1: one.
    pub records: usize,
}

/// Random octets for one `ClientHello`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Randomness {
    /// The field `random`.
    pub random: [u8; 32],
    /// `legacy_session_id`.
    pub session: [u8; 32],
    /// The public value of X25519: any 32 octets are one (RFC 7748 §5).
    pub share: [u8; 32],
}

/// A word of an offer that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {kind} of a ClientHello")]
pub struct OfferError {
    kind: &'static str,
    word: String,
}

/// Schemes that servers of today sign with.
const MODERN_SIGNATURES: [u16; 9] = [
    0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0807,
];

/// x25519, secp256r1, secp384r1, secp521r1, ffdhe2048, ffdhe3072.
const GROUPS: [u16; 6] = [29, 23, 24, 25, 256, 257];

/// A value that nobody assigns (RFC 8701 §2).
const GREASE: u16 = 0x2a2a;

/// An extension number that is not assigned, and the octets in it.
const UNKNOWN: (u16, usize) = (0x7a31, 1024);

impl Offer {
    /// Its octets, records and all.
    ///
    /// # Errors
    /// A word that stands for nothing.
    pub fn octets(&self, randomness: &Randomness) -> Result<Vec<u8>, OfferError> {
        let version = self.version()?;
        if version == 0x0002 {
            return Ok(ssl2(randomness));
        }
        let body = self.body(version, randomness)?;
        let mut message = vec![1];
        message.extend(prefixed::<3>(&body));
        // The version of the first record says nothing but that TLS follows (RFC 8446 §5.1).
        let outer = version.min(0x0301);
        let length = message.len().div_ceil(self.records.max(1));
        let records = message.chunks(length.max(1)).flat_map(|part| {
            let mut record = vec![22];
            record.extend(outer.to_be_bytes());
            record.extend(prefixed::<2>(part));
            record
        });
        Ok(records.collect())
    }

    fn version(&self) -> Result<u16, OfferError> {
        match self.version.as_str() {
            "" => Ok(0x0303),
            name => version_code(name).ok_or_else(|| unknown("version", name)),
        }
    }

    fn body(&self, version: u16, randomness: &Randomness) -> Result<Vec<u8>, OfferError> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend(randomness.random);
        let with_session = self.versions.iter().any(|name| name == "TLS 1.3");
        let session: &[u8] = if with_session {
            &randomness.session
        } else {
            &[]
        };
        body.extend(prefixed::<1>(session));
        body.extend(prefixed::<2>(&pairs(&self.suite_codes()?)));
        body.extend(prefixed::<1>(&self.compression_codes()?));
        // SSL 3.0 has no extensions (RFC 6101 §5.6.1.2).
        if version > 0x0300 {
            let extensions = self.extension_octets(randomness, body.len())?;
            body.extend(prefixed::<2>(&extensions));
        }
        Ok(body)
    }

    fn suite_codes(&self) -> Result<Vec<u16>, OfferError> {
        let words: Vec<&str> = match (self.suites.is_empty(), self.versions.as_slice()) {
            (false, _) => self.suites.iter().map(String::as_str).collect(),
            (true, []) => vec!["modern"],
            (true, [only]) if only == "TLS 1.3" => vec!["tls13"],
            (true, _) => vec!["tls13", "modern"],
        };
        let mut all = Vec::new();
        for word in words {
            all.extend(codes(word).ok_or_else(|| unknown("suite", word))?);
        }
        Ok(all)
    }

    fn compression_codes(&self) -> Result<Vec<u8>, OfferError> {
        if self.compression.is_empty() {
            return Ok(vec![0]);
        }
        let code = |name: &String| match name.as_str() {
            "null" => Ok(0),
            "deflate" => Ok(1),
            _ => Err(unknown("compression method", name)),
        };
        self.compression.iter().map(code).collect()
    }

    fn extension_octets(
        &self,
        randomness: &Randomness,
        before: usize,
    ) -> Result<Vec<u8>, OfferError> {
        let greases = |word: &String| word == "grease";
        let grease = self.extensions.iter().any(greases).then_some(GREASE);
        let mut all = Vec::new();
        if grease.is_some() {
            push(&mut all, 0x4a4a, &[]);
        }
        if let Some(name) = &self.name {
            let entry = [vec![0], prefixed::<2>(name.as_bytes())].concat();
            push(&mut all, 0, &prefixed::<2>(&entry));
        }
        push(
            &mut all,
            10,
            &prefixed::<2>(&pairs(&greased(&GROUPS, grease))),
        );
        push(&mut all, 11, &[1, 0]);
        push(
            &mut all,
            13,
            &prefixed::<2>(&pairs(&greased(&self.signature_codes()?, grease))),
        );
        if !self.alpn.is_empty() {
            let names = self
                .alpn
                .iter()
                .flat_map(|name| prefixed::<1>(name.as_bytes()));
            push(&mut all, 16, &prefixed::<2>(&names.collect::<Vec<u8>>()));
        }
        for word in &self.extensions {
            match word.as_str() {
                "encrypt_then_mac" => push(&mut all, 22, &[]),
                "extended_master_secret" => push(&mut all, 23, &[]),
                "renegotiation_info" => push(&mut all, 0xff01, &[0]),
                "grease" => push(&mut all, 0xcaca, &[0]),
                "unknown" => push(&mut all, UNKNOWN.0, &vec![0x55; UNKNOWN.1]),
                _ => return Err(unknown("extension", word)),
            }
        }
        if !self.versions.is_empty() {
            self.of_tls13(randomness, grease, &mut all)?;
        }
        // Four octets of the handshake, two of this length, four of the extension itself.
        let have = before + all.len() + 10;
        if have < self.octets {
            push(&mut all, 21, &vec![0; self.octets - have]);
        }
        Ok(all)
    }

    fn of_tls13(
        &self,
        randomness: &Randomness,
        grease: Option<u16>,
        all: &mut Vec<u8>,
    ) -> Result<(), OfferError> {
        let mut versions = Vec::new();
        for name in &self.versions {
            versions.push(version_code(name).ok_or_else(|| unknown("version", name))?);
        }
        push(all, 43, &prefixed::<1>(&pairs(&greased(&versions, grease))));
        push(all, 45, &[1, 1]);
        let mut shares = Vec::new();
        if let Some(grease) = grease {
            shares.extend(grease.to_be_bytes());
            shares.extend(prefixed::<2>(&[0]));
        }
        shares.extend(29_u16.to_be_bytes());
        shares.extend(prefixed::<2>(&randomness.share));
        push(all, 51, &prefixed::<2>(&shares));
        Ok(())
    }

    fn signature_codes(&self) -> Result<Vec<u16>, OfferError> {
        if self.signatures.is_empty() {
            return Ok(MODERN_SIGNATURES.to_vec());
        }
        let code =
            |name: &String| signature_code(name).ok_or_else(|| unknown("signature scheme", name));
        self.signatures.iter().map(code).collect()
    }
}

fn unknown(kind: &'static str, word: &str) -> OfferError {
    OfferError {
        kind,
        word: word.to_owned(),
    }
}

fn push(all: &mut Vec<u8>, code: u16, content: &[u8]) {
    all.extend(code.to_be_bytes());
    all.extend(prefixed::<2>(content));
}

/// Numbers, behind one that nobody assigns where there is to be one.
fn greased(codes: &[u16], grease: Option<u16>) -> Vec<u16> {
    grease.into_iter().chain(codes.iter().copied()).collect()
}

/// CLIENT-HELLO of version 0.2 (RFC 6101 App. E.1 has the form).
fn ssl2(randomness: &Randomness) -> Vec<u8> {
    let kinds = SSL2.concat();
    let challenge = randomness.random.get(..16).unwrap_or_default();
    let mut message = vec![1, 0, 2];
    message.extend(prefixed::<2>(&kinds).into_iter().take(2));
    message.extend([0, 0]);
    message.extend(prefixed::<2>(challenge).into_iter().take(2));
    message.extend(kinds);
    message.extend(challenge);
    // A record header of two octets has its first bit set.
    let mut record = prefixed::<2>(&message);
    if let Some(first) = record.first_mut() {
        *first |= 0x80;
    }
    record
}
