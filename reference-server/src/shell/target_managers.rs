//! The access token managers of the target file.

use serde_json::{Map, Value};

use super::target::{flow, push, quoted};
use crate::access_token_manager::TokenFormat;
use crate::config::{ClientConfig, Config, ManagerConfig};
use crate::vocabulary::GrantType;

/// A manager, the clients that may use it, and what its tokens are recognised by.
pub(super) fn manager(all: &Config, config: &ManagerConfig, out: &mut String) {
    let mut members = vec![format!("id: {}", quoted(&config.id))];
    if config.default {
        members.push("default: true".to_owned());
    }
    let resources: Vec<String> = config.resources.iter().map(|it| it.value.clone()).collect();
    if !resources.is_empty() {
        members.push(format!("resources: {}", flow(&resources)));
    }
    if config.clients.is_some() || config.grants.is_some() {
        members.push(format!("clients: {}", flow(&eligible(all, config))));
    }
    let policy = |client: &ClientConfig| {
        let manager = client.oidc_policy_access_token_manager.as_ref();
        manager.is_some_and(|manager| manager.value == config.id)
    };
    let clients = all.clients.iter().filter(|(_, client)| policy(client));
    let clients: Vec<String> = clients.map(|(name, _)| name.clone()).collect();
    if !clients.is_empty() {
        members.push(format!("openid_clients: {}", flow(&clients)));
    }
    members.push(format!("recognised_by: {}", recognised_by(config)));
    push(out, &format!("  - {{{}}}", members.join(", ")));
}

/// The clients that may use an instance for each of their grants. A target file knows no mappings: an
/// instance without one for some grant of a client counts as one that it may not use.
fn eligible(all: &Config, manager: &ManagerConfig) -> Vec<String> {
    let listed = |name: &String| {
        let mut clients = manager.clients.iter().flatten();
        manager.clients.is_none() || clients.any(|client| client.value == *name)
    };
    let mapped = |client: &ClientConfig| {
        let mut grants = client
            .grants
            .iter()
            .filter(|grant| **grant != GrantType::RefreshToken);
        manager
            .grants
            .as_ref()
            .is_none_or(|mapped| grants.all(|grant| mapped.contains(grant)))
    };
    let issues = |client: &ClientConfig| !client.grants.is_empty();
    let clients = all.clients.iter();
    let eligible = clients.filter(|(name, it)| listed(name) && mapped(it) && issues(it));
    eligible.map(|(name, _)| name.clone()).collect()
}

/// A JWT by its claims, where it has some; any other token by what introspection says.
fn recognised_by(config: &ManagerConfig) -> String {
    if config.format == TokenFormat::Jwt && !config.claims.is_empty() {
        return format!("{{jwt: {}}}", Value::Object(config.claims.clone()));
    }
    let member = Value::String(config.id.clone());
    let members = Map::from_iter([("access_token_manager_id".to_owned(), member)]);
    format!("{{introspection: {}}}", Value::Object(members))
}
