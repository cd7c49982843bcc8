//! How a client authenticates: one method, one file.

pub mod client_secret_basic;
pub mod client_secret_jwt;
pub mod client_secret_post;
pub mod none;
pub mod private_key_jwt;
pub mod saml2_client_auth;
pub mod self_signed_tls_client_auth;
pub mod tls_client_auth;

use crate::checks::Group;
use crate::facts::Presented;
use crate::vocabulary::AuthenticationMethod;

/// A client authentication method.
pub struct Method {
    /// Its name.
    pub method: AuthenticationMethod,
    /// Whether a request tries it.
    pub presented: fn(&Presented) -> bool,
    /// The client that it names.
    pub client_id: fn(&Presented) -> Option<&str>,
    /// What has to hold.
    pub group: Group,
}

impl std::fmt::Debug for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.method.as_str())
    }
}

/// All methods. Where a request tries several, the first of them counts once `OneAuthenticationMethod`
/// is skipped.
pub const METHODS: &[Method] = &[
    client_secret_basic::METHOD,
    private_key_jwt::METHOD,
    client_secret_jwt::METHOD,
    saml2_client_auth::METHOD,
    client_secret_post::METHOD,
    tls_client_auth::METHOD,
    self_signed_tls_client_auth::METHOD,
    none::METHOD,
];

/// The methods that a request tries; empty if it only names itself.
#[must_use]
pub fn presented(presented: &Presented) -> Vec<AuthenticationMethod> {
    METHODS
        .iter()
        .filter(|method| (method.presented)(presented))
        .map(|method| method.method)
        .collect()
}

/// The client that a method names.
#[must_use]
pub fn client_id(method: AuthenticationMethod, presented: &Presented) -> Option<&str> {
    METHODS
        .iter()
        .find(|row| row.method == method)
        .and_then(|row| (row.client_id)(presented))
}
