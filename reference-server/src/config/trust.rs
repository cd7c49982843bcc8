//! What a configuration file says about assertions and tokens of others, and the exchange of tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::model::{Config, KeyConfig};
use crate::jose::grant_assertion::TrustedIssuer;
use crate::jose::keys::ClientKeyPair;
use crate::registry::ClientKey;

/// An issuer whose assertions are grants (RFC 7523 §2.1), or can be exchanged (RFC 8693).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuerConfig {
    /// Its identifier: the claim `iss`.
    pub issuer: String,
    /// Its key.
    pub key: KeyConfig,
    /// For whom it may speak; absent: for anybody.
    #[serde(default)]
    pub subjects: Option<Vec<String>>,
}

/// What tokens are exchanged for (RFC 8693 §2.1).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenExchangeConfig {
    /// The values that `audience` and `resource` may have.
    pub targets: Vec<String>,
}

impl Config {
    /// The issuers with their keys.
    pub(super) fn issuers(
        &self,
        pairs: &BTreeMap<String, ClientKeyPair>,
        registered: &BTreeMap<String, Vec<ClientKey>>,
    ) -> Vec<Arc<TrustedIssuer>> {
        let trusted = |config: &TrustedIssuerConfig| {
            let pair = pairs.get(&config.issuer);
            let made = pair.map(|pair| super::build::client_keys(&config.key, pair));
            let read = registered.get(&config.issuer).cloned();
            Arc::new(TrustedIssuer {
                issuer: config.issuer.clone(),
                keys: made.into_iter().chain(read).flatten().collect(),
                subjects: config.subjects.clone(),
            })
        };
        self.trusted_issuers.iter().map(trusted).collect()
    }
}
