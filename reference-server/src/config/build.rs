//! A configuration becomes a server.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{ClientConfig, Config, KeyConfig, ManagerConfig};
use crate::defects::Seams;
use crate::facts::Endpoint;
use crate::jose::keys::{ClientKeyPair, KeyError, ServerKey};
use crate::manager::{Manager, ResourceUri};
use crate::registry::{Client, ClientKey, Introspects, Pkce, Registry, Restriction, Secret};
use crate::server::{Lifetimes, Limits, Places, Server};
use crate::vocabulary::Scope;

/// What clients hold and the server does not keep: their key pairs, by client name.
pub type ClientSecrets = BTreeMap<String, ClientKeyPair>;

/// A configuration can't be served.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A key can't be made or read.
    #[error("the key of client `{client}` can't be used: {error}")]
    Key {
        /// The client.
        client: String,
        /// Why.
        error: KeyError,
    },
    /// A key file can't be read.
    #[error("the key of client `{client}` can't be read: {error}")]
    KeyFile {
        /// The client.
        client: String,
        /// Why.
        error: std::io::Error,
    },
    /// The server's own key can't be made.
    #[error("the key of the server can't be made: {0}")]
    ServerKey(KeyError),
}

impl Config {
    /// The server for this configuration at a base URL, and the keys of its clients.
    ///
    /// # Errors
    /// When a key can't be made or read.
    pub fn build(&self, base: &str, seams: Seams) -> Result<(Server, ClientSecrets), BuildError> {
        let mut secrets = ClientSecrets::new();
        let mut clients = Vec::new();
        for (name, client) in &self.clients {
            let mut keys = Vec::new();
            if let Some(key) = &client.key {
                let pair = key_pair(name, key)?;
                let (kid, algorithm) = (key.kid.clone(), key.alg);
                keys.push(ClientKey {
                    kid,
                    algorithm,
                    key: pair.public.clone(),
                });
                secrets.insert(name.clone(), pair);
            }
            clients.push(self.client(name, client, keys));
        }
        let key = ServerKey::generate("server-1").map_err(BuildError::ServerKey)?;
        Ok((self.server(base, clients, key, seams), secrets))
    }

    /// All URLs of the token endpoint; the one that is published first.
    #[must_use]
    pub fn token_endpoints(&self, base: &str) -> Vec<String> {
        let endpoint = &self.token_endpoint;
        let paths = || std::iter::once(&endpoint.path).chain(&endpoint.further_paths);
        let own = paths().map(|path| format!("{base}{path}"));
        let hosts = endpoint.base_host.iter().chain(&endpoint.virtual_hosts);
        let others = hosts.map(|host| format!("{}{}", with_host(base, host), endpoint.path));
        own.chain(others).collect()
    }

    fn server(&self, base: &str, clients: Vec<Client>, key: ServerKey, seams: Seams) -> Server {
        let issuer = self.issuer.clone().unwrap_or_else(|| base.to_owned());
        let token_endpoints = self.token_endpoints(base);
        let places = self.places(base, token_endpoints.first().cloned().unwrap_or_default());
        let default = self
            .access_token_managers
            .iter()
            .find(|manager| manager.default);
        let realm = "token endpoint".to_owned();
        Server {
            challenge: format!("Basic realm=\"{realm}\", charset=\"UTF-8\""),
            realm,
            audiences: std::iter::once(issuer.clone())
                .chain(token_endpoints)
                .collect(),
            issuer,
            places,
            paths: self.path_table(),
            registry: Registry::new(clients),
            nobody: Arc::new(nobody()),
            managers: self
                .access_token_managers
                .iter()
                .map(|it| Arc::new(self.manager(it)))
                .collect(),
            default_manager: default.map(|manager| manager.id.clone()),
            format: self.access_token_format,
            lifetimes: Lifetimes {
                access_token: self.lifetimes.access_token.into(),
                assertion: self.lifetimes.assertion,
                authorization_code: self.lifetimes.authorization_code.into(),
                refresh_token: self.lifetimes.refresh_token.into(),
            },
            limits: Limits {
                content: self.limits.content,
                parameters: self.limits.parameters,
            },
            resource_owner: self.resource_owner.clone(),
            key,
            checks: seams.checks(),
            seams,
        }
    }

