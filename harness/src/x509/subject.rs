//! The subject of a certificate: as it is, spelled otherwise, or another one, as DER (RFC 5280 section 4.1.2.6).

use super::der::{element, whole, wrap};
use crate::suite::certificate::SubjectChange;

pub(super) const SEQUENCE: u8 = 0x30;
/// `[3]` around the extensions (RFC 5280 section 4.1).
pub(super) const EXTENSIONS: u8 = 0xa3;
/// `id-at-commonName`.
pub(super) const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const SET: u8 = 0x31;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const OCTET_STRING: u8 = 0x04;
/// `[4]` around a `directoryName` (RFC 5280 section 4.2.1.6).
const DIRECTORY_NAME: u8 = 0xa4;
/// `emailAddress`, 1.2.840.113549.1.9.1.
const EMAIL_ADDRESS: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01,
];
/// `id-ce-subjectAltName`.
const ALTERNATIVE_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];
/// `id-at-organizationalUnitName`.
const ORGANIZATIONAL_UNIT: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0b];

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

/// An RDN of one attribute with this text.
pub(super) fn rdn(kind: &[u8], text: &str) -> Vec<u8> {
    let value = wrap(UTF8_STRING, &[text.as_bytes()]);
    wrap(SET, &[&wrap(SEQUENCE, &[kind, &value])])
}

/// The subject after a change.
pub(super) fn changed(own: &[u8], change: SubjectChange) -> Option<Vec<u8>> {
    let all = rdns(own)?;
    let each = |spelling: fn(&[u8]) -> Vec<u8>| {
        let spelled: Option<Vec<Vec<u8>>> = all.iter().map(|it| with_text(it, spelling)).collect();
        Some(wrap(SEQUENCE, &[&spelled?.concat()]))
    };
    match change {
        SubjectChange::Cased => each(other_case),
        SubjectChange::Elsewhere | SubjectChange::Other => {
            let other = |own: &&[u8]| match attribute(own) {
                Some((COMMON_NAME, _, _)) => rdn(COMMON_NAME, "tokenspec"),
                Some(_) | None => own.to_vec(),
            };
            let others: Vec<Vec<u8>> = all.iter().map(other).collect();
            Some(wrap(SEQUENCE, &[&others.concat()]))
        }
        SubjectChange::Joined => {
            let mut pairs: Vec<&[u8]> = all.iter().filter_map(|it| Some(element(it)?.1)).collect();
            // The order of a SET OF in DER.
            pairs.sort_unstable();
            let joined = wrap(SET, &[&pairs.concat()]);
            Some(wrap(SEQUENCE, &[&joined]))
        }
        SubjectChange::Less => {
            let (_, rest) = all.split_first()?;
            Some(wrap(SEQUENCE, &[&rest.concat()]))
        }
        SubjectChange::More => {
            let more = rdn(ORGANIZATIONAL_UNIT, "tokenspec");
            Some(wrap(SEQUENCE, &[&all.concat(), &more]))
        }
        SubjectChange::Reordered => {
            let reversed: Vec<&[u8]> = all.iter().rev().copied().collect();
            Some(wrap(SEQUENCE, &[&reversed.concat()]))
        }
        SubjectChange::Same => Some(own.to_vec()),
        SubjectChange::Spaced => each(more_blanks),
        SubjectChange::Spelled => {
            let spelled: Option<Vec<Vec<u8>>> = all.iter().map(|it| respelled(it)).collect();
            Some(wrap(SEQUENCE, &[&spelled?.concat()]))
        }
        SubjectChange::Within => {
            let texts: Option<Vec<String>> = all.iter().map(|it| text_of(it)).collect();
            let within = format!("tokenspec, {}", texts?.join(", "));
            Some(wrap(SEQUENCE, &[&rdn(COMMON_NAME, &within)]))
        }
    }
}

fn other_case(text: &[u8]) -> Vec<u8> {
    let other = |octet: &u8| {
        if octet.is_ascii_lowercase() {
            octet.to_ascii_uppercase()
        } else {
            octet.to_ascii_lowercase()
        }
    };
    text.iter().map(other).collect()
}

fn more_blanks(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).replace(' ', "  ");
    format!(" {text} ").into_bytes()
}

/// The extensions with one more: this name as alternative name of the subject.
pub(super) fn with_name(extensions: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let names = wrap(SEQUENCE, &[&wrap(DIRECTORY_NAME, &[name])]);
    let more = wrap(
        SEQUENCE,
        &[ALTERNATIVE_NAME, &wrap(OCTET_STRING, &[&names])],
    );
    let list = match element(extensions) {
        Some((EXTENSIONS, content, _)) => element(content)?.1,
        Some(_) | None => &[],
    };
    Some(wrap(EXTENSIONS, &[&wrap(SEQUENCE, &[list, &more])]))
}

/// The extensions with these alternative names (each as DER) instead of those that they have; none: without the extension.
pub(super) fn with_names(extensions: &[u8], names: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut rest = match element(extensions) {
        Some((EXTENSIONS, content, _)) => element(content)?.1,
        Some(_) | None => &[],
    };
    let mut kept = Vec::new();
    while !rest.is_empty() {
        let (extension, behind) = whole(rest)?;
        if !element(extension)?.1.starts_with(ALTERNATIVE_NAME) {
            kept.extend_from_slice(extension);
        }
        rest = behind;
    }
    if !names.is_empty() {
        let names = wrap(SEQUENCE, &[&names.concat()]);
        let parts: [&[u8]; 2] = [ALTERNATIVE_NAME, &wrap(OCTET_STRING, &[&names])];
        kept.extend(wrap(SEQUENCE, &parts));
    }
    Some(wrap(EXTENSIONS, &[&wrap(SEQUENCE, &[&kept])]))
}

/// A name of these RDNs.
#[must_use]
pub fn name_of(rdns: &[Vec<u8>]) -> Vec<u8> {
    wrap(SEQUENCE, &[&rdns.concat()])
}

/// An RDN with a common name.
#[must_use]
pub fn common_name(text: &str) -> Vec<u8> {
    rdn(COMMON_NAME, text)
}

/// An RDN with an e-mail address (RFC 2985 section 5.2.1).
#[must_use]
pub fn email_address(text: &str) -> Vec<u8> {
    let value = wrap(IA5_STRING, &[text.as_bytes()]);
    wrap(SET, &[&wrap(SEQUENCE, &[EMAIL_ADDRESS, &value])])
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

/// The same attribute with another spelling of its text.
fn with_text(rdn: &[u8], spelling: fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let (kind, tag, text) = attribute(rdn)?;
    let value = wrap(tag, &[&spelling(text)]);
    Some(wrap(SET, &[&wrap(SEQUENCE, &[kind, &value])]))
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
