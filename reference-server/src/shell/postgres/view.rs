//! The state as one transaction sees it. What can be taken once is locked when it is read, so that
//! of two transactions that want it the second sees what the first made of it.

use std::cell::RefCell;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use super::Trouble;
use super::record::Stored;
use super::session::{Parameters, Session};
use crate::moment::Timestamp;
use crate::registry::{Client, Registry};
use crate::state::{
    AccessRecord, CodeRecord, Failures, Party, PolledRecord, PushedRecord, Records, RefreshRecord,
    RegisteredClient, Usage,
};
use crate::wire::base64url;

/// A view for one decision. Reading can't fail for who decides: the first trouble is kept, and the
/// decision thrown away.
pub(super) struct View<'a> {
    pub(super) session: &'a Session,
    pub(super) registry: &'a Registry,
    pub(super) lock: Lock,
    pub(super) trouble: RefCell<Option<Trouble>>,
}

/// Whether what is read may not be changed by others until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// It is only looked at.
    None,
    /// It is locked.
    Rows,
}

impl View<'_> {
    fn rows(&self, statement: &str, parameters: Parameters<'_>) -> Vec<tokio_postgres::Row> {
        if self.trouble.borrow().is_some() {
            return Vec::new();
        }
        match self.session.query(statement, parameters) {
            Ok(rows) => rows,
            Err(trouble) => {
                *self.trouble.borrow_mut() = Some(trouble);
                Vec::new()
            }
        }
    }

    fn record<T: Stored>(&self, value: &str, lock: Lock) -> Option<Arc<T>> {
        let ending = match lock {
            Lock::None => "",
            Lock::Rows => " FOR UPDATE",
        };
        let statement =
            format!("SELECT value, used FROM tokenspec_entry WHERE kind = $1 AND key = $2{ending}");
        let rows = self.rows(&statement, &[&T::KIND, &hashed(value)]);
        self.read(rows.first()?, value).map(Arc::new)
    }

    fn read<T: Stored>(&self, row: &tokio_postgres::Row, value: &str) -> Option<T> {
        let text: &str = row.try_get(0).ok()?;
        let used: Option<i64> = row.try_get(1).ok()?;
        let usage = used.map_or(Usage::Unused, |when| {
            Usage::Used(Timestamp(u64::try_from(when).unwrap_or(0)))
        });
        T::read(text, value, usage, &|id| self.client(id))
    }

    /// A client that is configured, or one that registered itself.
    fn client(&self, id: &str) -> Option<Arc<Client>> {
        let configured = self.registry.client(id);
        configured.or_else(|| Some(Arc::clone(&self.registered(id)?.client)))
    }

    fn each<T: Stored>(&self, visit: &mut dyn FnMut(&Arc<T>)) {
        let statement = "SELECT value, used, key FROM tokenspec_entry WHERE kind = $1";
        for row in self.rows(statement, &[&T::KIND]) {
            let key = row.try_get(2).unwrap_or_default();
            if let Some(record) = self.read::<T>(&row, key) {
                visit(&Arc::new(record));
            }
        }
    }

    fn is_there(&self, kind: &str, key: &str) -> bool {
        let statement = "SELECT 1 FROM tokenspec_entry WHERE kind = $1 AND key = $2";
        !self.rows(statement, &[&kind, &hashed(key)]).is_empty()
    }
}

/// What stands in the table for a value: it says nothing of it, and is short, whatever octets the value has.
pub(super) fn hashed(value: &str) -> String {
    base64url::encode(digest(&SHA256, value.as_bytes()).as_ref())
}

/// The key of an assertion: the length says where the identifier ends.
pub(super) fn assertion_key(client: &str, jti: &str) -> String {
    format!("{}:{client}{jti}", client.len())
}

/// The key of somebody's failures.
pub(super) fn party_key(party: &Party) -> String {
    match party {
        Party::Client(client) => format!("client {client}"),
        Party::ResourceOwner(name) => format!("resource owner {name}"),
    }
}

impl Records for View<'_> {
    fn code(&self, value: &str) -> Option<Arc<CodeRecord>> {
        self.record(value, self.lock)
    }

    fn refresh_token(&self, value: &str) -> Option<Arc<RefreshRecord>> {
        self.record(value, self.lock)
    }

    fn access_token(&self, value: &str) -> Option<Arc<AccessRecord>> {
        self.record(value, Lock::None)
    }

    fn is_revoked(&self, grant: &str) -> bool {
        self.is_there("revocation", grant)
    }

    fn is_assertion_used(&self, client: &str, jti: &str) -> bool {
        self.is_there("assertion", &assertion_key(client, jti))
    }

    fn failures(&self, party: &Party) -> Option<Failures> {
        let statement =
            "SELECT used, until FROM tokenspec_entry WHERE kind = 'failures' AND key = $1";
        let rows = self.rows(statement, &[&hashed(&party_key(party))]);
        let row = rows.first()?;
        let count: Option<i64> = row.try_get(0).ok()?;
        let until: i64 = row.try_get(1).ok()?;
        Some(Failures {
            count: u32::try_from(count?).unwrap_or(u32::MAX),
            until: Timestamp(u64::try_from(until).unwrap_or(0)),
        })
    }

    fn polled(&self, value: &str) -> Option<Arc<PolledRecord>> {
        self.record(value, self.lock)
    }

    fn polled_by_user_code(&self, user_code: &str) -> Option<Arc<PolledRecord>> {
        let statement = "SELECT value, used FROM tokenspec_entry WHERE kind = $1 AND alias = $2";
        let rows = self.rows(statement, &[&PolledRecord::KIND, &hashed(user_code)]);
        // The table has its hash only, which leads nowhere.
        self.read(rows.first()?, "").map(Arc::new)
    }

    fn pushed(&self, request_uri: &str) -> Option<Arc<PushedRecord>> {
        self.record(request_uri, self.lock)
    }

    fn registered(&self, client: &str) -> Option<Arc<RegisteredClient>> {
        self.record(client, Lock::None)
    }

    fn each_code(&self, visit: &mut dyn FnMut(&Arc<CodeRecord>)) {
        self.each(visit);
    }

    fn each_polled(&self, visit: &mut dyn FnMut(&Arc<PolledRecord>)) {
        self.each(visit);
    }

    fn each_refresh_token(&self, visit: &mut dyn FnMut(&Arc<RefreshRecord>)) {
        self.each(visit);
    }

    fn each_access_token(&self, visit: &mut dyn FnMut(&Arc<AccessRecord>)) {
        self.each(visit);
    }
}
