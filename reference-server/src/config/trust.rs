//! What a configuration file says about assertions and tokens of others, and the exchange of tokens.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::client::KeyConfig;
use super::model::Config;
use crate::jose::algorithm::Algorithm;
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

/// An issuer whose SAML assertions are grants (RFC 7522 §2.1), and authenticate the clients that name it (§2.2).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlIssuerConfig {
    /// Its identifier: the element `Issuer`.
    pub issuer: String,
    /// Its key.
    pub key: SamlKeyConfig,
    /// For whom it may speak in a grant; absent: for anybody.
    #[serde(default)]
    pub subjects: Option<Vec<String>>,
}

/// The key of an issuer of SAML assertions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlKeyConfig {
    /// The algorithm that it signs with, by its JOSE name: one of RSASSA-PKCS1-v1_5 or ECDSA.
    pub alg: Spanned<Algorithm>,
    /// A file in PEM with the private key (PKCS#8), the public key or a certificate; absent: a key pair is made at start.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

impl SamlIssuerConfig {
    /// The name of its keys among those of clients and other issuers.
    pub(crate) fn key_name(&self) -> String {
        format!("SAML issuer {}", self.issuer)
    }

    /// Its key as clients have theirs.
    pub(crate) fn key(&self) -> KeyConfig {
        KeyConfig {
            alg: self.key.alg.clone(),
            also: Vec::new(),
            kid: String::new(),
            file: self.key.file.clone(),
        }
    }
}

/// What tokens are exchanged for (RFC 8693 §2.1).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenExchangeConfig {
    /// The values that `audience` and `resource` may have.
    pub targets: Vec<String>,
}

impl Config {
    /// The issuers of SAML assertions with their keys.
    pub(super) fn saml_issuers(
        &self,
        pairs: &BTreeMap<String, ClientKeyPair>,
        registered: &BTreeMap<String, Vec<ClientKey>>,
    ) -> Vec<Arc<TrustedIssuer>> {
        let trusted = |config: &SamlIssuerConfig| {
            let identity = (&config.issuer, &config.subjects);
            let keys = (config.key_name(), config.key());
            Arc::new(trusted(identity, &keys, pairs, registered))
        };
        self.saml_issuers.iter().map(trusted).collect()
    }

    /// Leaves out what a build without SAML can't serve.
    pub(super) fn leave_out_saml(&mut self) {
        self.saml_issuers.clear();
        self.clients.retain(|_, client| client.saml_key().is_none());
    }

    /// The issuers with their keys.
    pub(super) fn issuers(
        &self,
        pairs: &BTreeMap<String, ClientKeyPair>,
        registered: &BTreeMap<String, Vec<ClientKey>>,
    ) -> Vec<Arc<TrustedIssuer>> {
        let trusted = |config: &TrustedIssuerConfig| {
            let identity = (&config.issuer, &config.subjects);
            let keys = (config.issuer.clone(), config.key.clone());
            Arc::new(trusted(identity, &keys, pairs, registered))
        };
        self.trusted_issuers.iter().map(trusted).collect()
    }
}

/// An issuer with its keys: those that were made for it and those that were read, by the name that they go by.
fn trusted(
    (issuer, subjects): (&String, &Option<Vec<String>>),
    (name, key): &(String, KeyConfig),
    pairs: &BTreeMap<String, ClientKeyPair>,
    registered: &BTreeMap<String, Vec<ClientKey>>,
) -> TrustedIssuer {
    let pair = pairs.get(name);
    let made = pair.map(|pair| super::build::client_keys(key, pair));
    let read = registered.get(name).cloned();
    TrustedIssuer {
        issuer: issuer.clone(),
        keys: made.into_iter().chain(read).flatten().collect(),
        subjects: subjects.clone(),
    }
}
