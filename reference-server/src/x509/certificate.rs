//! What a client presented in the TLS handshake, and whether it is the client's (RFC 8705 §2).

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::name::Name;
use crate::moment::Timestamp;
use crate::wire::base64url;

/// What the certificate of a client has to be (RFC 8705 §2.1.2, §2.2).
#[derive(Clone, Debug)]
pub enum CertificateRule {
    /// This name in a `dNSName` entry.
    Dns(String),
    /// This address in an `rfc822Name` entry.
    Email(String),
    /// This address in an `iPAddress` entry.
    Ip(IpAddr),
    /// One of these certificates (DER), whoever issued it.
    Registered(Vec<Vec<u8>>),
    /// This subject, and this issuer if one is named.
    Subject {
        /// The subject.
        subject: Name,
        /// The issuer, as PingFederate has it.
        issuer: Option<Name>,
    },
    /// This URI in a `uniformResourceIdentifier` entry.
    Uri(String),
}

impl CertificateRule {
    /// Whether certificates themselves are registered, not a name in them.
    #[must_use]
    pub const fn is_by_registration(&self) -> bool {
        matches!(self, Self::Registered(_))
    }

    /// Whether an end-entity certificate (DER) is what it has to be.
    #[must_use]
    pub fn matches(&self, der: &[u8]) -> bool {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return false;
        };
        let names = alternative_names(&certificate);
        match self {
            Self::Registered(all) => all.iter().any(|own| own == der),
            Self::Subject { subject, issuer } => {
                let is = |own: &Name, found: Option<Name>| found.is_some_and(|it| own.matches(&it));
                let of = |issuer: &Name| is(issuer, Name::of(certificate.issuer()));
                is(subject, Name::of(certificate.subject())) && issuer.as_ref().is_none_or(of)
            }
            Self::Dns(_) | Self::Email(_) | Self::Ip(_) | Self::Uri(_) => {
                names.iter().any(|name| self.is_named(name))
            }
        }
    }

    /// Whether an alternative name is the registered one.
    fn is_named(&self, name: &GeneralName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(own), GeneralName::DNSName(name)) => name.eq_ignore_ascii_case(own),
            (Self::Email(own), GeneralName::RFC822Name(name)) => is_same_address(name, own),
            (Self::Ip(own), GeneralName::IPAddress(octets)) => address(octets) == Some(*own),
            (Self::Uri(own), GeneralName::URI(name)) => name == own,
            (_, _) => false,
        }
    }
}

fn alternative_names<'c>(certificate: &'c X509Certificate<'c>) -> &'c [GeneralName<'c>] {
    let extension = certificate.subject_alternative_name();
    let extension = extension.ok().flatten();
    extension.map_or(&[], |extension| &extension.value.general_names)
}

/// The part before the at sign as it is, the host letter case aside (RFC 5280 §7.5).
fn is_same_address(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((local, host)), Some((own, at))) => local == own && host.eq_ignore_ascii_case(at),
        (_, _) => false,
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let sixteen = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    four.or(sixteen).ok()
}

/// SHA-256 of the certificate, base64url: `x5t#S256` (RFC 8705 §3.1).
#[must_use]
pub fn thumbprint(der: &[u8]) -> String {
    base64url::encode(digest(&SHA256, der).as_ref())
}

/// The CAs that issue certificates of clients.
#[derive(Clone)]
pub struct ClientTrust(Arc<dyn ClientCertVerifier>);

impl fmt::Debug for ClientTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientTrust(..)")
    }
}

impl ClientTrust {
    /// Trusts these CAs (DER).
    ///
    /// # Errors
    /// When one of them is no certificate that can be trusted.
    pub fn new(authorities: &[CertificateDer<'static>]) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for authority in authorities {
            let added = roots.add(authority.clone());
            added.map_err(|error| error.to_string())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        verifier
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Whether one of the CAs issued the first certificate of a chain (DER), and all of the way is good at
    /// this time (RFC 5280 §6).
    #[must_use]
    pub fn has_issued(&self, chain: &[Vec<u8>], now: Timestamp) -> bool {
        let mut chain = chain.iter().map(|der| CertificateDer::from(der.clone()));
        let Some(leaf) = chain.next() else {
            return false;
        };
        let further: Vec<CertificateDer<'_>> = chain.collect();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now.0));
        self.0.verify_client_cert(&leaf, &further, now).is_ok()
    }
}
