//! What TLS sessions trust, show and reveal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
};

use crate::transport::connector::SetupError;

/// Whom the harness trusts, and whether it checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// The certificate authorities that may vouch for a server.
    pub roots: Roots,
    /// Whether a server's certificate is checked.
    pub verification: Verification,
}

/// Certificate authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// These and no others: one or more certificates in PEM (`tls.ca` of the target file). A
    /// server's own self-signed certificate will do.
    Pem(Vec<u8>),
    /// Those that browsers trust (Mozilla's list).
    #[default]
    WebPki,
}

/// Whether a server's certificate is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// Chain, time and name are checked.
    #[default]
    Full,
    /// Any certificate will do (`tls.insecure` of the target file).
    Off,
}

/// What happened about a client certificate in a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificate {
    /// The server did not ask for one.
    NotAsked,
    /// The server asked for one, and got it.
    Sent,
    /// The server asked for one, and there was none to send.
    Withheld,
}

/// What a handshake settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The cipher suite's registered name.
    pub cipher: String,
    /// The application protocol that the server chose, if it chose one; `http/1.1` is offered.
    pub alpn: Option<String>,
    /// The server's certificates in DER, leaf first.
    pub peer_certificates: Vec<Vec<u8>>,
    /// Whether a client certificate was asked for and sent.
    pub client_certificate: ClientCertificate,
}

/// The settings that all sessions of a connector share.
pub(super) fn configure(settings: &TlsSettings) -> Result<ClientConfig, SetupError> {
    let provider = Arc::new(default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Tls {
            cause: error.to_string(),
        })?;
    let builder = match settings.verification {
        Verification::Full => builder.with_root_certificates(roots(&settings.roots)?),
        Verification::Off => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate { provider })),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Every handshake is a full one, so that each shows and sends its certificates.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// The certificate authorities.
pub(super) fn roots(roots: &Roots) -> Result<RootCertStore, SetupError> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::WebPki => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::Pem(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| SetupError::Roots {
                    cause: error.to_string(),
                })?;
                store.add(certificate).map_err(|error| SetupError::Roots {
                    cause: error.to_string(),
                })?;
            }
            if store.is_empty() {
                let cause = "the file holds no certificate".to_owned();
                return Err(SetupError::Roots { cause });
            }
        }
    }
    Ok(store)
}

/// Shows one connection's client certificate, whatever authorities the server names, and remembers
/// whether it was asked for.
#[derive(Debug)]
pub(super) struct Presenter {
    key: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Presenter {
    pub(super) fn new(key: Option<Arc<CertifiedKey>>) -> Self {
        Self {
            key,
            asked: AtomicBool::new(false),
        }
    }

    pub(super) fn outcome(&self) -> ClientCertificate {
        match (self.asked.load(Ordering::Acquire), &self.key) {
            (false, _) => ClientCertificate::NotAsked,
            (true, Some(_)) => ClientCertificate::Sent,
            (true, None) => ClientCertificate::Withheld,
        }
    }
}

impl ResolvesClientCert for Presenter {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Release);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        self.key.is_some()
    }
}

/// Trusts every certificate, but still checks that the server has its key.
#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The facts of a finished handshake.
pub(super) fn facts(session: &ClientConnection, presenter: &Presenter) -> TlsFacts {
    let version = session
        .protocol_version()
        .map(|version| format!("{version:?}"));
    let cipher = session
        .negotiated_cipher_suite()
        .map(|suite| format!("{:?}", suite.suite()));
    TlsFacts {
        version: version.unwrap_or_default().replace('_', "."),
        cipher: cipher.unwrap_or_default().replace("TLS13_", "TLS_"),
        alpn: session
            .alpn_protocol()
            .map(|name| String::from_utf8_lossy(name).into_owned()),
        peer_certificates: session
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect(),
        client_certificate: presenter.outcome(),
    }
}

/// The name of an alert as in RFC 8446 §6: `CertificateRequired` becomes `certificate_required`.
pub(super) fn alert_name(alert: AlertDescription) -> String {
    let camel: Vec<char> = format!("{alert:?}").chars().collect();
    let mut name = String::new();
    for (at, letter) in camel.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| camel.get(before));
        let after = camel.get(at + 1);
        let word_begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase() || after.is_some_and(char::is_ascii_lowercase)
            });
        if word_begins {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use rustls::AlertDescription;

    use super::alert_name;

    #[test]
    fn alerts_have_the_names_of_rfc_8446() {
        let check = |alert, name: &str| assert_eq!(alert_name(alert), name);
        check(
            AlertDescription::CertificateRequired,
            "certificate_required",
        );
        check(AlertDescription::UnknownCA, "unknown_ca");
        check(AlertDescription::UnknownPSKIdentity, "unknown_psk_identity");
        check(AlertDescription::HandshakeFailure, "handshake_failure");
    }
}
