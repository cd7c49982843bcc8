//! Kept-alive connections between exchanges.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::transport::connection::Connection;
use crate::transport::destination::Destination;
use crate::transport::exchange::Reuse;

/// After this time unused a connection is not used again: servers close idle ones after as little
/// as five seconds, and one that closes just as a request arrives costs a repetition.
const MAX_IDLE: Duration = Duration::from_secs(2);

/// After this time unused a connection is not used for what must be sent once at most.
const MAX_IDLE_ONCE: Duration = Duration::from_millis(250);

/// The most unused connections. A certificate that is made anew for a request has a connection of its own, which nobody uses again:
/// kept, they would take all that a server has.
const MAX_UNUSED: usize = 128;

/// What two connections must have in common to be exchanged: where they go, and the fingerprint of
/// the client certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) to: Destination,
    pub(super) identity: Option<[u8; 32]>,
}

impl Key {
    fn is(&self, to: &Destination, identity: Option<[u8; 32]>) -> bool {
        self.identity == identity && self.to == *to
    }
}

/// Unused connections.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// The one that was used last at the end.
    unused: Mutex<VecDeque<Unused>>,
    /// Destinations that have closed connections without a word.
    distrusted: Mutex<HashSet<Key>>,
}

#[derive(Debug)]
struct Unused {
    key: Key,
    connection: Connection,
    /// Its last use.
    since: Stopwatch,
}

impl Pool {
    /// A connection on which nothing has happened since its last exchange, and its key.
    pub(super) fn take(
        &self,
        to: &Destination,
        identity: Option<[u8; 32]>,
        reuse: Reuse,
    ) -> Option<(Key, Connection)> {
        let most = match reuse {
            Reuse::Fresh => return None,
            Reuse::Once if self.distrusts(to, identity) => return None,
            Reuse::Once => MAX_IDLE_ONCE,
            Reuse::Pooled => MAX_IDLE,
        };
        loop {
            let Unused {
                key,
                mut connection,
                since,
            } = self.pop(to, identity)?;
            if since.elapsed() < most && connection.is_quiet() {
                return Some((key, connection));
            }
        }
    }

    /// Remembers that a destination closes kept-alive connections without saying so.
    pub(super) fn distrust(&self, key: &Key) {
        let mut distrusted = self
            .distrusted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        distrusted.insert(key.clone());
    }

    fn distrusts(&self, to: &Destination, identity: Option<[u8; 32]>) -> bool {
        let distrusted = self
            .distrusted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        distrusted.iter().any(|key| key.is(to, identity))
    }

    /// Keeps a connection for another exchange.
    pub(super) fn put(&self, key: Key, connection: Connection) {
        let since = Stopwatch::start();
        let unused = Unused {
            key,
            connection,
            since,
        };
        let mut kept = self.unused();
        kept.push_back(unused);
        while kept.len() > MAX_UNUSED
            || kept.front().is_some_and(|it| it.since.elapsed() > MAX_IDLE)
        {
            drop(kept.pop_front());
        }
    }

    fn pop(&self, to: &Destination, identity: Option<[u8; 32]>) -> Option<Unused> {
        let mut kept = self.unused();
        let is_it = |unused: &Unused| unused.key.is(to, identity);
        let at = kept.iter().rposition(is_it)?;
        kept.remove(at)
    }

    fn unused(&self) -> MutexGuard<'_, VecDeque<Unused>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
