//! Changes of the state as statements of one transaction.

use std::sync::Arc;

use super::Trouble;
use super::record::Stored;
use super::session::Session;
use super::view::{assertion_key, hashed, party_key};
use crate::moment::Timestamp;
use crate::registry::Client;
use crate::state::{
    AccessRecord, CodeRecord, PolledName, PolledRecord, PushedRecord, RefreshRecord,
    RegisteredClient, StateChange, Usage,
};

/// Applies changes in order; the transaction around them makes it all or none.
pub(super) fn apply(
    session: &Session,
    now: Timestamp,
    changes: &[StateChange],
) -> Result<(), Trouble> {
    let writer = Writer { session, now };
    changes.iter().try_for_each(|change| writer.one(change))
}

struct Writer<'a> {
    session: &'a Session,
    now: Timestamp,
}

impl Writer<'_> {
    fn one(&self, change: &StateChange) -> Result<(), Trouble> {
        match change {
            StateChange::AddAccessToken(record) => self.add(record, &record.value, record.expires),
            StateChange::AddClient(record) => self.add(record, &record.client.id, record.expires),
            StateChange::AddCode(record) => self.add(record, &record.value, record.forgotten),
            StateChange::AddPolled(record) => self.add_polled(record),
            StateChange::AddPushed(record) => self.add(record, &record.value, record.expires),
            StateChange::AddRefreshToken(record) => self.add(record, &record.value, record.expires),
            StateChange::CountFailure { party, until } => {
                self.count_failure(&party_key(party), *until)
            }
            StateChange::CountPoll { value, interval } => {
                self.change_polled("key", value, |record| {
                    (record.polled, record.interval) = (Some(self.now), *interval);
                })
            }
            StateChange::Decide { polled, decision } => {
                let (column, name) = match polled {
                    PolledName::UserCode(user_code) => ("alias", user_code),
                    PolledName::Value(value) => ("key", value),
                };
                self.change_polled(column, name, |record| record.decision = *decision)
            }
            StateChange::ForgetFailures(party) => self.remove("failures", &party_key(party)),
            StateChange::RedeemCode(value) => self.used(CodeRecord::KIND, value),
            StateChange::RedeemPolled(value) => self.used(PolledRecord::KIND, value),
            StateChange::RememberAssertion { client, jti, until } => {
                self.take("assertion", &assertion_key(client, jti), *until)
            }
            StateChange::RemoveAccessToken(value) => self.remove(AccessRecord::KIND, value),
            StateChange::RemoveClient(id) => self.remove(RegisteredClient::KIND, id),
            StateChange::RevokeGrant { grant, until } => self.revoke(grant, *until),
            StateChange::RotateRefreshToken(value) => self.used(RefreshRecord::KIND, value),
            StateChange::UsePushed(value) => self.used(PushedRecord::KIND, value),
        }
    }

    fn add(&self, record: &impl Stored, value: &str, until: Timestamp) -> Result<(), Trouble> {
        self.insert(record, value, (None, until))
    }

    fn add_polled(&self, record: &PolledRecord) -> Result<(), Trouble> {
        let alias = record.user_code.as_deref().map(hashed);
        self.insert(record, &record.value, (alias, record.forgotten))
    }

    fn insert<T: Stored>(
        &self,
        record: &T,
        value: &str,
        (alias, until): (Option<String>, Timestamp),
    ) -> Result<(), Trouble> {
        // A value that is there already was minted twice: the later record counts, as in memory.
        let statement = "INSERT INTO tokenspec_entry (kind, key, alias, value, until) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, key) DO UPDATE \
             SET alias = excluded.alias, value = excluded.value, used = NULL, until = excluded.until";
        let (key, text) = (hashed(value), record.write());
        self.session
            .execute(statement, &[&T::KIND, &key, &alias, &text, &seconds(until)])
            .map(drop)
    }

    /// Enters what may be entered once. Another transaction that is about to enter the same is waited for.
    fn take(&self, kind: &str, key: &str, until: Timestamp) -> Result<(), Trouble> {
        let statement = "INSERT INTO tokenspec_entry (kind, key, value, until) \
             VALUES ($1, $2, '', $3) ON CONFLICT (kind, key) DO NOTHING";
        let entered = self
            .session
            .execute(statement, &[&kind, &hashed(key), &seconds(until)])?;
        if entered == 1 {
            Ok(())
        } else {
            Err(Trouble::Overtaken)
        }
    }

    fn revoke(&self, grant: &str, until: Timestamp) -> Result<(), Trouble> {
        let statement = "INSERT INTO tokenspec_entry (kind, key, value, until) \
             VALUES ('revocation', $1, '', $2) ON CONFLICT (kind, key) DO UPDATE \
             SET until = greatest(tokenspec_entry.until, excluded.until)";
        self.session
            .execute(statement, &[&hashed(grant), &seconds(until)])
            .map(drop)
    }

    /// The view has locked the row: nobody else has used it since it was read.
    fn used(&self, kind: &str, value: &str) -> Result<(), Trouble> {
        let statement = "UPDATE tokenspec_entry SET used = $3 WHERE kind = $1 AND key = $2";
        self.session
            .execute(statement, &[&kind, &hashed(value), &seconds(self.now)])
            .map(drop)
    }

    fn remove(&self, kind: &str, value: &str) -> Result<(), Trouble> {
        let statement = "DELETE FROM tokenspec_entry WHERE kind = $1 AND key = $2";
        self.session
            .execute(statement, &[&kind, &hashed(value)])
            .map(drop)
    }

    /// A row of failures that is over begins anew.
    fn count_failure(&self, key: &str, until: Timestamp) -> Result<(), Trouble> {
        let statement = "INSERT INTO tokenspec_entry (kind, key, value, used, until) \
             VALUES ('failures', $1, '', 1, $2) ON CONFLICT (kind, key) DO UPDATE \
             SET used = CASE WHEN tokenspec_entry.until < $3 THEN 1 ELSE tokenspec_entry.used + 1 END, \
             until = excluded.until";
        let key = hashed(key);
        self.session
            .execute(statement, &[&key, &seconds(until), &seconds(self.now)])
            .map(drop)
    }

    /// Changes the record whose `column` has the hash of this name.
    fn change_polled(
        &self,
        column: &str,
        name: &str,
        change: impl FnOnce(&mut PolledRecord),
    ) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT value, key FROM tokenspec_entry WHERE kind = $1 AND {column} = $2 FOR UPDATE"
        );
        let rows = self
            .session
            .query(&statement, &[&PolledRecord::KIND, &hashed(name)])?;
        let row = rows.first();
        let text = row.and_then(|row| row.try_get::<_, &str>(0).ok());
        let key = row.and_then(|row| row.try_get::<_, &str>(1).ok());
        // The value is no part of the text.
        // Of its client the identifier is all that is written again.
        let clients = |id: &str| {
            Some(Arc::new(Client {
                id: id.to_owned(),
                ..Client::nobody()
            }))
        };
        let record = text.and_then(|text| PolledRecord::read(text, "", Usage::Unused, &clients));
        let (Some(mut record), Some(key)) = (record, key) else {
            return Ok(());
        };
        change(&mut record);
        let statement = "UPDATE tokenspec_entry SET value = $3 WHERE kind = $1 AND key = $2";
        self.session
            .execute(statement, &[&PolledRecord::KIND, &key, &record.write()])
            .map(drop)
    }
}

/// Seconds as the table has them.
pub(super) fn seconds(when: Timestamp) -> i64 {
    i64::try_from(when.0).unwrap_or(i64::MAX)
}
