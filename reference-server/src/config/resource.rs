//! What a configuration file says about resources (RFC 8707).

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::diagnostic::Problem;
use super::model::Config;
use crate::resource_indicators::{Resource, is_absolute};
use crate::vocabulary::Scope;

/// A resource that tokens are issued for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceConfig {
    /// Its absolute URI, without a fragment.
    pub uri: Spanned<String>,
    /// The clients that may use it, by name; absent: all.
    #[serde(default)]
    pub clients: Option<Vec<Spanned<String>>>,
    /// The scope values that mean something there; absent: all.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

impl Config {
    /// The resources as the server knows them.
    pub(super) fn indicated(&self) -> Vec<Resource> {
        let resource = |config: &ResourceConfig| Resource {
            uri: config.uri.value.clone(),
            clients: config.clients.as_ref().map(|clients| {
                let identifiers = clients.iter().map(|name| self.identifier(&name.value));
                identifiers.collect()
            }),
            scope: config.scopes.as_deref().map(Scope::of),
        };
        self.resources.iter().map(resource).collect()
    }

    /// The identifier on the wire of the client with this name.
    pub(super) fn identifier(&self, name: &str) -> String {
        let client = self.clients.get(name);
        client
            .and_then(|client| client.id.clone())
            .unwrap_or_else(|| name.to_owned())
    }
}

/// Resources that are no resources, and clients that nobody knows.
pub(super) fn check(config: &Config) -> Result<(), Problem> {
    let problem = |at, message| Err(Problem::at(Some(at), message));
    for resource in &config.resources {
        let uri = &resource.uri;
        if !is_absolute(&uri.value) {
            let message = format!("`{}` is no absolute URI without a fragment", uri.value);
            return problem(uri.defined, message);
        }
        if !config.access_token_managers.is_empty() {
            let message =
                "`resources` are those of the access token managers, where there are some";
            return problem(uri.defined, message.to_owned());
        }
        for client in resource.clients.iter().flatten() {
            if !config.clients.contains_key(&client.value) {
                let message = format!("no client is called `{}`", client.value);
                return problem(client.defined, message);
            }
        }
    }
    Ok(())
}
