//! Handshakes for their own sake: octets that stand for a `ClientHello`, and whole handshakes whose certificate is not checked.

use std::io;

use rustls::CertificateError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::tls_hello::Stream;
use crate::transport::connection::{Connection, Read};
use crate::transport::connector::Connector;
use crate::transport::destination::Destination;
use crate::transport::dial::dial;
use crate::transport::exchange::ExchangeLimits;
use crate::transport::failure::Failure;
use crate::transport::tls::{TlsFacts, TlsSettings, Verification, roots};

/// Octets that are read at most.
const MOST: usize = 256 * 1024;

/// The beginning of HTTP/2: the preface and an empty SETTINGS frame (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// What came to octets that were sent by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The octets.
    pub received: Vec<u8>,
    /// Whether the server ended the connection.
    pub stream: Stream,
}

/// A whole handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it settled.
    pub facts: TlsFacts,
    /// Where `h2` was selected: whether the server then spoke it.
    pub http2: Option<bool>,
}

impl Connector {
    /// Sends octets on a TCP connection of their own and reads until `is_complete`, the end, or the time is over.
    ///
    /// # Errors
    /// No connection comes about.
    pub async fn flight(
        &self,
        to: &Destination,
        octets: &[u8],
        is_complete: fn(&[u8]) -> bool,
        limits: &ExchangeLimits,
    ) -> Result<Flight, Failure> {
        let deadline = Instant::now() + limits.total;
        let socket = dial(to, limits.connect.min(limits.total)).await?;
        let mut flight = Flight {
            received: Vec::new(),
            stream: Stream::Open,
        };
        let talk = async {
            write(&socket, octets).await;
            while !is_complete(&flight.received) && flight.received.len() < MOST {
                let mut buffer = [0; 16 * 1024];
                if socket.readable().await.is_err() {
                    return true;
                }
                match socket.try_read(&mut buffer) {
                    Ok(0) => return true,
                    Ok(count) => flight.received.extend(buffer.iter().take(count)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => return true,
                }
            }
            false
        };
        // Elapsed: what came so far is what there is.
        let ended = timeout_at(deadline, talk).await.unwrap_or(false);
        if ended {
            flight.stream = Stream::Ended;
        }
        Ok(flight)
    }

    /// A whole handshake that offers these application protocols and takes any certificate.
    ///
    /// # Errors
    /// It fails.
    pub async fn look(
        &self,
        to: &Destination,
        alpn: &[String],
        limits: &ExchangeLimits,
    ) -> Result<Look, Failure> {
        let mut config = self.shared.any.clone();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let deadline = Instant::now() + limits.total;
        let opening = Connection::open(to, &config, None, limits);
        let timeout = || Failure::Timeout {
            activity: crate::transport::failure::Activity::Handshake,
            after: limits.total,
        };
        let mut connection = timeout_at(deadline, opening)
            .await
            .map_err(|_| timeout())??;
        let facts = connection
            .facts()
            .map(|facts| (*facts).clone())
            .ok_or_else(timeout)?;
        let http2 = match facts.alpn.as_deref() {
            Some("h2") => Some(
                timeout_at(deadline, speaks_http2(&mut connection))
                    .await
                    .unwrap_or(false),
            ),
            Some(_) | None => None,
        };
        Ok(Look { facts, http2 })
    }

    /// Whether a chain, as it was sent, leads to a trust anchor at this time, its names aside: `yes`, `unchecked` where the target
    /// file turns that off, else what is wrong with it.
    #[must_use]
    pub fn trusts(&self, chain: &[Vec<u8>], host: &str, now: UnixTime) -> &'static str {
        let settings: &TlsSettings = &self.shared.settings;
        if settings.verification == Verification::Off {
            return "unchecked";
        }
        let (Ok(roots), Ok(name)) = (roots(&settings.roots), ServerName::try_from(host)) else {
            return "unchecked";
        };
        let provider = std::sync::Arc::new(default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build();
        let (Ok(verifier), Some((leaf, rest))) = (verifier, chain.split_first()) else {
            return "invalid";
        };
        let rest: Vec<CertificateDer<'_>> = rest.iter().map(|der| der.as_slice().into()).collect();
        match verifier.verify_server_cert(&leaf.as_slice().into(), &rest, &name, &[], now) {
            Ok(_) => "yes",
            Err(rustls::Error::InvalidCertificate(error)) => word(&error),
            Err(_) => "invalid",
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
fn word(error: &CertificateError) -> &'static str {
    match error {
        // The name is looked at when the chain is found good.
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "yes"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "not_valid_yet"
        }
        CertificateError::UnknownIssuer => "unknown_issuer",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "wrong_purpose"
        }
        _ => "invalid",
    }
}

/// Whether a SETTINGS frame comes, which a server of HTTP/2 sends first.
async fn speaks_http2(connection: &mut Connection) -> bool {
    connection.line_up(PREFACE);
    if connection.push_all_but(0).await.is_err() {
        return false;
    }
    let mut data = Vec::new();
    while data.len() < 9 {
        if connection.ready().await.is_err() {
            return false;
        }
        if let Read::Ended(_) = connection.pull(&mut data) {
            break;
        }
    }
    data.get(3) == Some(&4)
}

/// Writes all. A failure shows in the next read.
async fn write(socket: &TcpStream, mut octets: &[u8]) {
    while !octets.is_empty() && socket.writable().await.is_ok() {
        match socket.try_write(octets) {
            Ok(count) => octets = octets.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
