//! Words that are properties of a client's certificate (RFC 8705 §2.1.2).

use crate::target::{Client, Target};
use crate::vocabulary::{AuthMethod, Grant};
use crate::x509::{NameKind, first_name};

/// Its certificate has no name but its subject, so that it must be registered by that one.
pub(super) fn is_known_by_subject(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    // The extension subjectAltName, 2.5.29.17.
    const ALTERNATIVE_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];
    client.auth == AuthMethod::TlsClientAuth
        && leaf(client).is_some_and(|leaf| {
            let mut windows = leaf.windows(ALTERNATIVE_NAME.len());
            !windows.any(|window| window == ALTERNATIVE_NAME)
        })
}

/// It has a certificate for its tokens alone (RFC 8705 §3.4, §4).
pub(super) fn is_bound(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.certificate.is_some() && !client.auth.uses_certificate()
}

pub(super) fn has_dns(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    has(client, NameKind::Dns)
}

pub(super) fn has_email(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    has(client, NameKind::Email)
}

pub(super) fn has_ip(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    has(client, NameKind::Ip)
}

pub(super) fn has_uri(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    has(client, NameKind::Uri)
}

fn has(client: &Client, kind: NameKind) -> bool {
    client.auth == AuthMethod::TlsClientAuth
        && leaf(client).is_some_and(|leaf| first_name(leaf, kind).is_some())
}

fn leaf(client: &Client) -> Option<&[u8]> {
    let certificate = client.certificate.as_ref()?;
    Some(certificate.chain().first()?.as_ref())
}
