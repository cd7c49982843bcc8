//! The state in PostgreSQL: it outlives the process, and several servers share it. What is good once is
//! good once among all of them.
//!
//! A decision and its changes are one transaction, committed before the answer leaves: a server that is
//! killed leaves either none of them or all. Codes and refresh tokens are locked when they are read, so
//! that a second redemption waits and then sees the first; a `jti` is a primary key. Of codes and tokens
//! the table has hashes only; a `client_notification_token` is kept as it is, since it has to be sent.

mod record;
mod registered;
mod session;
mod view;
mod write;

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use session::Session;
use view::{Lock, View};

use crate::endpoint::Outcome;
use crate::moment::Timestamp;
use crate::server::Server;
use crate::state::{Decide, StateChange, Store, StoreError, Waits};
use crate::wire::response::Response;

/// How often a decision is taken again because another transaction was faster.
const ATTEMPTS: usize = 20;

/// Seconds between two looks for what has expired.
const SWEEP: u64 = 60;

/// Connections at the same time; who finds none free waits.
const CONNECTIONS: usize = 16;

/// How long connecting, one statement, and waiting for a free connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store in a database.
pub(super) struct PostgresStore {
    config: tokio_postgres::Config,
    server: Arc<Server>,
    runtime: Handle,
    idle: Mutex<Vec<Session>>,
    places: Arc<Semaphore>,
    swept: AtomicU64,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

/// Why a transaction came to nothing.
#[derive(Debug)]
enum Trouble {
    /// The database can't be reached, or refuses.
    Gone(String),
    /// Another transaction was faster: this one may begin anew.
    Overtaken,
}

impl Trouble {
    /// What to do after an error. Its text names no values.
    fn of(error: &tokio_postgres::Error) -> Self {
        let again = [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ];
        match error.code() {
            Some(code) if again.contains(code) => Self::Overtaken,
            Some(code) => Self::Gone(format!("SQLSTATE {}", code.code())),
            None => Self::Gone(error.to_string()),
        }
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Gone(why) => Self(why),
            Trouble::Overtaken => Self("other transactions were faster again and again".to_owned()),
        }
    }
}

impl PostgresStore {
    /// Connects, and makes the table if it is not there. Call it on a thread that may wait.
    ///
    /// # Errors
    /// When the address makes no sense, or the database can't be reached.
    pub(super) fn open(
        address: &str,
        server: Arc<Server>,
        runtime: Handle,
    ) -> Result<Self, StoreError> {
        let config: tokio_postgres::Config = address
            .parse()
            .map_err(|error: tokio_postgres::Error| StoreError(error.to_string()))?;
        let store = Self {
            config,
            server,
            runtime,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(CONNECTIONS)),
            swept: AtomicU64::new(0),
        };
        let (session, place) = store.session()?;
        // Two servers that start at once would both make it.
        session.batch(&format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7521); {} COMMIT",
            include_str!("schema.sql")
        ))?;
        store.give_back(session, place);
        Ok(store)
    }

    /// A connection, and a place among those that are used at the same time.
    fn session(&self) -> Result<(Session, OwnedSemaphorePermit), Trouble> {
        let place = Arc::clone(&self.places).acquire_owned();
        let limited = async { tokio::time::timeout(PATIENCE, place).await };
        let Ok(Ok(place)) = self.runtime.block_on(limited) else {
            return Err(Trouble::Gone("all connections are in use".to_owned()));
        };
        let idle = || {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.pop()
        };
        while let Some(session) = idle() {
            if !session.client.is_closed() {
                return Ok((session, place));
            }
        }
        Ok((self.connect()?, place))
    }

    fn connect(&self) -> Result<Session, Trouble> {
        let limited = async { tokio::time::timeout(PATIENCE, self.config.connect(NoTls)).await };
        let (client, connection) = match self.runtime.block_on(limited) {
            Ok(connected) => connected.map_err(|error| Trouble::of(&error))?,
            Err(_) => return Err(Trouble::Gone("it did not answer in time".to_owned())),
        };
        drop(self.runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to the store ended");
            }
        }));
        Ok(Session {
            client,
            runtime: self.runtime.clone(),
            patience: PATIENCE,
        })
    }

    /// Only a session that is between two transactions comes back; any other is closed.
    fn give_back(&self, session: Session, place: OwnedSemaphorePermit) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(session);
        drop(place);
    }

    /// Runs a transaction, again and again while others are faster.
    fn transaction<T>(
        &self,
        mut steps: impl FnMut(&Session) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            let (session, place) = self.session()?;
            let done = session.batch("BEGIN").and_then(|()| {
                let done = steps(&session)?;
                session.batch("COMMIT")?;
                Ok(done)
            });
            match done {
                Ok(done) => {
                    self.give_back(session, place);
                    return Ok(done);
                }
                Err(Trouble::Overtaken) => {
                    if session.batch("ROLLBACK").is_ok() {
                        self.give_back(session, place);
                    }
                }
                Err(gone @ Trouble::Gone(_)) => return Err(gone.into()),
            }
        }
        Err(Trouble::Overtaken.into())
    }

    fn decide(
        &self,
        session: &Session,
        lock: Lock,
        decide: Decide<'_>,
    ) -> Result<Outcome, Trouble> {
        let view = View {
            session,
            registry: &self.server.registry,
            lock,
            trouble: RefCell::new(None),
        };
        let outcome = decide(&view);
        match view.trouble.into_inner() {
            Some(trouble) => Err(trouble),
            None => Ok(outcome),
        }
    }

    /// What has expired leaves, once a minute.
    fn sweep(&self, now: Timestamp) {
        let last = self.swept.load(Ordering::Relaxed);
        let due = now.since(Timestamp(last)) >= SWEEP;
        let order = Ordering::Relaxed;
        if !due
            || self
                .swept
                .compare_exchange(last, now.0, order, order)
                .is_err()
        {
            return;
        }
        let statement = "DELETE FROM tokenspec_entry WHERE until < $1";
        let swept = self.transaction(|session| session.execute(statement, &[&write::seconds(now)]));
        match swept {
            Ok(entries) => tracing::debug!(entries, "expired entries left the store"),
            Err(error) => tracing::warn!(%error, "expired entries stay in the store"),
        }
    }
}

impl Store for PostgresStore {
    fn waits(&self) -> Waits {
        Waits::ForOthers
    }

    fn transact(&self, now: Timestamp, decide: Decide<'_>) -> Result<Response, StoreError> {
        let response = self.transaction(|session| {
            let outcome = self.decide(session, Lock::Rows, decide)?;
            write::apply(session, now, &outcome.changes)?;
            Ok(outcome.response)
        })?;
        self.sweep(now);
        Ok(response)
    }

    fn decide_only(&self, decide: Decide<'_>) -> Result<Outcome, StoreError> {
        self.transaction(|session| self.decide(session, Lock::None, decide))
    }

    fn apply(&self, now: Timestamp, changes: Vec<StateChange>) -> Result<(), StoreError> {
        self.transaction(|session| write::apply(session, now, &changes))
    }
}
