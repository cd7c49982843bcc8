//! Certificates of clients that are made or read at start, and the CAs that they are trusted by.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, IsCa, Issuer, KeyPair,
    SanType,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{CertificateConfig, Certificates, ClientConfig, Config};
use crate::jose::jwk::JwkSet;
use crate::opaque::opaque_debug;
use crate::vocabulary::AuthenticationMethod;
use crate::x509::certificate::ClientTrust;
use crate::x509::name::Name;

/// Certificates of clients can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CertificatesError {
    /// A file can't be read, or holds no certificate.
    #[error("{} holds no certificate in PEM that can be read: {why}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// One can't be made.
    #[error("no certificate can be made for client `{client}`: {error}")]
    Generation {
        /// The client.
        client: String,
        /// Why.
        error: rcgen::Error,
    },
    /// A CA can't be trusted.
    #[error("the CA of client certificates can't be used: {0}")]
    Trust(String),
}

/// A certificate and its private key, PEM.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: String,
}

opaque_debug!(Pair);

/// What was made, and what the server is to know of it.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// A CA for client certificates, if none is configured.
    pub(super) authority: Option<Pair>,
    /// Certificates of clients, by name.
    pub(super) clients: BTreeMap<String, Pair>,
    /// For the server.
    pub(super) known: Certificates,
}

/// The subject of the CA that is made at start.
const AUTHORITY: &str = "CN=tokenspec client CA";

/// Makes or reads what the clients of a configuration need.
pub(super) fn prepare(config: &Config) -> Result<Made, CertificatesError> {
    let mut made = Made::default();
    if !config.has_mutual_tls() {
        return Ok(made);
    }
    let authorities = authorities(config, &mut made)?;
    for (name, client) in &config.clients {
        of_client(name, client, authorities.as_ref(), &mut made)?;
    }
    Ok(made)
}

/// The CAs that issue what is made.
struct Authorities {
    usual: Issuer<'static, KeyPair>,
    /// Those that clients name as the issuers of their certificates.
    named: Vec<(Name, Issuer<'static, KeyPair>)>,
}

impl Authorities {
    /// Who issues the certificate of a client.
    fn of(&self, config: &CertificateConfig) -> &Issuer<'static, KeyPair> {
        let wanted = issuer_of(config);
        let mut named = self.named.iter();
        let found = wanted.and_then(|wanted| named.find(|(name, _)| name.matches(&wanted)));
        found.map_or(&self.usual, |(_, issuer)| issuer)
    }
}

fn issuer_of(config: &CertificateConfig) -> Option<Name> {
    let text = config.issuer_dn.as_ref()?;
    Name::parse(&text.value).ok()
}

/// The CAs that issue what is made; none if the configuration names CAs of its own.
fn authorities(config: &Config, made: &mut Made) -> Result<Option<Authorities>, CertificatesError> {
    let trust = |roots: &[CertificateDer<'static>]| {
        ClientTrust::new(roots).map_err(CertificatesError::Trust)
    };
    if let Some(file) = &config.client_ca {
        made.known.trust = Some(trust(&chain(file)?)?);
        return Ok(None);
    }
    let usual = Name::parse(AUTHORITY).unwrap_or_default();
    let (issuer, der, pair) = authority(&usual)?;
    made.authority = Some(pair);
    let mut roots = vec![der];
    let mut named = Vec::new();
    let certificates = config.clients.values();
    for wanted in certificates.filter_map(|client| issuer_of(client.certificate.as_ref()?)) {
        let known = |(name, _): &(Name, _)| name.matches(&wanted);
        if !usual.matches(&wanted) && !named.iter().any(known) {
            let (issuer, der, _) = authority(&wanted)?;
            roots.push(der);
            named.push((wanted, issuer));
        }
    }
    made.known.trust = Some(trust(&roots)?);
    Ok(Some(Authorities {
        usual: issuer,
        named,
    }))
}

type Authority = (Issuer<'static, KeyPair>, CertificateDer<'static>, Pair);

/// A CA of this name.
fn authority(name: &Name) -> Result<Authority, CertificatesError> {
    let failed = |error| CertificatesError::Generation {
        client: AUTHORITY.to_owned(),
        error,
    };
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = distinguished(name);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    let pair = Pair {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    };
    let der = certificate.der().clone();
    Ok((Issuer::new(params, key), der, pair))
}