    fn places(&self, base: &str, token: String) -> Places {
        let at = |path: &str| format!("{base}{path}");
        Places {
            token,
            authorization: at(&self.paths.authorization),
            introspection: at(&self.paths.introspection),
            revocation: at(&self.paths.revocation),
            jwks: at(&self.paths.jwks),
            protected_resource: at(&self.paths.protected_resource),
            metadata: at("/.well-known/oauth-authorization-server"),
        }
    }

    fn path_table(&self) -> Vec<(String, Endpoint)> {
        let endpoint = &self.token_endpoint;
        let paths = &self.paths;
        let token = std::iter::once(&endpoint.path).chain(&endpoint.further_paths);
        let mut table: Vec<(String, Endpoint)> =
            token.map(|path| (path.clone(), Endpoint::Token)).collect();
        table.extend([
            (paths.authorization.clone(), Endpoint::Authorization),
            (paths.introspection.clone(), Endpoint::Introspection),
            (paths.revocation.clone(), Endpoint::Revocation),
            (paths.jwks.clone(), Endpoint::Jwks),
            (
                paths.protected_resource.clone(),
                Endpoint::ProtectedResource,
            ),
            (
                "/.well-known/oauth-authorization-server".to_owned(),
                Endpoint::Metadata,
            ),
            (
                "/.well-known/openid-configuration".to_owned(),
                Endpoint::Metadata,
            ),
        ]);
        table
    }

    fn client(&self, name: &str, config: &ClientConfig, keys: Vec<ClientKey>) -> Client {
        let manager =
            |id: &Option<serde_saphyr::Spanned<String>>| id.as_ref().map(|id| id.value.clone());
        let mut methods = vec![config.auth.value];
        methods.extend(&config.also_accepts);
        let restriction = if config.restricted {
            Restriction::ToDefault
        } else {
            Restriction::None
        };
        Client {
            id: config.id.clone().unwrap_or_else(|| name.to_owned()),
            name: name.to_owned(),
            methods,
            secret: config.secret.clone().map(Secret::new),
            retired_secret: config.retired_secret.clone().map(Secret::new),
            keys,
            grants: config.grants.clone(),
            scope: Scope::of(&config.scopes),
            default_scope: Scope::of(config.default_scopes.as_ref().unwrap_or(&config.scopes)),
            redirect_uris: config.redirect_uris.clone(),
            pkce: Pkce {
                demand: config.pkce,
                methods: config.challenge_methods,
            },
            default_manager: manager(&config.default_access_token_manager),
            restriction,
            policy_manager: manager(&config.oidc_policy_access_token_manager),
            introspects: config.introspects,
        }
    }

    fn manager(&self, config: &ManagerConfig) -> Manager {
        let identifier = |name: &String| {
            let client = self.clients.get(name);
            client
                .and_then(|client| client.id.clone())
                .unwrap_or_else(|| name.clone())
        };
        let resources = config.resources.iter().filter_map(|uri| {
            ResourceUri::parse(&uri.value).map(|parsed| (uri.value.clone(), parsed))
        });
        Manager {
            id: config.id.clone(),
            resources: resources.collect(),
            clients: config
                .clients
                .as_ref()
                .map(|clients| clients.iter().map(|name| identifier(&name.value)).collect()),
            grants: config.grants.clone(),
            format: config.format,
            lifetime: config.lifetime.into(),
            claims: config.claims.clone(),
        }
    }
}

/// The same base URL at another host.
fn with_host(base: &str, host: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
    match rest.rsplit_once(':') {
        Some((_, port)) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

fn key_pair(client: &str, config: &KeyConfig) -> Result<ClientKeyPair, BuildError> {
    let client = || client.to_owned();
    let pair = match &config.file {
        None => ClientKeyPair::generate(config.alg),
        Some(file) => {
            let pem = std::fs::read_to_string(file).map_err(|error| BuildError::KeyFile {
                client: client(),
                error,
            })?;
            ClientKeyPair::from_pem(&pem, config.alg)
        }
    };
    pair.map_err(|error| BuildError::Key {
        client: client(),
        error,
    })
}

/// The client of a request that none was found for.
fn nobody() -> Client {
    Client {
        id: "nobody".to_owned(),
        name: "nobody".to_owned(),
        methods: Vec::new(),
        secret: None,
        retired_secret: None,
        keys: Vec::new(),
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
    }
}
