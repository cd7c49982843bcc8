//! Values that are of the right type and make no sense.

use std::collections::BTreeSet;

use super::client::ClientConfig;
use super::diagnostic::Problem;
use super::model::{Config, ManagerConfig};
use super::paths::EndpointPaths;
use super::places::Key;
use crate::access_token_manager::ResourceUri;
use crate::jose::algorithm::{Algorithm, KeyKind};

type Checked = Result<(), Problem>;

/// Claims that the server sets by itself.
const OWN_CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "client_id",
    "iat",
    "exp",
    "jti",
    "scope",
    "act",
    "cnf",
];

pub(super) fn check(config: &Config) -> Checked {
    issuer(config)?;
    paths(config)?;
    hosts(config)?;
    numbers(config)?;
    store(config)?;
    if let Some(key) = &config.signing_key {
        signing(key.alg, Key::Section("signing_key", "alg"))?;
    }
    for (place, manager) in config.access_token_managers.iter().enumerate() {
        self::manager(place, manager)?;
    }
    distinct_managers(config)?;
    saml(config)?;
    config
        .clients
        .iter()
        .try_for_each(|(name, client)| self::client(name, client))
}

fn problem(key: Key, message: impl Into<String>) -> Checked {
    Err(Problem::of(key, message.into()))
}

/// RFC 8414 §2: no query, no fragment.
fn issuer(config: &Config) -> Checked {
    if let Some(issuer) = &config.issuer {
        let web = issuer.starts_with("https://") || issuer.starts_with("http://");
        if !web || issuer.contains(['?', '#']) || ResourceUri::parse(issuer).is_none() {
            let message =
                format!("`{issuer}` is no issuer: an https URL without query and fragment");
            return problem(Key::Top("issuer"), message);
        }
    }
    match &config.issuer_path {
        Some(path) if !path.value.starts_with('/') || path.value.ends_with('/') => {
            let message = format!(
                "`{}` has to begin with a slash and end without one",
                path.value
            );
            problem(Key::Top("issuer_path"), message)
        }
        Some(_) | None => Ok(()),
    }
}

/// Every path is absolute, and is that of one endpoint.
fn paths(config: &Config) -> Checked {
    let mut seen: BTreeSet<String> = config.metadata_paths().into_iter().collect();
    for (key, path) in all_paths(config) {
        if !path.starts_with('/') || path.contains(['?', '#', ' ']) {
            let message = format!("`{path}` is no path: it begins with a slash and has no query");
            return problem(key, message);
        }
        if !seen.insert(path.to_owned()) {
            return problem(key, format!("another endpoint is at `{path}`"));
        }
    }
    Ok(())
}

fn all_paths(config: &Config) -> Vec<(Key, &String)> {
    let EndpointPaths {
        authorization,
        backchannel_authentication,
        backchannel_decision,
        device_authorization,
        device_verification,
        introspection,
        jwks,
        protected_resource,
        pushed_authorization,
        revocation,
    } = &config.paths;
    let endpoint = &config.token_endpoint;
    let of_token = |key| Key::Section("token_endpoint", key);
    let mut all = vec![(of_token("path"), &endpoint.path)];
    let further = endpoint.further_paths.iter();
    all.extend(further.map(|path| (of_token("further_paths"), path)));
    let others = [
        ("authorization", authorization),
        ("backchannel_authentication", backchannel_authentication),
        ("backchannel_decision", backchannel_decision),
        ("device_authorization", device_authorization),
        ("device_verification", device_verification),
        ("introspection", introspection),
        ("jwks", jwks),
        ("protected_resource", protected_resource),
        ("revocation", revocation),
    ];
    all.extend(others.map(|(key, path)| (Key::Section("paths", key), path)));
    let pushed = pushed_authorization.iter();
    all.extend(pushed.map(|path| (Key::Section("paths", "pushed_authorization"), path)));
    let registration = config.registration.iter();
    all.extend(registration.map(|it| (Key::Section("registration", "path"), &it.path)));
    all
}

fn hosts(config: &Config) -> Checked {
    let endpoint = &config.token_endpoint;
    let virtual_hosts = endpoint
        .virtual_hosts
        .iter()
        .map(|host| ("virtual_hosts", host));
    let base = endpoint.base_host.iter().map(|host| ("base_host", host));
    for (key, host) in virtual_hosts.chain(base) {
        let allowed = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'.';
        if host.is_empty() || !host.bytes().all(allowed) {
            let message = format!("`{host}` is no host name: without scheme, port and path");
            return problem(Key::Section("token_endpoint", key), message);
        }
    }
    Ok(())
}

fn numbers(config: &Config) -> Checked {
    let (lifetimes, limits) = (&config.lifetimes, &config.limits);
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    for (section, key, number) in [
        ("lifetimes", "access_token", count(lifetimes.access_token)),
        ("lifetimes", "assertion", count(lifetimes.assertion)),
        (
            "lifetimes",
            "authorization_code",
            count(lifetimes.authorization_code),
        ),
        ("lifetimes", "refresh_token", count(lifetimes.refresh_token)),
        ("lifetimes", "request_uri", count(lifetimes.request_uri)),
        ("limits", "connections", limits.connections),
        ("limits", "content", limits.content),
        ("limits", "failures", count(limits.failures)),
        ("limits", "headers", limits.headers),
        ("limits", "parameters", limits.parameters),
        ("limits", "seconds", count(limits.seconds)),
    ] {
        if number == 0 {
            let message = "0 would let nothing through; 1 at least".to_owned();
            return problem(Key::Section(section, key), message);
        }
    }
    Ok(())
}

