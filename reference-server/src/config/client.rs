//! Clients, as a configuration has them.

use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::certificate::CertificateConfig;
use crate::jose::algorithm::{Algorithm, KeyKind};
use crate::opaque::opaque_debug;
use crate::registry::{
    AssertionAudience, DeliveryMode, Introspects, PkceDemand, PkceMethods, Validates,
};
use crate::vocabulary::{AuthenticationMethod, GrantType};

/// A client.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfig {
    /// Its identifier on the wire; absent: its name.
    pub id: Option<String>,
    /// The way in which it authenticates.
    pub auth: Spanned<AuthenticationMethod>,
    /// More ways in which it may.
    #[serde(default)]
    pub also_accepts: Vec<AuthenticationMethod>,
    /// Its secret.
    pub secret: Option<String>,
    /// A secret that holds no longer.
    #[serde(default)]
    pub retired_secret: Option<String>,
    /// Its key.
    #[serde(default)]
    pub key: Option<KeyConfig>,
    /// A file with its JWK set, beside `key` or instead of it.
    #[serde(default)]
    pub jwks: Option<Spanned<PathBuf>>,
    /// Where its JWK set is fetched (plain HTTP); `{callback_host}` at its beginning is the host that the harness plays.
    #[serde(default)]
    pub jwks_uri: Option<Spanned<String>>,
    /// Whose SAML assertions authenticate it, for `saml2_client_auth`: one of `saml_issuers`.
    #[serde(default)]
    pub saml_issuer: Option<Spanned<String>>,
    /// What its certificate has to be, for `tls_client_auth` and `self_signed_tls_client_auth`.
    #[serde(default)]
    pub certificate: Option<CertificateConfig>,
    /// Whether its access tokens are bound to the certificate of the connection (RFC 8705 §3); absent: those of
    /// clients that authenticate with one are.
    #[serde(default)]
    pub certificate_bound_tokens: Option<bool>,
    /// What its assertions may be signed with, where `key` does not say it: for client_secret_jwt, and for
    /// keys of `jwks` without `alg`.
    #[serde(default)]
    pub assertion_algorithms: Vec<Spanned<Algorithm>>,
    /// Whom its assertions may name as audience; absent: as for all clients.
    #[serde(default)]
    pub assertion_audience: Option<AssertionAudience>,
    /// The grants that it may use.
    #[serde(default)]
    pub grants: Vec<GrantType>,
    /// The scope values that it may ask for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The scope that it gets if it names none; absent: all that it may ask for.
    #[serde(default)]
    pub default_scopes: Option<Vec<String>>,
    /// Its redirection endpoints.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Whether it has to use PKCE.
    #[serde(default)]
    pub pkce: PkceDemand,
    /// The challenge methods that it may use.
    #[serde(default)]
    pub challenge_methods: PkceMethods,
    /// Its default access token manager.
    #[serde(default)]
    pub default_access_token_manager: Option<Spanned<String>>,
    /// Whether it may use no other.
    #[serde(default)]
    pub restricted: bool,
    /// The access token manager of its OpenID Connect policy.
    #[serde(default)]
    pub oidc_policy_access_token_manager: Option<Spanned<String>>,
    /// Whose tokens the introspection endpoint shows it.
    #[serde(default)]
    pub introspects: Introspects,
    /// Of which access token managers it may validate tokens without naming one.
    #[serde(default)]
    pub validates: Validates,
    /// How it gets the tokens of a backchannel authentication (CIBA Core §4).
    #[serde(default)]
    pub backchannel_token_delivery_mode: DeliveryMode,
    /// Where it is notified in the modes ping and push (plain HTTP); `{callback_host}` at its beginning as in `jwks_uri`.
    #[serde(default)]
    pub backchannel_client_notification_endpoint: Option<Spanned<String>>,
}

opaque_debug!(ClientConfig);

impl ClientConfig {
    /// The key of its entry that a build without SAML can't serve.
    pub(crate) fn saml_key(&self) -> Option<&'static str> {
        if self.grants.contains(&GrantType::Saml2Bearer) {
            return Some("grants");
        }
        let mut methods = std::iter::once(&self.auth.value).chain(&self.also_accepts);
        let tried = methods.any(|method| *method == AuthenticationMethod::Saml2ClientAuth);
        tried.then_some("auth")
    }

    /// The HMACs that its assertions may have: those that it is registered for, else those that its secret
    /// is long enough for.
    pub fn hmac_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let length = self.secret.as_ref().map_or(0, String::len);
        let registered = &self.assertion_algorithms;
        KeyKind::Secret.algorithms().filter(move |algorithm| {
            let listed = registered.iter().any(|own| own.value == *algorithm);
            listed || registered.is_empty() && algorithm.hash_length() <= length
        })
    }
}

/// A key of a client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// The algorithm that it is registered for.
    pub alg: Spanned<Algorithm>,
    /// More algorithms that the client may sign with; none: it is pinned to that one.
    #[serde(default)]
    pub also: Vec<Algorithm>,
    /// Its identifier.
    pub kid: String,
    /// A file in PEM with the private key (PKCS#8), the public key or a certificate; absent: a key pair is
    /// made at start. Only a client whose private key is known has a place in the target file.
    #[serde(default)]
    pub file: Option<PathBuf>,
}
