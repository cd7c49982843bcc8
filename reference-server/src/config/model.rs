//! What a configuration file may say.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::client::ClientConfig;
use super::paths::EndpointPaths;
use super::registration::RegistrationConfig;
use super::resource::ResourceConfig;
use super::scheme::{ApplicationProtocol, Scheme};
use super::store::StoreConfig;
use super::trust::{SamlIssuerConfig, TokenExchangeConfig, TrustedIssuerConfig};
use crate::access_token_manager::TokenFormat;
use crate::jose::algorithm::Algorithm;
use crate::opaque::opaque_debug;
use crate::registry::AssertionAudience;
use crate::server::{AssertionIdentifiers, TokenRequestRedirectUri};
use crate::vocabulary::GrantType;

/// A configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the server is called in its target file.
    pub name: String,
    /// The profiles that its target file names.
    #[serde(default)]
    pub profile: Vec<String>,
    /// The issuer identifier; the base URL if there is none.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The path of the issuer identifier below the base URL, where `issuer` does not say all of it. The
    /// metadata is then where RFC 8414 §3.1 and OpenID Connect Discovery have it for such an issuer.
    #[serde(default)]
    pub issuer_path: Option<Spanned<String>>,
    /// What it is served over where nothing else is asked for.
    #[serde(default)]
    pub scheme: Scheme,
    /// The versions of HTTP that are served behind TLS, the preferred one first.
    #[serde(default = "http11")]
    pub application_protocols: Vec<ApplicationProtocol>,
    /// Where the token endpoint answers.
    #[serde(default)]
    pub token_endpoint: TokenEndpointConfig,
    /// Where the other endpoints answer.
    #[serde(default)]
    pub paths: EndpointPaths,
    /// Clients that register themselves; absent: none can.
    #[serde(default)]
    pub registration: Option<RegistrationConfig>,
    /// Who approves every authorization request.
    #[serde(default = "default_resource_owner")]
    pub resource_owner: String,
    /// The resource owners who have a password, by their names.
    #[serde(default)]
    pub users: BTreeMap<String, UserConfig>,
    /// Whom client assertions may name as audience.
    #[serde(default)]
    pub assertion_audience: AssertionAudience,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: LifetimeConfig,
    /// How much a request may have.
    #[serde(default)]
    pub limits: LimitConfig,
    /// What becomes of `jti` and `iat` of client assertions.
    #[serde(default)]
    pub assertion_identifiers: AssertionIdentifiers,
    /// The key that signs access tokens where no access token manager has one; absent: made at start.
    #[serde(default)]
    pub signing_key: Option<SigningKeyConfig>,
    /// Where the state lives.
    #[serde(default)]
    pub store: StoreConfig,
    /// A file with the CAs that client certificates are trusted by (PEM); absent: one is made at start.
    #[serde(default)]
    pub client_ca: Option<PathBuf>,
    /// What access tokens look like where no access token manager says it.
    #[serde(default)]
    pub access_token_format: TokenFormat,
    /// The access token managers.
    #[serde(default)]
    pub access_token_managers: Vec<ManagerConfig>,
    /// The clients by name.
    pub clients: BTreeMap<String, ClientConfig>,
    /// Issuers whose assertions are grants (RFC 7523 §2.1), or can be exchanged (RFC 8693).
    #[serde(default)]
    pub trusted_issuers: Vec<TrustedIssuerConfig>,
    /// Issuers whose SAML assertions are grants (RFC 7522 §2.1).
    #[serde(default)]
    pub saml_issuers: Vec<SamlIssuerConfig>,
    /// What tokens are exchanged for (RFC 8693 §2.1).
    #[serde(default)]
    pub token_exchange: TokenExchangeConfig,
    /// The resources that tokens are issued for (RFC 8707), where there are no access token managers.
    #[serde(default)]
    pub resources: Vec<ResourceConfig>,
    /// Whether a code is redeemed without the `redirect_uri` of its authorization request.
    #[serde(default)]
    pub token_request_redirect_uri: TokenRequestRedirectUri,
    /// Capabilities that the target file declares.
    #[serde(default)]
    pub supports: Vec<String>,
}

