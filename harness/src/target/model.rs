//! The target as the rest of the harness sees it.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};

use rustls::pki_types::CertificateDer;

use super::{
    AccessTokenManager, Allow, AuthorizationCodes, Certificate, Client, ClientKey, EndpointUrl,
    Hook, Limits, UrlTemplate,
};
use crate::diagnostic::Diagnostic;
use crate::secret::Secret;

/// A server under test. Every name that it refers to exists, every secret is resolved.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name of the target file as it was given, or the bare URL: for messages and reports.
    pub file: String,
    /// The line of `token_endpoint` in that file, from 1.
    pub line: usize,
    /// What reports call it.
    pub name: String,
    /// The profiles that the file chooses.
    pub profile: Vec<String>,
    /// What to say of each of them, if nothing is called so.
    pub unknown_profile: Vec<Diagnostic>,
    /// The token endpoint.
    pub token_endpoint: EndpointUrl,
    /// The same endpoint at other URLs.
    pub also_at: Vec<EndpointUrl>,
    /// Hosts whose address is given.
    pub resolve: Vec<(String, IpAddr)>,
    /// An HTTP proxy for everything.
    pub proxy: Option<EndpointUrl>,
    /// The issuer identifier.
    pub issuer: Option<String>,
    /// The metadata document (RFC 8414).
    pub metadata: Option<EndpointUrl>,
    /// How its certificate is checked.
    pub tls: Tls,
    /// The other endpoints.
    pub endpoints: Endpoints,
    /// The clients in the order of the file.
    pub clients: Vec<Client>,
    /// The resource owners in the order of the file.
    pub users: Vec<User>,
    /// How a code is obtained.
    pub authorization_codes: Option<AuthorizationCodes>,
    /// How a device is approved (RFC 8628 section 3.3).
    pub device_approval: Option<Hook>,
    /// How a device is denied.
    pub device_denial: Option<Hook>,
    /// Backchannel authentication.
    pub ciba: Option<Ciba>,
    /// A host that this program plays for the target.
    pub callback_host: Option<CallbackHost>,
    /// Issuers whose assertions the target accepts as grants.
    pub assertions: Assertions,
    /// What may be exchanged (RFC 8693).
    pub token_exchange: Option<TokenExchange>,
    /// Resource indicators (RFC 8707).
    pub resources: Option<Resources>,
    /// A POST here moves the target's clock by `{seconds}`. Its answer may tell the time: `{"now": SECONDS}`, since 1970.
    pub clock: Option<UrlTemplate>,
    /// The access token managers in the order of the file.
    pub access_token_managers: Vec<AccessTokenManager>,
    /// What can't be derived.
    pub supports: Supports,
    /// What a run may ask for.
    pub limits: Limits,
    /// Consent to probes that could hurt.
    pub allow: BTreeSet<Allow>,
}

/// How certificates are checked.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// The only authorities to trust; empty: the usual ones.
    pub ca: Vec<CertificateDer<'static>>,
    /// No check at all; every report says so.
    pub insecure: bool,
    /// An authority that the target trusts for client certificates.
    pub test_ca: Option<Certificate>,
}

/// Endpoints beside the token endpoint.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// RFC 6749 section 3.1.
    pub authorization: Option<EndpointUrl>,
    /// RFC 7662.
    pub introspection: Option<ClientEndpoint>,
    /// RFC 7009.
    pub revocation: Option<ClientEndpoint>,
    /// Answers 2xx to a good bearer token and 401 otherwise.
    pub protected_resource: Option<EndpointUrl>,
    /// RFC 8628 section 3.1.
    pub device_authorization: Option<EndpointUrl>,
    /// OpenID Connect CIBA Core 1.0 section 7.
    pub backchannel_authentication: Option<EndpointUrl>,
    /// RFC 9126.
    pub pushed_authorization: Option<EndpointUrl>,
    /// OpenID Connect Core 1.0 section 5.3.
    pub userinfo: Option<EndpointUrl>,
    /// RFC 7591.
    pub registration: Option<EndpointUrl>,
    /// The token endpoint for mutual TLS (RFC 8705 section 5).
    pub token_mtls: Option<EndpointUrl>,
}

/// An endpoint that a client authenticates at.
#[derive(Clone, Debug)]
pub struct ClientEndpoint {
    /// Where it is.
    pub url: EndpointUrl,
    /// The name of the client that calls it; `None`: the client that the token was issued to.
    pub client: Option<String>,
}

/// A resource owner.
#[derive(Clone, Debug)]
pub struct User {
    /// The name in the target file.
    pub name: String,
    /// The name to log in with.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// A host that this program plays: it shows key sets, and watches what arrives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallbackHost {
    /// Where this program listens.
    pub listen: SocketAddr,
    /// The URL under which the target reaches it, without a slash at its end.
    pub url: String,
}

impl CallbackHost {
    /// The path, with its query, of a URL at this host.
    #[must_use]
    pub fn path_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = url.strip_prefix(&self.url)?;
        path.starts_with('/').then_some(path)
    }
}

/// How a backchannel authentication goes.
#[derive(Clone, Debug)]
pub struct Ciba {
    /// Who is to authenticate.
    pub login_hint: String,
    /// How that is approved.
    pub approval: Option<Hook>,
    /// How that is denied.
    pub denial: Option<Hook>,
}

/// Issuers of assertions.
#[derive(Clone, Debug, Default)]
pub struct Assertions {
    /// For RFC 7523 section 2.1.
    pub jwt_bearer: Option<AssertionIssuer>,
    /// For RFC 7522 section 2.1.
    pub saml2_bearer: Option<SamlIssuer>,
}

