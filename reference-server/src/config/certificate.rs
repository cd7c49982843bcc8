//! Certificates of clients (RFC 8705), as a configuration has them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::client::ClientConfig;
use super::model::Config;
use crate::registry::Binding;
use crate::vocabulary::AuthenticationMethod;
use crate::x509::certificate::{CertificateRule, ClientTrust};
use crate::x509::name::Name;

/// What is known of certificates of clients.
#[derive(Debug, Default)]
pub struct Certificates {
    /// The CAs that they are trusted by.
    pub trust: Option<ClientTrust>,
    /// Certificates (DER) that are registered themselves, by the name of the client.
    pub registered: BTreeMap<String, Vec<Vec<u8>>>,
    /// The base URL of the listener for mutual TLS, if there is one.
    pub mutual_tls: Option<String>,
}

/// The certificate of a client: exactly one of these, or a file (RFC 8705 §2.1.2, §2.2).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateConfig {
    /// Its subject (RFC 4514).
    pub subject_dn: Option<Spanned<String>>,
    /// Its issuer beside the subject, as PingFederate has it.
    pub issuer_dn: Option<Spanned<String>>,
    /// A `dNSName` entry.
    pub san_dns: Option<Spanned<String>>,
    /// A `uniformResourceIdentifier` entry.
    pub san_uri: Option<Spanned<String>>,
    /// An `iPAddress` entry.
    pub san_ip: Option<Spanned<String>>,
    /// An `rfc822Name` entry.
    pub san_email: Option<Spanned<String>>,
    /// A file with the certificate itself (PEM), for `self_signed_tls_client_auth`; absent: one is made at start.
    pub file: Option<PathBuf>,
}

impl CertificateConfig {
    /// The names of which exactly one is registered.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &Spanned<String>> {
        [
            &self.subject_dn,
            &self.san_dns,
            &self.san_uri,
            &self.san_ip,
            &self.san_email,
        ]
        .into_iter()
        .flatten()
    }
}

impl Config {
    /// Whether a client presents a certificate.
    pub(crate) fn has_mutual_tls(&self) -> bool {
        self.clients
            .values()
            .any(ClientConfig::presents_certificate)
    }
}

impl Config {
    /// Puts the base URL of the host that the harness plays where clients name it. Without one their keys can't be fetched
    /// and they can't be notified, so that they are no clients.
    pub(crate) fn at_callback_host(&mut self, base: Option<&str>) {
        self.clients.retain(|_, client| {
            let places = [
                &mut client.jwks_uri,
                &mut client.backchannel_client_notification_endpoint,
            ];
            places.into_iter().flatten().all(|uri| {
                let Some(path) = uri.value.strip_prefix(CALLBACK_HOST) else {
                    return true;
                };
                let Some(base) = base else { return false };
                uri.value = format!("{base}{path}");
                true
            })
        });
    }

    /// Whether a client shows its keys at the host that the harness plays, or is notified there.
    pub(crate) fn needs_callback_host(&self) -> bool {
        let places = self.clients.values().flat_map(|client| {
            [
                &client.jwks_uri,
                &client.backchannel_client_notification_endpoint,
            ]
        });
        let mut places = places.flatten();
        places.any(|uri| uri.value.starts_with(CALLBACK_HOST))
    }
}

/// What stands for the host that the harness plays.
pub(super) const CALLBACK_HOST: &str = "{callback_host}";

impl ClientConfig {
    /// Whether it authenticates with a certificate, or has its tokens bound to one.
    pub(crate) fn presents_certificate(&self) -> bool {
        self.auth.value.is_by_certificate() || self.certificate_bound_tokens == Some(true)
    }

    pub(super) fn binding(&self) -> Binding {
        let usual = self.auth.value.is_by_certificate();
        if self.certificate_bound_tokens.unwrap_or(usual) {
            Binding::Certificate
        } else {
            Binding::None
        }
    }

    /// What its certificate has to be; `registered` are those that are registered themselves.
    pub(super) fn certificate_rule(
        &self,
        registered: Option<Vec<Vec<u8>>>,
    ) -> Option<CertificateRule> {
        if self.auth.value == AuthenticationMethod::SelfSignedTlsClientAuth {
            if self.jwks_uri.is_some() {
                return Some(CertificateRule::Registered(Vec::new()));
            }
            return registered.map(CertificateRule::Registered);
        }
        let config = self.certificate.as_ref()?;
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
        let name = |own: &Option<Spanned<String>>| Name::parse(&text(own)?).ok();
        let subject = |subject| CertificateRule::Subject {
            subject,
            issuer: name(&config.issuer_dn),
        };
        name(&config.subject_dn)
            .map(subject)
            .or_else(|| text(&config.san_dns).map(CertificateRule::Dns))
            .or_else(|| text(&config.san_uri).map(CertificateRule::Uri))
            .or_else(|| text(&config.san_email).map(CertificateRule::Email))
            .or_else(|| text(&config.san_ip)?.parse().ok().map(CertificateRule::Ip))
    }
}
