//! Registered clients, and how they authenticate.

use super::Certificate;
use crate::{
    jose::{Algorithm, SigningKey},
    secret::Secret,
    vocabulary::{AuthMethod, DeliveryMode, Grant},
};

/// A client that the target knows.
///
/// What its authentication method needs is there: a secret, a key or a certificate.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in the target file.
    pub name: String,
    /// Its `client_id`.
    pub id: String,
    /// How it authenticates at the token endpoint.
    pub auth: AuthMethod,
    /// Its secret, for the methods that use one.
    pub secret: Option<Secret>,
    /// A secret that it had once, and that must not work any more.
    pub retired_secret: Option<Secret>,
    /// Its key, for `private_key_jwt`.
    pub key: Option<ClientKey>,
    /// Its certificate, for RFC 8705.
    pub certificate: Option<Certificate>,
    /// Where the target fetches its keys, below the URL of the callback host.
    pub jwks_uri: Option<String>,
    /// How it gets the tokens of a backchannel authentication.
    pub delivery_mode: DeliveryMode,
    /// Where the target notifies it, below the URL of the callback host (CIBA Core 1.0 section 9).
    pub notification_endpoint: Option<String>,
    /// The audience of its assertions, where it is not the target's.
    pub audience: Option<String>,
    /// Whether its assertions are refused under any other algorithm than that of its key.
    pub pinned_assertion_algorithm: bool,
    /// The grants that it may use.
    pub grants: Vec<Grant>,
    /// The scopes that it may ask for.
    pub scopes: Scopes,
    /// Its redirection endpoints, compared as text (RFC 6749 section 3.1.2.3).
    pub redirect_uris: Vec<String>,
    /// The id of the access token manager that it gets tokens of where none is asked for.
    pub default_access_token_manager: Option<String>,
    /// Whether it may use no access token manager but its default.
    pub restricted: bool,
    /// The line of the target file that names it, from 1.
    pub line: usize,
}

/// A key, and how assertions name it.
#[derive(Clone, Debug)]
pub struct ClientKey {
    /// The private key; it never prints.
    pub key: SigningKey,
    /// An algorithm that fits the key.
    pub algorithm: Algorithm,
    /// The `kid` of the header.
    pub kid: Option<String>,
}

/// The scopes that a client may ask for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scopes {
    /// The same for every grant.
    All(Vec<String>),
    /// By grant; a grant that is not there has none.
    ByGrant(Vec<(Grant, Vec<String>)>),
}

impl Default for Scopes {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Scopes {
    /// The scopes for a grant, in the order of the file. A control asks for the first, an
    /// authorization for all.
    #[must_use]
    pub fn of(&self, grant: Grant) -> &[String] {
        match self {
            Self::All(scopes) => scopes,
            Self::ByGrant(all) => all
                .iter()
                .find(|(key, _)| *key == grant)
                .map_or(&[], |(_, scopes)| scopes.as_slice()),
        }
    }

    /// Every scope, for whatever grant.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let lists: Vec<&Vec<String>> = match self {
            Self::All(scopes) => vec![scopes],
            Self::ByGrant(all) => all.iter().map(|(_, scopes)| scopes).collect(),
        };
        lists.into_iter().flatten().map(String::as_str)
    }
}

impl Client {
    /// Whether it may use the grant.
    #[must_use]
    pub fn may(&self, grant: Grant) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether it authenticates: the confidential client of RFC 6749 section 2.1.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.auth != AuthMethod::None
    }

    /// The key of its assertions: its own, or its secret for an HMAC. `None`: its method has no
    /// assertion.
    #[must_use]
    pub fn assertion_key(&self) -> Option<ClientKey> {
        self.assertion_key_for(self.auth)
    }

    /// The key of the assertions that it would make by this method, which need not be its own.
    #[must_use]
    pub fn assertion_key_for(&self, method: AuthMethod) -> Option<ClientKey> {
        match method {
            AuthMethod::PrivateKeyJwt => self.key.clone(),
            AuthMethod::ClientSecretJwt => self.secret.as_ref().map(|secret| ClientKey {
                key: SigningKey::from_secret(secret),
                algorithm: Algorithm::Hs256,
                kid: None,
            }),
            AuthMethod::ClientSecretBasic
            | AuthMethod::ClientSecretPost
            | AuthMethod::Saml2ClientAuth
            | AuthMethod::TlsClientAuth
            | AuthMethod::SelfSignedTlsClientAuth
            | AuthMethod::None => None,
        }
    }

    /// Whether both have one key.
    #[must_use]
    pub fn shares_key_with(&self, other: &Self) -> bool {
        let public = |client: &Self| client.key.as_ref().and_then(|key| key.key.public_der());
        public(self).is_some() && public(self) == public(other)
    }

    /// Whether its id or secret has a character that form encoding changes: a space, `~`, `+`,
    /// anything but letters, digits and `*-._` (the rules of application/x-www-form-urlencoded).
    #[must_use]
    pub fn has_reserved_characters(&self) -> bool {
        let reserved = |text: &str| {
            text.bytes()
                .any(|octet| !(octet.is_ascii_alphanumeric() || b"*-._".contains(&octet)))
        };
        reserved(&self.id)
            || self
                .secret
                .as_ref()
                .is_some_and(|secret| reserved(secret.reveal()))
    }
}