/// An issuer of JWTs.
#[derive(Clone, Debug)]
pub struct AssertionIssuer {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`.
    pub audience: String,
    /// The key that it signs with.
    pub key: ClientKey,
}

/// An issuer of SAML assertions.
#[derive(Clone, Debug)]
pub struct SamlIssuer {
    /// `Issuer`.
    pub issuer: String,
    /// `NameID` of the subject.
    pub subject: String,
    /// `Audience`.
    pub audience: String,
    /// The key that it signs with.
    pub key: ClientKey,
    /// The certificate of the key.
    pub certificate: Vec<CertificateDer<'static>>,
}

/// What may be exchanged.
#[derive(Clone, Debug, Default)]
pub struct TokenExchange {
    /// Values of `audience` that are allowed.
    pub audiences: Vec<String>,
    /// Short names or URIs of the types that a subject token may have.
    pub subject_token_types: Vec<String>,
}

/// Resource indicators.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Values that a client may ask for.
    pub allowed: Vec<String>,
    /// One that exists, but not for these clients.
    pub foreign: Option<String>,
}

/// Capability words that the file grants or denies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Supports {
    /// Granted.
    pub granted: BTreeSet<String>,
    /// Denied, whatever shows them.
    pub denied: BTreeSet<String>,
}

impl Target {
    /// A target of which nothing is known but the URL.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the URL, as a lowercase fragment.
    pub fn bare(url: &str) -> Result<Self, &'static str> {
        EndpointUrl::new(url).map(|url| Self::new(url.to_string(), url))
    }

    /// A target of which nothing is known but the URL, with the limits that suit it.
    pub(super) fn new(file: String, token_endpoint: EndpointUrl) -> Self {
        let limits = if token_endpoint.is_loopback() {
            Limits::LOOPBACK
        } else {
            Limits::ELSEWHERE
        };
        Self {
            file,
            line: 1,
            name: token_endpoint.to_string(),
            profile: Vec::new(),
            unknown_profile: Vec::new(),
            token_endpoint,
            also_at: Vec::new(),
            resolve: Vec::new(),
            proxy: None,
            issuer: None,
            metadata: None,
            tls: Tls::default(),
            endpoints: Endpoints::default(),
            clients: Vec::new(),
            users: Vec::new(),
            authorization_codes: None,
            device_approval: None,
            device_denial: None,
            ciba: None,
            callback_host: None,
            assertions: Assertions::default(),
            token_exchange: None,
            resources: None,
            clock: None,
            access_token_managers: Vec::new(),
            supports: Supports::default(),
            limits,
            allow: BTreeSet::new(),
        }
    }

    /// The client with this name in the file.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }

    /// The resource owner that authorizes: the one that `authorization_codes` names, or the first.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        let named = self
            .authorization_codes
            .as_ref()
            .and_then(|codes| codes.user.as_deref());
        match named {
            Some(name) => self.users.iter().find(|user| user.name == name),
            None => self.users.first(),
        }
    }

    /// The audience of a client's assertions: its own, the issuer, or the token endpoint
    /// (RFC 7523 section 3).
    #[must_use]
    pub fn assertion_audience<'a>(&'a self, client: &'a Client) -> &'a str {
        let issuer = client.audience.as_deref().or(self.issuer.as_deref());
        issuer.unwrap_or_else(|| self.token_endpoint.as_str())
    }

    /// Where a client sends its token requests: one that presents a certificate to the address for mutual TLS, if there is
    /// one (RFC 8705 section 5).
    #[must_use]
    pub fn token_endpoint_of(&self, client: &Client) -> &EndpointUrl {
        let mutual = self.endpoints.token_mtls.as_ref();
        mutual
            .filter(|_| client.certificate.is_some())
            .unwrap_or(&self.token_endpoint)
    }

    /// The address that the file gives for a host.
    #[must_use]
    pub fn address_of(&self, host: &str) -> Option<IpAddr> {
        self.resolve
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(host))
            .map(|(_, address)| *address)
    }

    /// Whether every URL of the token endpoint is on this machine, and no proxy takes requests
    /// elsewhere.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let local = |url: &EndpointUrl| {
            self.address_of(&url.host())
                .map_or_else(|| url.is_loopback(), |ip| ip.is_loopback())
        };
        std::iter::once(&self.token_endpoint)
            .chain(&self.also_at)
            .chain(&self.proxy)
            .all(local)
    }

    /// The access token managers that the client may use.
    pub fn eligible_managers<'a>(
        &'a self,
        client: &'a Client,
    ) -> impl Iterator<Item = &'a AccessTokenManager> {
        self.access_token_managers
            .iter()
            .filter(move |manager| may_use(client, manager))
    }

    /// The access token manager of a request that names none: the client's default, or the
    /// installation's. `None`: the client may not use it, or there is none.
    #[must_use]
    pub fn default_manager<'a>(&'a self, client: &'a Client) -> Option<&'a AccessTokenManager> {
        let mut managers = self.eligible_managers(client);
        match &client.default_access_token_manager {
            Some(id) => managers.find(|manager| manager.id == *id),
            None => managers.find(|manager| manager.default),
        }
    }

    /// Every secret of the file that may go over the wire: what reports have to be free of.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let of_clients = self
            .clients
            .iter()
            .flat_map(|client| client.secret.iter().chain(&client.retired_secret));
        of_clients.chain(self.users.iter().map(|user| &user.password))
    }
}

/// Whether the client may use the manager: it is on the list if there is one, and if it is
/// restricted, the manager is its default.
fn may_use(client: &Client, manager: &AccessTokenManager) -> bool {
    let listed = manager
        .clients
        .as_ref()
        .is_none_or(|names| names.contains(&client.name));
    let own = client.default_access_token_manager.as_ref() == Some(&manager.id);
    listed && (own || !client.restricted)
}
