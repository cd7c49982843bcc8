//! Configuration: YAML, checked as strictly as the harness checks target files. The embedded
//! configurations are documentation too.

mod build;
mod certificate;
mod client;
mod diagnostic;
mod model;
mod paths;
mod places;
mod registration;
mod resource;
mod sanity;
mod scheme;
mod store;
mod trust;
mod validate;

pub use build::Keys;
pub use certificate::{CertificateConfig, Certificates};
pub use client::{ClientConfig, KeyConfig};
pub use diagnostic::ConfigError;
pub use model::{
    Config, LifetimeConfig, LimitConfig, ManagerConfig, SigningKeyConfig, TokenEndpointConfig,
    UserConfig,
};
pub use paths::EndpointPaths;
pub use registration::RegistrationConfig;
pub use resource::ResourceConfig;
pub use scheme::{ApplicationProtocol, Scheme};
pub use store::StoreConfig;
pub use trust::{SamlIssuerConfig, SamlKeyConfig, TokenExchangeConfig, TrustedIssuerConfig};

const EMBEDDED: &[(&str, &str)] = &[
    ("bis", include_str!("../../config/bis.yaml")),
    ("mtls", include_str!("../../config/mtls.yaml")),
    ("oauth2.0", include_str!("../../config/oauth2.0.yaml")),
    ("oauth2.1", include_str!("../../config/oauth2.1.yaml")),
    (
        "pingfederate",
        include_str!("../../config/pingfederate.yaml"),
    ),
    ("pingone", include_str!("../../config/pingone.yaml")),
    ("tls", include_str!("../../config/tls.yaml")),
];

/// The names of the embedded configurations.
pub fn embedded_names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(name, _)| *name)
}

impl Config {
    /// The embedded configuration with this name.
    ///
    /// # Errors
    /// When there is none; the tests show that each of them can be read.
    pub fn embedded(name: &str) -> Result<Self, ConfigError> {
        let found = EMBEDDED.iter().find(|(known, _)| *known == name);
        let (known, text) = found.ok_or_else(|| ConfigError::no_embedded(name))?;
        let mut config = Self::read(text, known)?;
        if !crate::saml::IS_BUILT_IN {
            config.leave_out_saml();
        }
        config.checked(text, known)
    }

    /// Reads a configuration; `source` names it in messages.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str, source: &str) -> Result<Self, ConfigError> {
        Self::read(text, source)?.checked(text, source)
    }

    fn read(text: &str, source: &str) -> Result<Self, ConfigError> {
        serde_saphyr::from_str_with_options(text, diagnostic::options())
            .map_err(|error| ConfigError::from_yaml(&error, source))
    }

    fn checked(self, text: &str, source: &str) -> Result<Self, ConfigError> {
        validate::check(&self)
            .and_then(|()| sanity::check(&self))
            .map_err(|problem| problem.in_file(source, text))?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
