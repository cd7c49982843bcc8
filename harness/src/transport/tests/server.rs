//! Servers on loopback, each as a function of one connection, and their certificates.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::transport::{
    Connector, Destination, Exchange, ExchangeLimits, Reuse, Roots, Scheme, TlsSettings,
    Verification,
};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// The request of these tests.
pub(super) const REQUEST: &[u8] =
    b"POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Length: 4\r\n\r\na=bc";

/// An answer to it.
pub(super) const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// Limits that only a test that means to meets.
pub(super) const LIMITS: ExchangeLimits = ExchangeLimits {
    connect: Duration::from_secs(20),
    total: Duration::from_secs(30),
    max_body: 64 * 1024,
};

/// Limits for a server that is too slow.
pub(super) const SHORT: ExchangeLimits = ExchangeLimits {
    total: Duration::from_millis(150),
    ..LIMITS
};

/// Serves every connection with `handle`, and says where.
pub(super) async fn serve<H, F>(scheme: Scheme, handle: H) -> Destination
where
    H: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    destination(scheme, port)
}

pub(super) fn destination(scheme: Scheme, port: u16) -> Destination {
    let connect_to = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    Destination {
        scheme,
        host: "as.example".to_owned(),
        port,
        connect_to,
        proxy: None,
    }
}

/// Serves every connection with `handle` over TLS; a handshake that fails ends it.
pub(super) async fn serve_tls<H, F>(config: ServerConfig, handle: H) -> Destination
where
    H: Fn(TlsStream<TcpStream>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let acceptor = TlsAcceptor::from(Arc::new(config));
    serve(Scheme::Https, move |stream| {
        let (acceptor, handle) = (acceptor.clone(), handle.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                handle(stream).await;
            }
        }
    })
    .await
}

/// Reads one request with a `Content-Length` (or none), and returns it; less if the client closes.
pub(super) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    request
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// A client that trusts any certificate.
pub(super) fn client() -> Connector {
    let settings = TlsSettings {
        roots: Roots::WebPki,
        verification: Verification::Off,
    };
    Connector::new(&settings).unwrap()
}

/// Sends [`REQUEST`] on a connection of its own.
pub(super) async fn exchange(to: &Destination, limits: &ExchangeLimits) -> Exchange {
    client()
        .exchange(to, None, REQUEST, AnswerTo::Other, Reuse::Fresh, limits)
        .await
}

/// A certificate authority and what it signs.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
        }
    }

    pub(super) fn pem(&self) -> Vec<u8> {
        self.issuer.as_ref().pem().into_bytes()
    }

    /// A certificate and key for this name.
    fn sign(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    pub(super) fn identity(&self) -> ClientIdentity {
        let (certificate, key) = self.sign("client", ExtendedKeyUsagePurpose::ClientAuth);
        let chain = certificate.pem().into_bytes();
        ClientIdentity::from_pem(&chain, key.serialize_pem().as_bytes()).unwrap()
    }

    /// A server for `name` with this authority's certificate; with `clients`, one that demands a
    /// certificate of theirs.
    pub(super) fn server(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&Self>,
    ) -> ServerConfig {
        let (certificate, key) = self.sign(name, ExtendedKeyUsagePurpose::ServerAuth);
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(clients.issuer.as_ref().der().clone()).unwrap();
                let roots = Arc::new(roots);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        builder.with_single_cert(chain, key).unwrap()
    }
}
