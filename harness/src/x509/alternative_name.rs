//! Alternative names (RFC 5280 section 4.2.1.6), made and read.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::der::wrap;

/// The kinds that RFC 8705 section 2.1.2 knows clients by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// `dNSName`.
    Dns,
    /// `rfc822Name`.
    Email,
    /// `iPAddress`.
    Ip,
    /// `uniformResourceIdentifier`.
    Uri,
}

/// A name as DER. `None`: the text is no such name.
#[must_use]
pub fn general_name(kind: NameKind, text: &str) -> Option<Vec<u8>> {
    let octets = match kind {
        NameKind::Dns | NameKind::Email | NameKind::Uri => text.as_bytes().to_vec(),
        NameKind::Ip => match text.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        },
    };
    let tag = match kind {
        NameKind::Email => 0x81,
        NameKind::Dns => 0x82,
        NameKind::Uri => 0x86,
        NameKind::Ip => 0x87,
    };
    Some(wrap(tag, &[&octets]))
}

/// The first name of this kind in a certificate (DER).
#[must_use]
pub fn first_name(certificate: &[u8], kind: NameKind) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok().flatten()?;
    names
        .value
        .general_names
        .iter()
        .find_map(|name| match (kind, name) {
            (NameKind::Dns, GeneralName::DNSName(text))
            | (NameKind::Email, GeneralName::RFC822Name(text))
            | (NameKind::Uri, GeneralName::URI(text)) => Some((*text).to_owned()),
            (NameKind::Ip, GeneralName::IPAddress(octets)) => address(octets),
            _ => None,
        })
}

fn address(octets: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let sixteen = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    Some(four.or(sixteen).ok()?.to_string())
}