/// The name as the library has it.
fn distinguished(name: &Name) -> DistinguishedName {
    let mut all = DistinguishedName::new();
    for attribute in name.attributes() {
        let oid: Vec<u64> = attribute.oid.split('.').flat_map(str::parse).collect();
        let value = DnValue::Utf8String(attribute.value.clone());
        all.push(DnType::from_oid(&oid), value);
    }
    all
}

fn of_client(
    name: &str,
    client: &ClientConfig,
    authorities: Option<&Authorities>,
    made: &mut Made,
) -> Result<(), CertificatesError> {
    let self_signed = client.auth.value == AuthenticationMethod::SelfSignedTlsClientAuth;
    let registered = registered(client)?;
    if self_signed && !registered.is_empty() {
        made.known.registered.insert(name.to_owned(), registered);
        return Ok(());
    }
    let Some(config) = client
        .certificate
        .as_ref()
        .filter(|_| client.presents_certificate())
    else {
        return Ok(());
    };
    let failed = |error| CertificatesError::Generation {
        client: name.to_owned(),
        error,
    };
    let key = KeyPair::generate().map_err(failed)?;
    let params = params(name, config).map_err(failed)?;
    let certificate = match authorities.filter(|_| !self_signed) {
        Some(all) => params.signed_by(&key, all.of(config)).map_err(failed)?,
        None if self_signed => params.self_signed(&key).map_err(failed)?,
        // Its certificate is from a CA of the configuration, whose key is not here.
        None => return Ok(()),
    };
    if self_signed && client.jwks_uri.is_none() {
        let der = vec![certificate.der().to_vec()];
        made.known.registered.insert(name.to_owned(), der);
    }
    made.clients.insert(
        name.to_owned(),
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        },
    );
    Ok(())
}

/// The certificates that are registered for a client: those of its JWK set, and its file.
fn registered(client: &ClientConfig) -> Result<Vec<Vec<u8>>, CertificatesError> {
    let mut all = Vec::new();
    if let Some(file) = &client.jwks {
        let text =
            std::fs::read_to_string(&file.value).map_err(|why| unreadable(&file.value, why))?;
        // What is wrong with it was told when the keys were read.
        all.extend(JwkSet::parse(&text, &[]).map_or_else(|_| Vec::new(), |set| set.certificates));
    }
    let file = client.certificate.as_ref().and_then(|it| it.file.as_ref());
    if let Some(file) = file {
        all.extend(chain(file)?.into_iter().take(1).map(|der| der.to_vec()));
    }
    Ok(all)
}

fn unreadable(file: &Path, why: impl std::fmt::Display) -> CertificatesError {
    CertificatesError::File {
        file: file.to_owned(),
        why: why.to_string(),
    }
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, CertificatesError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(|all| all.collect());
    match all {
        Ok(all) if all.is_empty() => Err(unreadable(file, "there is none")),
        Ok(all) => Ok(all),
        Err(why) => Err(unreadable(file, why)),
    }
}

/// A certificate that is what the configuration asks for.
fn params(name: &str, config: &CertificateConfig) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    let subject = config.subject_dn.as_ref();
    let subject = subject.and_then(|text| Name::parse(&text.value).ok());
    params.distinguished_name = DistinguishedName::new();
    match &subject {
        Some(subject) => params.distinguished_name = distinguished(subject),
        None => params.distinguished_name.push(DnType::CommonName, name),
    }
    let mut names = Vec::new();
    for (text, make) in config.alternative_names() {
        names.push(make(text)?);
    }
    params.subject_alt_names = names;
    // A client certificate (RFC 5280 §4.2.1.12).
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    Ok(params)
}

/// Makes an alternative name of a text.
pub(crate) type MakeName = fn(&str) -> Result<SanType, rcgen::Error>;

impl CertificateConfig {
    /// The alternative name that is registered, if it is one.
    fn alternative_names(&self) -> impl Iterator<Item = (&str, MakeName)> {
        let dns: MakeName = |text| Ok(SanType::DnsName(text.try_into()?));
        let uri: MakeName = |text| Ok(SanType::URI(text.try_into()?));
        let email: MakeName = |text| Ok(SanType::Rfc822Name(text.try_into()?));
        let ip: MakeName = |text| {
            let parsed = text.parse();
            parsed
                .map(SanType::IpAddress)
                .map_err(|_| rcgen::Error::InvalidIpAddressOctetLength(0))
        };
        [
            (&self.san_dns, dns),
            (&self.san_uri, uri),
            (&self.san_email, email),
            (&self.san_ip, ip),
        ]
        .into_iter()
        .filter_map(|(text, make)| Some((text.as_ref()?.value.as_str(), make)))
    }
}