fn http11() -> Vec<ApplicationProtocol> {
    vec![ApplicationProtocol::Http11]
}

/// Where the token endpoint answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenEndpointConfig {
    /// Its path.
    pub path: String,
    /// More paths at which it answers in the same way.
    pub further_paths: Vec<String>,
    /// Host names at which it answers too.
    pub virtual_hosts: Vec<String>,
    /// The host name of the token endpoint base URL, if there is one.
    pub base_host: Option<String>,
}

impl Default for TokenEndpointConfig {
    fn default() -> Self {
        Self {
            path: "/as/token.oauth2".to_owned(),
            further_paths: Vec::new(),
            virtual_hosts: Vec::new(),
            base_host: None,
        }
    }
}

/// How long things live, in seconds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifetimeConfig {
    /// Access tokens, where no access token manager says it.
    pub access_token: u32,
    /// Client assertions at most.
    pub assertion: u32,
    /// Backchannel authentications.
    pub auth_req_id: u32,
    /// Authorization codes.
    pub authorization_code: u32,
    /// Device authorizations.
    pub device_code: u32,
    /// Refresh tokens.
    pub refresh_token: u32,
    /// Pushed authorization requests (RFC 9126 §2.2).
    pub request_uri: u32,
}

impl Default for LifetimeConfig {
    fn default() -> Self {
        Self {
            access_token: 600,
            assertion: 3600,
            auth_req_id: 300,
            authorization_code: 60,
            device_code: 600,
            refresh_token: 14 * 24 * 3600,
            request_uri: 60,
        }
    }
}

/// How much a request may have.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitConfig {
    /// Octets of content; more is 413.
    pub content: usize,
    /// Octets of the header section; more is 431.
    pub headers: usize,
    /// Parameters; more is 413.
    pub parameters: usize,
    /// Connections at the same time; more wait.
    pub connections: usize,
    /// Seconds in which the header section, and then the content, has to arrive.
    pub seconds: u32,
    /// Seconds between two polls for one `device_code` or `auth_req_id`; sooner is `slow_down`.
    pub poll_interval: u32,
    /// Failed authentications in a row after which a client, or a resource owner, is locked: 429.
    pub failures: u32,
    /// Seconds for which it is locked.
    pub lock: u32,
}

impl Default for LimitConfig {
    fn default() -> Self {
        Self {
            content: 256 * 1024,
            headers: 64 * 1024,
            parameters: 4096,
            connections: 1024,
            seconds: 30,
            poll_interval: 5,
            failures: 100,
            lock: 10,
        }
    }
}

/// A resource owner.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// What the password grant wants of them.
    pub password: String,
}

opaque_debug!(UserConfig);

/// An access token manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagerConfig {
    /// Its identifier.
    pub id: String,
    /// Whether it is the installation's default.
    #[serde(default)]
    pub default: bool,
    /// The resource URIs that lead to it.
    #[serde(default)]
    pub resources: Vec<Spanned<String>>,
    /// The clients that may use it, by name; absent: all.
    #[serde(default)]
    pub clients: Option<Vec<Spanned<String>>>,
    /// The grants that it has an attribute mapping for; absent: all.
    #[serde(default)]
    pub grants: Option<Vec<GrantType>>,
    /// What its tokens look like.
    #[serde(default)]
    pub format: TokenFormat,
    /// How long they live, in seconds.
    #[serde(default = "default_manager_lifetime")]
    pub lifetime: u32,
    /// More claims of its JWTs.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// The key that signs its JWTs; absent: that of the server.
    #[serde(default)]
    pub signing_key: Option<SigningKeyConfig>,
}

/// A key that signs access tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeyConfig {
    /// The algorithm: one of ECDSA with P-256 or P-384, or of RSA.
    pub alg: Algorithm,
    /// Its identifier.
    pub kid: Spanned<String>,
    /// A file with the private key (PKCS#8, PEM); absent: a key pair is made at start.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

fn default_resource_owner() -> String {
    "alice".to_owned()
}

const fn default_manager_lifetime() -> u32 {
    600
}
