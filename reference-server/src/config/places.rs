//! Where a key stands in a configuration file: looked up when something is wrong with its value.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{Location, Spanned};

use super::diagnostic;

type Values = BTreeMap<String, Spanned<IgnoredAny>>;

/// The places of all values that are looked up.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Places {
    access_token_managers: Vec<Values>,
    clients: BTreeMap<String, Values>,
    issuer: Option<Spanned<IgnoredAny>>,
    issuer_path: Option<Spanned<IgnoredAny>>,
    lifetimes: Values,
    limits: Values,
    paths: Values,
    registration: Values,
    signing_key: Values,
    store: Values,
    token_endpoint: Values,
}

/// A key of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Of a client.
    Client(String, &'static str),
    /// Of an access token manager, by its place in the list.
    Manager(usize, &'static str),
    /// Of a section.
    Section(&'static str, &'static str),
    /// Of the file itself.
    Top(&'static str),
}

impl Key {
    /// Where its value stands; the file can be read, or nothing would be wrong with a value.
    pub(super) fn location(&self, text: &str) -> Option<Location> {
        let places: Places =
            serde_saphyr::from_str_with_options(text, diagnostic::options()).ok()?;
        let value = match self {
            Self::Client(client, key) => places.clients.get(client)?.get(*key),
            Self::Manager(place, key) => places.access_token_managers.get(*place)?.get(*key),
            Self::Section(section, key) => match *section {
                "lifetimes" => places.lifetimes.get(*key),
                "limits" => places.limits.get(*key),
                "paths" => places.paths.get(*key),
                "registration" => places.registration.get(*key),
                "signing_key" => places.signing_key.get(*key),
                "store" => places.store.get(*key),
                "token_endpoint" => places.token_endpoint.get(*key),
                _ => None,
            },
            Self::Top("issuer") => places.issuer.as_ref(),
            Self::Top(_) => places.issuer_path.as_ref(),
        };
        value.map(|value| value.defined)
    }
}
