//! What a decision may look at: the server, the state, the request and the time.

use std::sync::Arc;

use crate::moment::Timestamp;
use crate::registry::Client;
use crate::server::Server;
use crate::state::{AccessRecord, CodeRecord, PolledRecord, Records, RefreshRecord};
use crate::wire::raw_request::RawRequest;

/// Everything that checks, defects and issuing may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Configuration, clients, keys.
    pub server: &'a Server,
    /// The state.
    pub records: &'a dyn Records,
    /// The request as read (after the `Read` seam).
    pub request: &'a RawRequest,
    /// The time.
    pub now: Timestamp,
    /// The number of this request: 1, 2, 3, …
    pub serial: u64,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Context<'_> {
    /// A registered client that satisfies the condition: for sloppy look-ups.
    #[must_use]
    pub fn find_client(&self, condition: impl Fn(&Client) -> bool) -> Option<Arc<Client>> {
        self.server
            .registry
            .clients()
            .find(|client| condition(client))
            .cloned()
    }

    /// A code that satisfies the condition.
    #[must_use]
    pub fn find_code(&self, condition: impl Fn(&CodeRecord) -> bool) -> Option<Arc<CodeRecord>> {
        let mut found = None;
        self.records.each_code(&mut |record| {
            if found.is_none() && condition(record) {
                found = Some(Arc::clone(record));
            }
        });
        found
    }

    /// What is polled for and satisfies the condition.
    #[must_use]
    pub fn find_polled(
        &self,
        condition: impl Fn(&PolledRecord) -> bool,
    ) -> Option<Arc<PolledRecord>> {
        let mut found = None;
        self.records.each_polled(&mut |record| {
            if found.is_none() && condition(record) {
                found = Some(Arc::clone(record));
            }
        });
        found
    }

    /// A refresh token that satisfies the condition.
    #[must_use]
    pub fn find_refresh_token(
        &self,
        condition: impl Fn(&RefreshRecord) -> bool,
    ) -> Option<Arc<RefreshRecord>> {
        let mut found = None;
        self.records.each_refresh_token(&mut |record| {
            if found.is_none() && condition(record) {
                found = Some(Arc::clone(record));
            }
        });
        found
    }

    /// An access token that satisfies the condition.
    #[must_use]
    pub fn find_access_token(
        &self,
        condition: impl Fn(&AccessRecord) -> bool,
    ) -> Option<Arc<AccessRecord>> {
        let mut found = None;
        self.records.each_access_token(&mut |record| {
            if found.is_none() && condition(record) {
                found = Some(Arc::clone(record));
            }
        });
        found
    }
}
