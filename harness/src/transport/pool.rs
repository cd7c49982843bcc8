//! Kept-alive connections between exchanges.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::transport::connection::{Connection, Read};
use crate::transport::destination::Destination;

/// After this time unused a connection is not used again: servers close idle ones after as little
/// as five seconds, and one that closes just as a request arrives costs a repetition.
const MAX_IDLE: Duration = Duration::from_secs(2);

/// The most unused connections to one destination.
const MAX_UNUSED: usize = 32;

/// What two connections must have in common to be exchanged: where they go, and the fingerprint of
/// the client certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) to: Destination,
    pub(super) identity: Option<[u8; 32]>,
}

/// Unused connections, each with the time since its last use.
#[derive(Debug, Default)]
pub(super) struct Pool {
    unused: Mutex<HashMap<Key, Vec<(Connection, Stopwatch)>>>,
}

impl Pool {
    /// A connection on which nothing has happened since its last exchange.
    pub(super) fn take(&self, key: &Key) -> Option<Connection> {
        loop {
            let (mut connection, since) = self.pop(key)?;
            if since.elapsed() < MAX_IDLE && connection.pull(&mut Vec::new()) == Read::Nothing {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for another exchange.
    pub(super) fn put(&self, key: Key, connection: Connection) {
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        let same = unused.entry(key).or_default();
        if same.len() < MAX_UNUSED {
            same.push((connection, Stopwatch::start()));
        }
    }

    fn pop(&self, key: &Key) -> Option<(Connection, Stopwatch)> {
        self.unused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(key)?
            .pop()
    }
}
