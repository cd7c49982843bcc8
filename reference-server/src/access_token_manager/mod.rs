//! Access token managers: which instance issues the token, as PingFederate documents it. The choice
//! is a pure function; [`ResourceUri`] compares resource URIs by RFC 3986.

mod choose;
mod resource_uri;

pub use choose::{Abort, Asker, Choice, OpenId, choose, is_eligible};
pub use resource_uri::{Match, ResourceUri};

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::jose::keys::ServerKey;
use crate::vocabulary::GrantType;

/// A configured instance.
#[derive(Clone, Debug)]
pub struct Manager {
    /// Its identifier, compared letter by letter.
    pub id: String,
    /// The resource URIs that lead to it, as configured and as compared.
    pub resources: Vec<(String, ResourceUri)>,
    /// The identifiers of the clients that may use it; none: all.
    pub clients: Option<Vec<String>>,
    /// The grants that it has an attribute mapping for; none: all. A refresh counts as the grant
    /// that the refresh token came from.
    pub grants: Option<Vec<GrantType>>,
    /// What its tokens look like.
    pub format: TokenFormat,
    /// How long its tokens live, in seconds.
    pub lifetime: u64,
    /// More claims of its tokens, or members of the introspection answer.
    pub claims: Map<String, Value>,
    /// The key that signs its JWTs; none: that of the server.
    pub key: Option<Arc<ServerKey>>,
}

/// What an access token looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// A signed JWT (RFC 9068).
    Jwt,
    /// A random text that means nothing to the client.
    #[default]
    Opaque,
}

/// The parameters of a request that choose an instance. Empty values count as not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagerRequest {
    /// `access_token_manager_id`.
    pub id: Option<String>,
    /// `aud`.
    pub aud: Option<String>,
    /// `resource`, repeatable.
    pub resources: Vec<String>,
}

impl ManagerRequest {
    /// A request for the instance with this identifier.
    #[must_use]
    pub const fn by_id(id: String) -> Self {
        Self {
            id: Some(id),
            aud: None,
            resources: Vec::new(),
        }
    }

    /// Whether it has none of the three.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.id.is_none() && self.aud.is_none() && self.resources.is_empty()
    }
}
