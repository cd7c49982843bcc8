//! HTTPS: with a certificate from a CA that is made at start, or with given files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio_rustls::TlsAcceptor;

use super::Transport;
use crate::config::Config;
use crate::tls_plan::{ConnectionEnd, EarlyData, Http2, IssuedBy, TlsPlan, Validity};

/// Octets of early data that are taken at most, where they are.
const EARLY: u32 = 16 * 1024;

/// A server certificate can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{path} can't be read: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: rustls::pki_types::pem::Error,
    },
    /// Making one failed.
    #[error("no certificate can be made: {0}")]
    Generation(#[from] rcgen::Error),
    /// Certificate and key do not fit.
    #[error("the certificate can't be used: {0}")]
    Rustls(#[from] rustls::Error),
}

/// What a listener needs for TLS.
pub(super) struct Tls {
    pub(super) acceptor: Acceptor,
    pub(super) ca_pem: Option<String>,
}

/// How connections are accepted.
#[derive(Clone)]
pub(super) struct Acceptor {
    /// With every version.
    pub(super) all: TlsAcceptor,
    /// With TLS 1.2 alone.
    pub(super) old: TlsAcceptor,
    /// How they end.
    pub(super) end: ConnectionEnd,
    /// What becomes of early data.
    pub(super) early: EarlyData,
    /// Whether HTTP/2 is spoken where it was chosen.
    pub(super) http2: Http2,
}

/// Whether a listener asks for a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientCertificates {
    /// It asks, and serves those without one too (RFC 8705 §6.1).
    Asked,
    /// It does not.
    NotAsked,
}

/// Takes every certificate whose key the client has: whose it is, and who issued it, is decided for each
/// request.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Prepares TLS, unless the transport is plain HTTP.
pub(super) fn prepare(
    transport: &Transport,
    plan: &TlsPlan,
    certificates: ClientCertificates,
) -> Result<Option<Tls>, TlsError> {
    let (chain, key, ca_pem) = match transport {
        Transport::Http => return Ok(None),
        Transport::Https => generate(plan)?,
        Transport::HttpsWith { certificate, key } => {
            (read_chain(certificate)?, read_key(key)?, None)
        }
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let accept = |versions| -> Result<TlsAcceptor, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)?;
        let builder = match certificates {
            ClientCertificates::Asked => {
                let verifier = AnyCertificate(Arc::clone(&provider));
                builder.with_client_cert_verifier(Arc::new(verifier))
            }
            ClientCertificates::NotAsked => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain.clone(), key.clone_key())?;
        let names = plan.alpn.iter().map(|name| name.as_bytes().to_vec());
        config.alpn_protocols = names.collect();
        if plan.early != EarlyData::Refused {
            config.max_early_data_size = EARLY;
            config.send_half_rtt_data = plan.early == EarlyData::Answered;
        }
        Ok(TlsAcceptor::from(Arc::new(config)))
    };
    Ok(Some(Tls {
        acceptor: Acceptor {
            all: accept(rustls::ALL_VERSIONS)?,
            old: accept(&[&rustls::version::TLS12])?,
            end: plan.end,
            early: plan.early,
            http2: plan.http2,
        },
        ca_pem,
    }))
}

/// What a server shows in the handshake.
pub(super) fn plan(config: &Config) -> TlsPlan {
    let endpoint = &config.token_endpoint;
    let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let hosts = endpoint.virtual_hosts.iter().chain(&endpoint.base_host);
    TlsPlan {
        names: own.into_iter().chain(hosts.cloned()).collect(),
        common_name: "tokenspec reference server".to_owned(),
        validity: Validity::Current,
        issuer: IssuedBy::Anchor,
        alpn: config
            .application_protocols
            .iter()
            .map(|protocol| protocol.name().to_owned())
            .collect(),
        http2: Http2::Served,
        end: ConnectionEnd::Announced,
        early: EarlyData::Refused,
    }
}

type Material = (
    Vec<CertificateDer<'static>>,
    PrivateKeyDer<'static>,
    Option<String>,
);

fn generate(plan: &TlsPlan) -> Result<Material, TlsError> {
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name
        .push(DnType::CommonName, "tokenspec reference server CA");
    let ca_key = KeyPair::generate()?;
    let ca_certificate = ca.self_signed(&ca_key)?;
    let issuer = Issuer::new(ca, ca_key);
    let issuer = match plan.issuer {
        IssuedBy::Anchor => issuer,
        IssuedBy::HiddenIntermediate => {
            let mut below = CertificateParams::new(Vec::new())?;
            below.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            below
                .distinguished_name
                .push(DnType::CommonName, "tokenspec intermediate CA");
            Issuer::new(below, KeyPair::generate()?)
        }
    };
    let mut leaf = CertificateParams::new(plan.names.clone())?;
    leaf.distinguished_name
        .push(DnType::CommonName, plan.common_name.clone());
    if plan.validity == Validity::Expired {
        leaf.not_before = rcgen::date_time_ymd(2000, 1, 1);
        leaf.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Ok((
        vec![certificate.der().clone()],
        key,
        Some(ca_certificate.pem()),
    ))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| TlsError::File {
            path: path.to_owned(),
            error,
        })
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| TlsError::File {
        path: path.to_owned(),
        error,
    })
}
