//! A configuration becomes a server.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jsonwebtoken::DecodingKey;

use super::certificate::Certificates;
use super::client::{ClientConfig, KeyConfig};
use super::model::{Config, ManagerConfig, UserConfig};
use crate::access_token_manager::{Manager, ResourceUri};
use crate::defects::Seams;
use crate::facts::Endpoint;
use crate::jose::algorithm::Algorithm;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::jose::keys::{ClientKeyPair, ServerKey};
use crate::registry::{
    AssertionAudience, Binding, Client, ClientKey, Pkce, Registry, Restriction, Secret,
};
use crate::server::{Lifetimes, Limits, Places, Server};
use crate::vocabulary::{AuthenticationMethod, Scope};

/// The keys that a server starts with.
#[derive(Debug)]
pub struct Keys {
    /// Its own.
    pub server: Arc<ServerKey>,
    /// Those of its access token managers, by their identifiers.
    pub managers: BTreeMap<String, Arc<ServerKey>>,
    /// The key pairs of its clients, by the name of the client.
    pub clients: BTreeMap<String, ClientKeyPair>,
    /// Public keys of its clients, and of issuers, that were registered without the private half, by name.
    pub registered: BTreeMap<String, Vec<ClientKey>>,
    /// The key pairs of the issuers that it trusts, by identifier.
    pub issuers: BTreeMap<String, ClientKeyPair>,
    /// What is known of certificates of clients.
    pub certificates: Certificates,
}

/// The server's key, those of its access token managers, and the issuers that it trusts: of JWTs, and of SAML assertions.
type Signing<'a> = (
    Arc<ServerKey>,
    &'a BTreeMap<String, Arc<ServerKey>>,
    [Vec<Arc<TrustedIssuer>>; 2],
);

impl Config {
    /// The server for this configuration at a base URL.
    #[must_use]
    pub fn build(&self, base: &str, keys: Keys, seams: Seams) -> Server {
        let Keys {
            server,
            managers,
            clients: pairs,
            mut registered,
            issuers,
            mut certificates,
        } = keys;
        let clients = self.clients.iter().map(|(name, config)| {
            let pair = config.key.as_ref().zip(pairs.get(name));
            // The private half is of the target file; the public one is fetched.
            let pair = pair.filter(|_| config.jwks_uri.is_none());
            let mut keys = pair.map_or_else(Vec::new, |(key, pair)| client_keys(key, pair));
            keys.extend(registered.remove(name).unwrap_or_default());
            keys.extend(secret_keys(config));
            let audience = config.assertion_audience.unwrap_or(self.assertion_audience);
            let mut client = self::client(name, config, keys, audience);
            client.certificate = config.certificate_rule(certificates.registered.remove(name));
            client.binding = config.binding();
            client
        });
        let clients = clients.collect();
        let trusted = [
            self.issuers(&issuers, &registered),
            self.saml_issuers(&issuers, &registered),
        ];
        let keys = (server, &managers, trusted);
        let mut server = self.server(base, clients, keys, seams);
        server.client_trust = certificates.trust;
        if let Some(base) = &certificates.mutual_tls {
            let path = &self.token_endpoint.path;
            server.audiences.push(format!("{base}{path}"));
        }
        server.mutual_tls = certificates.mutual_tls;
        server
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

    /// The issuer identifier at a base URL.
    #[must_use]
    pub fn issuer(&self, base: &str) -> String {
        let path = self.issuer_path.as_ref().map_or("", |path| &path.value);
        format!("{}{path}", self.issuer.as_deref().unwrap_or(base))
    }

    /// The paths of the metadata: of RFC 8414 §3.1 and of OpenID Connect Discovery 1.0 §4.
    #[must_use]
    pub fn metadata_paths(&self) -> [String; 2] {
        let path = self.issuer_path.as_ref().map_or("", |path| &path.value);
        [
            format!("/.well-known/oauth-authorization-server{path}"),
            format!("{path}/.well-known/openid-configuration"),
        ]
    }

    fn server(
        &self,
        base: &str,
        clients: Vec<Client>,
        (key, manager_keys, [issuers, saml_issuers]): Signing<'_>,
        seams: Seams,
    ) -> Server {
        let issuer = self.issuer(base);
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
            client_trust: None,
            mutual_tls: None,
            places,
            paths: self.path_table(),
            registry: Registry::new(clients),
            registration: self.registration.as_ref().map(|it| it.build(base)),
            nobody: Arc::new(Client::nobody()),
            managers: self
                .access_token_managers
                .iter()
                .map(|it| Arc::new(self.manager(it, manager_keys.get(&it.id).cloned())))
                .collect(),
            default_manager: default.map(|manager| manager.id.clone()),
            format: self.access_token_format,
            assertion_identifiers: self.assertion_identifiers,
            lifetimes: Lifetimes {
                access_token: self.lifetimes.access_token.into(),
                assertion: self.lifetimes.assertion,
                auth_req_id: self.lifetimes.auth_req_id.into(),
                authorization_code: self.lifetimes.authorization_code.into(),
                device_code: self.lifetimes.device_code.into(),
                refresh_token: self.lifetimes.refresh_token.into(),
                request_uri: self.lifetimes.request_uri.into(),
            },
            limits: Limits {
                content: self.limits.content,
                parameters: self.limits.parameters,
                failures: self.limits.failures,
                lock: self.limits.lock.into(),
                poll_interval: self.limits.poll_interval.into(),
            },
            resource_owner: self.resource_owner.clone(),
            users: self.users(),
            issuers,
            saml_issuers,
            exchange_targets: self.token_exchange.targets.clone(),
            resources: self.indicated(),
            token_request_redirect_uri: self.token_request_redirect_uri,
            key,
            checks: seams.checks(),
            seams,
        }
    }

