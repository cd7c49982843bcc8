//! Where the state lives.

use serde::Deserialize;

use crate::opaque::opaque_debug;

/// Where the state lives: in memory, unless a database is named. An address may hold a password.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// The address of a PostgreSQL database, as a URL or as `key=value` words (libpq's connection strings).
    pub postgres: Option<String>,
    /// The name of an environment variable that holds it.
    pub postgres_env: Option<String>,
}

opaque_debug!(StoreConfig);
