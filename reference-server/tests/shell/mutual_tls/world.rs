//! A server whose clients have certificates, and who issues them.

use std::fs;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, SanType,
    generate_simple_self_signed,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokenspec_reference_server::{Config, Options, Running, Transport, serve};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::client::{json, over, status};

const CONFIG: &str = r#"
name: clients with certificates
access_token_format: jwt
client_ca: trusted.pem
clients:
  subject:
    auth: tls_client_auth
    certificate: {subject_dn: "cn=Machine  One,O=Example\\, Inc."}
    grants: [client_credentials]
  ping:
    auth: tls_client_auth
    certificate: {issuer_dn: "CN=FIRST ca", subject_dn: "CN=ping, O=Example\\, Inc."}
    grants: [client_credentials]
  dns:
    auth: tls_client_auth
    certificate: {san_dns: Machine.client.example}
    grants: [client_credentials]
  uri:
    auth: tls_client_auth
    certificate: {san_uri: "spiffe://example/machine"}
    grants: [client_credentials]
  ip:
    auth: tls_client_auth
    certificate: {san_ip: 192.0.2.7}
    grants: [client_credentials]
  ipv6:
    auth: tls_client_auth
    certificate: {san_ip: "2001:DB8:0:0::7"}
    grants: [client_credentials]
  email:
    auth: tls_client_auth
    certificate: {san_email: machine@client.example}
    grants: [client_credentials]
  self-signed:
    auth: self_signed_tls_client_auth
    certificate: {file: registered.pem}
    grants: [client_credentials]
  rs:
    auth: client_secret_basic
    secret: resource-secret-6Vy2kD9xP4oJ1tCw
    introspects: all
"#;

/// A certificate with its key.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    key: Arc<KeyPair>,
    pem: String,
}

impl Identity {
    fn new(certificate: &rcgen::Certificate, key: KeyPair) -> Self {
        Self {
            certificate: certificate.der().clone(),
            key: Arc::new(key),
            pem: certificate.pem(),
        }
    }

    /// Another certificate for the same key and the same names.
    pub(super) fn renewed(&self, params: &CertificateParams) -> Self {
        let certificate = params.self_signed(&*self.key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            key: Arc::clone(&self.key),
            pem: certificate.pem(),
        }
    }
}

pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = subject(&[name]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    pub(super) fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(&certificate, key)
    }
}

/// A common name, and an organization if there is one.
pub(super) fn subject(names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    let types = [DnType::OrganizationName, DnType::CommonName];
    for (kind, name) in types.into_iter().rev().zip(names).rev() {
        params.distinguished_name.push(kind, *name);
    }
    params
}

/// Somebody with this alternative name.
fn named(san: SanType) -> CertificateParams {
    let mut params = subject(&["somebody"]);
    params.subject_alt_names = vec![san];
    params
}

pub(super) fn dns(name: &str) -> CertificateParams {
    named(SanType::DnsName(name.try_into().unwrap()))
}

pub(super) fn uri(name: &str) -> CertificateParams {
    named(SanType::URI(name.try_into().unwrap()))
}

pub(super) fn ip(address: &str) -> CertificateParams {
    named(SanType::IpAddress(address.parse().unwrap()))
}

pub(super) fn email(address: &str) -> CertificateParams {
    named(SanType::Rfc822Name(address.try_into().unwrap()))
}

pub(super) fn self_signed(params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Identity::new(&certificate, key)
}

/// A server with the clients above, and who issues certificates for them.
pub(super) struct World {
    running: Running,
    roots: RootCertStore,
    pub(super) first: Authority,
    pub(super) second: Authority,
    pub(super) registered: Identity,
}

impl World {
    pub(super) async fn new() -> Self {
        let (first, second) = (Authority::new("First CA"), Authority::new("Second CA"));
        let registered = self_signed(&subject(&["self"]));
        let own = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
        write("config.yaml", CONFIG);
        write("trusted.pem", &format!("{}{}", first.pem, second.pem));
        write("server.pem", &own.cert.pem());
        write("server.key", &own.signing_key.serialize_pem());
        write("registered.pem", &registered.pem);
        let options = Options {
            transport: Transport::HttpsWith {
                certificate: path("server.pem"),
                key: path("server.key"),
            },
            ..Options::default()
        };
        let config = Config::load(&path("config.yaml")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(own.cert.der().clone()).unwrap();
        Self {
            running: serve(config, options).await.unwrap(),
            roots,
            first,
            second,
            registered,
        }
    }

    /// Every client with a certificate that is its own.
    pub(super) fn right(&self) -> Vec<(&'static str, Identity)> {
        let first = |params: CertificateParams| self.first.issue(&params);
        let organization = "Example, Inc.";
        vec![
            ("subject", first(subject(&["machine one", organization]))),
            ("ping", first(subject(&["Ping", organization]))),
            ("dns", first(dns("machine.client.example"))),
            ("uri", first(uri("spiffe://example/machine"))),
            ("ip", first(ip("192.0.2.7"))),
            ("ipv6", first(ip("2001:db8::7"))),
            ("email", first(email("machine@Client.example"))),
            ("self-signed", self.registered.clone()),
        ]
    }

    pub(super) async fn exchange(&self, identity: Option<&Identity>, request: &str) -> String {
        self.exchange_by(&TLS13, identity, request).await
    }

    pub(super) async fn exchange_by(
        &self,
        version: &'static SupportedProtocolVersion,
        identity: Option<&Identity>,
        request: &str,
    ) -> String {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(self.roots.clone());
        let config = match identity {
            Some(Identity {
                certificate, key, ..
            }) => {
                let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
                let chain = vec![certificate.clone()];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let base = self.running.mutual_tls.as_deref().unwrap();
        let address = base.strip_prefix("https://").unwrap();
        let tcp = TcpStream::connect(address).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("127.0.0.1").unwrap();
        over(connector.connect(name, tcp).await.unwrap(), request).await
    }

    /// Status, and error or token, of a token request.
    pub(super) async fn ask(&self, client: &str, identity: Option<&Identity>) -> (u16, String) {
        token(&self.exchange(identity, &by_certificate(client)).await)
    }

    #[track_caller]
    pub(super) fn accepted(&self, (status, token): (u16, String)) -> String {
        assert_eq!(status, 200, "{token}");
        token
    }
}

pub(super) fn token(answer: &str) -> (u16, String) {
    let body = json(answer);
    let found = body.get("access_token").or(body.get("error")).unwrap();
    (status(answer), found.as_str().unwrap().to_owned())
}

pub(super) fn refusal() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

pub(super) fn post(path: &str, headers: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    )
}

pub(super) fn by_certificate(client: &str) -> String {
    let form = format!("grant_type=client_credentials&client_id={client}");
    post("/as/token.oauth2", "", &form)
}