fn store(config: &Config) -> Checked {
    if config.store.postgres.is_some() && config.store.postgres_env.is_some() {
        let message = "`postgres` names the database already; keep one of the two";
        return problem(Key::Section("store", "postgres_env"), message);
    }
    Ok(())
}

fn signing(algorithm: Algorithm, key: Key) -> Checked {
    match algorithm.key_kind() {
        KeyKind::P256 | KeyKind::P384 | KeyKind::Rsa => Ok(()),
        KeyKind::Ed25519 | KeyKind::P521 | KeyKind::Secret => {
            let name = algorithm.as_str();
            let message = format!(
                "access tokens are not signed with {name}; ES256, ES384, RS256 and the other RSA algorithms are"
            );
            problem(key, message)
        }
    }
}

fn manager(place: usize, manager: &ManagerConfig) -> Checked {
    if manager.lifetime == 0 {
        let message = "0 would let nothing through; 1 at least";
        return problem(Key::Manager(place, "lifetime"), message);
    }
    if let Some(name) = manager
        .claims
        .keys()
        .find(|name| OWN_CLAIMS.contains(&name.as_str()))
    {
        let message = format!("the claim `{name}` is one that the server sets");
        return problem(Key::Manager(place, "claims"), message);
    }
    match &manager.signing_key {
        Some(key) => signing(key.alg, Key::Manager(place, "signing_key")),
        None => Ok(()),
    }
}

fn distinct_managers(config: &Config) -> Checked {
    let mut identifiers = BTreeSet::new();
    let mut defaults = 0;
    for (place, manager) in config.access_token_managers.iter().enumerate() {
        if !identifiers.insert(&manager.id) {
            let message = format!("two access token managers are called `{}`", manager.id);
            return problem(Key::Manager(place, "id"), message);
        }
        defaults += usize::from(manager.default);
        if manager.default && defaults > 1 {
            let message = "more than one access token manager is the `default`";
            return problem(Key::Manager(place, "default"), message);
        }
    }
    Ok(())
}

/// RFC 7522: what a client of it needs, and what an issuer may sign with.
fn saml(config: &Config) -> Checked {
    for issuer in &config.saml_issuers {
        let algorithm = issuer.key.alg.value;
        if !matches!(
            algorithm,
            Algorithm::Es256
                | Algorithm::Es384
                | Algorithm::Es512
                | Algorithm::Rs256
                | Algorithm::Rs384
                | Algorithm::Rs512
        ) {
            let name = algorithm.as_str();
            let message = format!(
                "SAML assertions are not signed with {name}; RS256, ES256 and their kin are for that"
            );
            return Err(Problem::at(Some(issuer.key.alg.defined), message));
        }
    }
    config
        .clients
        .iter()
        .try_for_each(|(name, client)| saml_client(config, name, client))
}

fn saml_client(config: &Config, name: &str, client: &ClientConfig) -> Checked {
    let issuers = &config.saml_issuers;
    if let Some(named) = &client.saml_issuer
        && !issuers.iter().any(|issuer| issuer.issuer == named.value)
    {
        let message = format!("`{}` is not among the `saml_issuers`", named.value);
        return Err(Problem::at(Some(named.defined), message));
    }
    let Some(place) = client.saml_key() else {
        return Ok(());
    };
    let word = match place {
        "auth" => "saml2_client_auth",
        _ => "saml2_bearer",
    };
    let key = Key::Client(name.to_owned(), place);
    if !crate::saml::IS_BUILT_IN {
        let message = format!(
            "the client `{name}` may use {word}, and this build is without SAML: build with `--features saml`, or take it out"
        );
        return problem(key, message);
    }
    if issuers.is_empty() {
        let message =
            format!("the client `{name}` may use {word}, and there are no `saml_issuers`");
        return problem(key, message);
    }
    Ok(())
}

fn client(name: &str, client: &ClientConfig) -> Checked {
    let key = |key| Key::Client(name.to_owned(), key);
    if client.id.as_ref().is_some_and(String::is_empty) {
        return problem(key("id"), "an empty identifier can't be told from none");
    }
    // RFC 6749 §3.3.
    let allowed = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let broken = |scope: &&String| scope.is_empty() || !scope.bytes().all(allowed);
    if let Some(scope) = client.scopes.iter().find(broken) {
        let message = format!("`{scope}` is no scope value (RFC 6749 section 3.3)");
        return problem(key("scopes"), message);
    }
    let defaults = client.default_scopes.iter().flatten();
    for scope in defaults {
        if !client.scopes.contains(scope) {
            let message = format!("`{scope}` is not among the `scopes` of `{name}`");
            return problem(key("default_scopes"), message);
        }
    }
    // RFC 6749 §3.1.2.
    let no_target = |uri: &&String| uri.contains('#') || ResourceUri::parse(uri).is_none();
    match client.redirect_uris.iter().find(no_target) {
        Some(uri) => {
            let message = format!("`{uri}` is no absolute URI without fragment");
            problem(key("redirect_uris"), message)
        }
        None => Ok(()),
    }
}
