//! What a configuration file says about clients that register themselves (RFC 7591).

use serde::Deserialize;

use crate::registration::Registration;
use crate::vocabulary::{GrantType, Scope};

/// Clients that register themselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationConfig {
    /// The path of the registration endpoint; one path segment below it is each client's own (RFC 7592).
    pub path: String,
    /// The grants that they may have.
    pub grants: Vec<GrantType>,
    /// The scope values that they may have.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// For how many seconds they are registered.
    #[serde(default = "a_day")]
    pub lifetime: u32,
}

impl RegistrationConfig {
    /// What clients may register themselves for, at a base URL.
    pub(super) fn build(&self, base: &str) -> Registration {
        Registration {
            place: format!("{base}{}", self.path),
            path: self.path.clone(),
            grants: self.grants.clone(),
            scope: Scope::of(&self.scopes),
            lifetime: self.lifetime.into(),
        }
    }
}

const fn a_day() -> u32 {
    24 * 3600
}
