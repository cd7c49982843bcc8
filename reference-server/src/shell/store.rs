//! The store that the configuration names.

use std::sync::Arc;

use crate::config::StoreConfig;
use crate::server::Server;
use crate::state::{MemoryStore, Store, StoreError};

/// The place of the state can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The variable that names the database is not set.
    #[error("`store.postgres_env` names the environment variable {0}, which is not set")]
    NoVariable(String),
    /// The program has no PostgreSQL.
    #[error(
        "this program was built without PostgreSQL: build it with `--features postgres`, or leave `store` out"
    )]
    NotBuilt,
    /// The database can't be reached.
    #[error("{0}; is `store.postgres` its address, and does it run?")]
    Unreachable(#[from] StoreError),
}

/// Opens it.
pub(super) async fn open(
    config: &StoreConfig,
    server: &Arc<Server>,
) -> Result<Box<dyn Store>, OpenError> {
    let named = match &config.postgres_env {
        Some(name) => {
            let found = std::env::var(name);
            Some(found.map_err(|_| OpenError::NoVariable(name.clone()))?)
        }
        None => config.postgres.clone(),
    };
    match named {
        Some(address) => database(address, server).await,
        None => Ok(Box::new(MemoryStore::default())),
    }
}

#[cfg(feature = "postgres")]
async fn database(address: String, server: &Arc<Server>) -> Result<Box<dyn Store>, OpenError> {
    let server = Arc::clone(server);
    let runtime = tokio::runtime::Handle::current();
    let opening = tokio::task::spawn_blocking(move || {
        super::postgres::PostgresStore::open(&address, server, runtime)
    });
    let opened = opening
        .await
        .unwrap_or_else(|_| Err(StoreError("it broke off".to_owned())))?;
    Ok(Box::new(opened))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn database(address: String, _: &Arc<Server>) -> Result<Box<dyn Store>, OpenError> {
    drop(address);
    Err(OpenError::NotBuilt)
}