    fn users(&self) -> HashMap<String, Secret> {
        let secret = |user: &UserConfig| Secret::new(user.password.clone());
        let users = self.users.iter();
        users
            .map(|(name, user)| (name.clone(), secret(user)))
            .collect()
    }

    fn places(&self, base: &str, token: String) -> Places {
        let at = |path: &str| format!("{base}{path}");
        let [metadata, _] = self.metadata_paths();
        Places {
            token,
            authorization: at(&self.paths.authorization),
            backchannel_authentication: at(&self.paths.backchannel_authentication),
            device_authorization: at(&self.paths.device_authorization),
            device_verification: at(&self.paths.device_verification),
            introspection: at(&self.paths.introspection),
            pushed_authorization: self.paths.pushed_authorization.as_deref().map(at),
            revocation: at(&self.paths.revocation),
            jwks: at(&self.paths.jwks),
            protected_resource: at(&self.paths.protected_resource),
            metadata: at(&metadata),
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
            (
                paths.backchannel_authentication.clone(),
                Endpoint::BackchannelAuthentication,
            ),
            (
                paths.backchannel_decision.clone(),
                Endpoint::BackchannelDecision,
            ),
            (
                paths.device_authorization.clone(),
                Endpoint::DeviceAuthorization,
            ),
            (
                paths.device_verification.clone(),
                Endpoint::DeviceVerification,
            ),
            (paths.introspection.clone(), Endpoint::Introspection),
            (paths.revocation.clone(), Endpoint::Revocation),
            (paths.jwks.clone(), Endpoint::Jwks),
            (
                paths.protected_resource.clone(),
                Endpoint::ProtectedResource,
            ),
        ]);
        let pushed = paths.pushed_authorization.iter();
        table.extend(pushed.map(|path| (path.clone(), Endpoint::PushedAuthorization)));
        let registration = self.registration.iter();
        table.extend(registration.map(|it| (it.path.clone(), Endpoint::Registration)));
        let metadata = self.metadata_paths().into_iter();
        table.extend(metadata.map(|path| (path, Endpoint::Metadata)));
        table
    }

    fn manager(&self, config: &ManagerConfig, key: Option<Arc<ServerKey>>) -> Manager {
        let identifier = |name: &String| self.identifier(name);
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
            key,
        }
    }
}

/// One key for each algorithm, so that each is bound to one (RFC 8725 §3.1).
pub(super) fn client_keys(config: &KeyConfig, pair: &ClientKeyPair) -> Vec<ClientKey> {
    let algorithms = std::iter::once(&config.alg.value).chain(&config.also);
    let key = |algorithm: &Algorithm| ClientKey {
        kid: Some(config.kid.clone()),
        algorithm: *algorithm,
        key: pair.public.clone(),
        pem: pair.public_pem.clone(),
    };
    algorithms.map(key).collect()
}

/// The octets of the secret as keys of HMACs: for those that are registered, else for those that it is
/// long enough for (RFC 7518 §3.2).
fn secret_keys(config: &ClientConfig) -> Vec<ClientKey> {
    let mut methods = std::iter::once(&config.auth.value).chain(&config.also_accepts);
    let by_secret = methods.any(|method| *method == AuthenticationMethod::ClientSecretJwt);
    let Some(secret) = config.secret.as_ref().filter(|_| by_secret) else {
        return Vec::new();
    };
    let key = |algorithm| ClientKey {
        kid: None,
        algorithm,
        key: DecodingKey::from_secret(secret.as_bytes()),
        pem: String::new(),
    };
    config.hmac_algorithms().map(key).collect()
}

fn client(
    name: &str,
    config: &ClientConfig,
    keys: Vec<ClientKey>,
    audience: AssertionAudience,
) -> Client {
    let text =
        |own: &Option<serde_saphyr::Spanned<String>>| own.as_ref().map(|own| own.value.clone());
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
        jwks_uri: text(&config.jwks_uri),
        saml_issuer: text(&config.saml_issuer),
        audience,
        certificate: None,
        binding: Binding::default(),
        grants: config.grants.clone(),
        scope: Scope::of(&config.scopes),
        default_scope: Scope::of(config.default_scopes.as_ref().unwrap_or(&config.scopes)),
        redirect_uris: config.redirect_uris.clone(),
        pkce: Pkce {
            demand: config.pkce,
            methods: config.challenge_methods,
        },
        default_manager: text(&config.default_access_token_manager),
        restriction,
        policy_manager: text(&config.oidc_policy_access_token_manager),
        introspects: config.introspects,
        validates: config.validates,
        delivery_mode: config.backchannel_token_delivery_mode,
        notification_endpoint: text(&config.backchannel_client_notification_endpoint),
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
