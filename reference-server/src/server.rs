//! A configured server: everything that does not change while it runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::access_token_manager::{Manager, TokenFormat};
use crate::defects::{ActiveGroup, Seams};
use crate::facts::Endpoint;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::jose::keys::ServerKey;
use crate::registration::Registration;
use crate::registry::{Client, Registry, Secret};
use crate::resource_indicators::Resource;
use crate::x509::certificate::ClientTrust;

/// Configuration, clients, keys, seams.
pub struct Server {
    /// The issuer identifier (RFC 8414 §2).
    pub issuer: String,
    /// The realm of challenges.
    pub realm: String,
    /// The challenge of a failed client authentication.
    pub challenge: String,
    /// The values of `aud` that a client assertion may have.
    pub audiences: Vec<String>,
    /// The URLs of the endpoints.
    pub places: Places,
    /// The paths of the endpoints.
    pub paths: Vec<(String, Endpoint)>,
    /// The registered clients.
    pub registry: Registry,
    /// What clients may register themselves for, if they may.
    pub registration: Option<Registration>,
    /// The client of a request that none was found for, when the checks that refuse it are skipped.
    pub nobody: Arc<Client>,
    /// The access token managers in the order of the configuration.
    pub managers: Vec<Arc<Manager>>,
    /// The installation's default access token manager.
    pub default_manager: Option<String>,
    /// What access tokens look like without access token managers.
    pub format: TokenFormat,
    /// What becomes of `jti` and `iat` of client assertions.
    pub assertion_identifiers: AssertionIdentifiers,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// How much a request may have.
    pub limits: Limits,
    /// The resource owner who approves every authorization request.
    pub resource_owner: String,
    /// The resource owners who have a password, by their names.
    pub users: HashMap<String, Secret>,
    /// The issuers whose assertions it accepts as grants.
    pub issuers: Vec<Arc<TrustedIssuer>>,
    /// The issuers whose SAML assertions it accepts, as grants and for the clients that name them.
    pub saml_issuers: Vec<Arc<TrustedIssuer>>,
    /// The values of `audience` and `resource` that tokens are exchanged for.
    pub exchange_targets: Vec<String>,
    /// Whether a code is redeemed without the `redirect_uri` of its authorization request.
    pub token_request_redirect_uri: TokenRequestRedirectUri,
    /// The resources that tokens are issued for (RFC 8707).
    pub resources: Vec<Resource>,
    /// The CAs of client certificates.
    pub client_trust: Option<ClientTrust>,
    /// The base URL of the listener for mutual TLS, if there is one.
    pub mutual_tls: Option<String>,
    /// The key that signs access tokens where the access token manager has none of its own.
    pub key: Arc<ServerKey>,
    /// Where defects act.
    pub seams: Seams,
    pub(crate) checks: Vec<ActiveGroup>,
}

/// Whether a code is redeemed without the `redirect_uri` of its authorization request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenRequestRedirectUri {
    /// It is (OAuth 2.1).
    Optional,
    /// It is not (RFC 6749 §4.1.3).
    #[default]
    Required,
}

/// What becomes of `jti` and `iat` of client assertions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionIdentifiers {
    /// Every assertion needs a `jti` of its own, and its `iat` does not lie ahead.
    #[default]
    Checked,
    /// Neither is looked at: an assertion is good until it expires, as often as it comes.
    Ignored,
}

/// URLs of the endpoints.
#[derive(Clone, Debug)]
pub struct Places {
    /// The token endpoint, as published.
    pub token: String,
    /// The authorization endpoint.
    pub authorization: String,
    /// The backchannel authentication endpoint.
    pub backchannel_authentication: String,
    /// The device authorization endpoint.
    pub device_authorization: String,
    /// Where a resource owner types in a user code.
    pub device_verification: String,
    /// The introspection endpoint.
    pub introspection: String,
    /// The pushed authorization request endpoint, if there is one.
    pub pushed_authorization: Option<String>,
    /// The revocation endpoint.
    pub revocation: String,
    /// The key set.
    pub jwks: String,
    /// The protected resource.
    pub protected_resource: String,
    /// The metadata of RFC 8414.
    pub metadata: String,
}

/// How long things live, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Access tokens without access token managers.
    pub access_token: u64,
    /// Client assertions at most.
    pub assertion: u32,
    /// Backchannel authentications (CIBA Core §7.3).
    pub auth_req_id: u64,
    /// Authorization codes.
    pub authorization_code: u64,
    /// Device authorizations (RFC 8628 §3.2).
    pub device_code: u64,
    /// Refresh tokens.
    pub refresh_token: u64,
    /// Pushed authorization requests (RFC 9126 §2.2).
    pub request_uri: u64,
}

/// How much a request may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Octets of content.
    pub content: usize,
    /// Parameters.
    pub parameters: usize,
    /// Failed authentications in a row after which a client is locked.
    pub failures: u32,
    /// Seconds for which it is locked.
    pub lock: u64,
    /// Seconds between two polls (RFC 8628 §3.5, CIBA Core §7.3).
    pub poll_interval: u64,
}

impl Server {
    /// The endpoint at a path.
    #[must_use]
    pub fn endpoint(&self, path: &str) -> Endpoint {
        let found = self.paths.iter().find(|(known, _)| known == path);
        match found {
            Some((_, endpoint)) => *endpoint,
            None if self.registered_id(path).is_some() => Endpoint::ClientConfiguration,
            None => Endpoint::Unknown,
        }
    }

    /// The client whose registration is at a path (RFC 7592 §3).
    #[must_use]
    pub fn registered_id<'p>(&self, path: &'p str) -> Option<&'p str> {
        let own = &self.registration.as_ref()?.path;
        let id = path.strip_prefix(own.as_str())?.strip_prefix('/')?;
        (!id.is_empty() && !id.contains('/')).then_some(id)
    }

    /// Whether this is a URL of the token endpoint (RFC 7522 §3 item 5).
    #[must_use]
    pub fn is_token_endpoint(&self, url: Option<&str>) -> bool {
        let locations = self.audiences.iter().filter(|own| **own != self.issuer);
        let mut locations = locations.chain([&self.places.token]);
        url.is_some_and(|url| locations.any(|own| own == url))
    }

    /// All keys that sign access tokens, the server's first.
    pub fn keys(&self) -> impl Iterator<Item = &ServerKey> {
        let managers = self.managers.iter().filter_map(|it| it.key.as_deref());
        std::iter::once(&*self.key).chain(managers)
    }

    /// The installation's default access token manager.
    #[must_use]
    pub fn installation_default(&self) -> Option<Arc<Manager>> {
        let id = self.default_manager.as_ref()?;
        self.managers
            .iter()
            .find(|manager| manager.id == *id)
            .cloned()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
