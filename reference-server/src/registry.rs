//! Registered clients.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use subtle::ConstantTimeEq;

use crate::jose::algorithm::Algorithm;
use crate::opaque::opaque_debug;
use crate::vocabulary::{AuthenticationMethod, GrantType, Scope};
use crate::x509::certificate::CertificateRule;

/// A registered client (RFC 6749 §2).
#[derive(Debug)]
pub struct Client {
    /// Its identifier on the wire.
    pub id: String,
    /// Its name in the configuration.
    pub name: String,
    /// The ways in which it may authenticate; one, or both secret methods where the configuration
    /// allows both.
    pub methods: Vec<AuthenticationMethod>,
    /// Its secret, if it has one.
    pub secret: Option<Secret>,
    /// A secret that was replaced and holds no longer.
    pub retired_secret: Option<Secret>,
    /// Its public keys.
    pub keys: Vec<ClientKey>,
    /// Where its JWK set is fetched (RFC 7591 §2).
    pub jwks_uri: Option<String>,
    /// Whose SAML assertions authenticate it (RFC 7522 §2.2).
    pub saml_issuer: Option<String>,
    /// What its certificate has to be.
    pub certificate: Option<CertificateRule>,
    /// Whether its access tokens are bound to the certificate of the connection (RFC 8705 §3).
    pub binding: Binding,
    /// Whom its assertions may name as audience.
    pub audience: AssertionAudience,
    /// The grants that it may use.
    pub grants: Vec<GrantType>,
    /// The scope that it may ask for.
    pub scope: Scope,
    /// The scope that it gets if it asks for none.
    pub default_scope: Scope,
    /// Its registered redirection endpoints.
    pub redirect_uris: Vec<String>,
    /// What PKCE is to it.
    pub pkce: Pkce,
    /// Its default access token manager.
    pub default_manager: Option<String>,
    /// Whether it may use any other.
    pub restriction: Restriction,
    /// The access token manager of its OpenID Connect policy.
    pub policy_manager: Option<String>,
    /// Whose tokens the introspection endpoint shows it.
    pub introspects: Introspects,
    /// Of which access token managers it may validate tokens without naming one.
    pub validates: Validates,
    /// How it gets the tokens of a backchannel authentication.
    pub delivery_mode: DeliveryMode,
    /// Where it is notified of the end of one (CIBA Core §9).
    pub notification_endpoint: Option<String>,
}

impl Client {
    /// The client of a request that none was found for.
    pub(crate) fn nobody() -> Self {
        Self {
            id: "nobody".to_owned(),
            name: "nobody".to_owned(),
            methods: Vec::new(),
            secret: None,
            retired_secret: None,
            keys: Vec::new(),
            jwks_uri: None,
            saml_issuer: None,
            audience: AssertionAudience::default(),
            certificate: None,
            binding: Binding::default(),
            grants: Vec::new(),
            scope: Scope::default(),
            default_scope: Scope::default(),
            redirect_uris: Vec::new(),
            pkce: Pkce {
                demand: Default::default(),
                methods: Default::default(),
            },
            default_manager: None,
            restriction: Restriction::None,
            policy_manager: None,
            introspects: Introspects::Own,
            validates: Validates::Selected,
            delivery_mode: DeliveryMode::Poll,
            notification_endpoint: None,
        }
    }

    /// Whether it has nothing to authenticate with (RFC 6749 §2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.methods == [AuthenticationMethod::None]
    }
}

/// How a client gets the tokens of a backchannel authentication (CIBA Core §4, §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMode {
    /// It is notified when they are there, and gets them at the token endpoint. It may ask there before.
    Ping,
    /// It asks for them at the token endpoint.
    #[default]
    Poll,
    /// They are sent to it, and it may not ask.
    Push,
}

impl DeliveryMode {
    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Poll => "poll",
            Self::Push => "push",
        }
    }

    /// Whether it is notified (CIBA Core §9).
    #[must_use]
    pub const fn is_notified(self) -> bool {
        match self {
            Self::Ping | Self::Push => true,
            Self::Poll => false,
        }
    }
}

/// Of which access token managers a client may validate tokens (`validate_bearer`) without naming one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validates {
    /// Of all that it may use.
    AllEligible,
    /// Of the one that the request leads to.
    #[default]
    Selected,
}

/// Whether access tokens are bound to a certificate (RFC 8705 §3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Binding {
    /// To that of the connection, if there is one.
    Certificate,
    /// They are not.
    #[default]
    None,
}

/// Whom a client assertion may name as audience (RFC 7523 §3 item 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// The issuer, or any location of the token endpoint; it may be one of several audiences.
    #[default]
    AnyLocation,
    /// The issuer and nobody else (draft-ietf-oauth-rfc7523bis).
    IssuerOnly,
}

/// What PKCE (RFC 7636) is to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pkce {
    /// Whether an authorization request needs a challenge.
    pub demand: PkceDemand,
    /// Which methods it may use.
    pub methods: PkceMethods,
}

/// Whether an authorization request needs a challenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PkceDemand {
    /// It may come without one.
    #[default]
    Optional,
    /// It is refused without one.
    Required,
}

/// The challenge methods that a client may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PkceMethods {
    /// S256 and plain.
    PlainToo,
    /// S256 alone.
    #[default]
    S256Only,
}

/// Whether a client may use other access token managers than its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// It may.
    None,
    /// It may not.
    ToDefault,
}

/// Whose tokens the introspection endpoint shows to a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Introspects {
    /// Everybody's: it is a resource server.
    All,
    /// Its own; all others look inactive.
    #[default]
    Own,
}

/// A client secret. It never prints.
#[derive(Clone)]
pub struct Secret(String);

opaque_debug!(Secret, ClientKey, Registry);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Compares in time that does not depend on where the difference is.
    #[must_use]
    pub fn matches(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// The text, for sloppy comparisons and the target file.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A public key of a client, bound to one algorithm (RFC 8725 §3.1).
#[derive(Clone)]
pub struct ClientKey {
    /// Its key identifier; without one it verifies whatever `kid` says.
    pub kid: Option<String>,
    /// The only algorithm it may be used with.
    pub algorithm: Algorithm,
    /// The key.
    pub key: DecodingKey,
    /// The key as PEM, as the client registered it; empty for a secret and for a JWK.
    pub pem: String,
}

/// All registered clients by identifier.
#[derive(Default)]
pub struct Registry {
    clients: HashMap<String, Arc<Client>>,
    grants: BTreeSet<GrantType>,
}

impl Registry {
    /// Registers clients. Of two with one identifier the later wins; the configuration refuses that.
    #[must_use]
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Self {
        let clients: HashMap<_, _> = clients
            .into_iter()
            .map(|client| (client.id.clone(), Arc::new(client)))
            .collect();
        let grants = clients
            .values()
            .flat_map(|client| client.grants.iter().copied())
            .collect();
        Self { clients, grants }
    }

    /// Whether any client may use the grant.
    #[must_use]
    pub fn may(&self, grant_type: GrantType) -> bool {
        self.grants.contains(&grant_type)
    }

    /// The client with exactly this identifier.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<Arc<Client>> {
        self.clients.get(id).cloned()
    }

    /// Whether the keys of any client are fetched.
    #[must_use]
    pub fn fetches(&self) -> bool {
        self.clients
            .values()
            .any(|client| client.jwks_uri.is_some())
    }

    /// All clients, in no order.
    pub fn clients(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.clients.values()
    }
}
