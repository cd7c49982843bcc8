//! The state in memory. What has expired leaves, so its size is bounded by what is alive.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    AccessRecord, CodeRecord, Decide, Failures, Party, PolledName, PolledRecord, PushedRecord,
    Records, RefreshRecord, RegisteredClient, StateChange, Store, StoreError, Usage,
};
use crate::endpoint::Outcome;
use crate::moment::Timestamp;
use crate::opaque::opaque_debug;
use crate::wire::response::Response;

/// Everything that is remembered.
#[derive(Default)]
pub struct State {
    codes: HashMap<String, Arc<CodeRecord>>,
    polled: HashMap<String, Arc<PolledRecord>>,
    /// What is polled for, by what the resource owner types in.
    user_codes: HashMap<String, String>,
    pushed: HashMap<String, Arc<PushedRecord>>,
    registered: HashMap<String, Arc<RegisteredClient>>,
    refresh_tokens: HashMap<String, Arc<RefreshRecord>>,
    access_tokens: HashMap<String, Arc<AccessRecord>>,
    revoked: HashSet<String>,
    assertions: HashSet<(String, String)>,
    failures: HashMap<Party, Failures>,
    expiry: BinaryHeap<Reverse<(Timestamp, Entry)>>,
}

opaque_debug!(State);

/// What the queue of expiry points at.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    AccessToken(String),
    Assertion(String, String),
    Client(String),
    Code(String),
    Failures(Party),
    Polled(String),
    Pushed(String),
    RefreshToken(String),
    Revocation(String),
}

impl State {
    /// Applies changes in order, and forgets what has expired.
    pub fn apply(&mut self, now: Timestamp, changes: impl IntoIterator<Item = StateChange>) {
        for change in changes {
            self.apply_one(now, change);
        }
        self.forget(now);
    }

    /// How many values are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len() + self.polled.len() + self.refresh_tokens.len() + self.access_tokens.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn apply_one(&mut self, now: Timestamp, change: StateChange) {
        let used = Usage::Used(now);
        match change {
            StateChange::AddAccessToken(record) => {
                self.expire(record.expires, Entry::AccessToken(record.value.clone()));
                self.access_tokens
                    .insert(record.value.clone(), Arc::new(record));
            }
            StateChange::AddCode(record) => {
                self.expire(record.forgotten, Entry::Code(record.value.clone()));
                self.codes.insert(record.value.clone(), Arc::new(record));
            }
            StateChange::AddRefreshToken(record) => self.add_refresh_token(record),
            StateChange::AddPolled(record) => self.add_polled(record),
            StateChange::AddClient(record) => self.add_client(record),
            StateChange::AddPushed(record) => self.add_pushed(record),
            StateChange::RemoveClient(id) => self.forget_client(&id),
            StateChange::UsePushed(value) => {
                use_once(&mut self.pushed, &value, |it| it.usage = used)
            }
            StateChange::CountFailure { party, until } => {
                self.expire(until, Entry::Failures(party.clone()));
                let count = self.failures.get(&party).map_or(0, |own| own.count) + 1;
                self.failures.insert(party, Failures { count, until });
            }
            StateChange::CountPoll { value, interval } => self.change_polled(&value, |record| {
                (record.polled, record.interval) = (Some(now), interval);
            }),
            StateChange::Decide { polled, decision } => {
                let value = match polled {
                    PolledName::UserCode(user_code) => self.user_codes.get(&user_code).cloned(),
                    PolledName::Value(value) => Some(value),
                };
                let value = value.unwrap_or_default();
                self.change_polled(&value, |record| record.decision = decision);
            }
            StateChange::ForgetFailures(party) => {
                self.failures.remove(&party);
            }
            StateChange::RedeemPolled(value) => {
                use_once(&mut self.polled, &value, |it| it.usage = used);
            }
            StateChange::RedeemCode(value) => {
                use_once(&mut self.codes, &value, |it| it.usage = used);
            }
            StateChange::RememberAssertion { client, jti, until } => {
                self.expire(until, Entry::Assertion(client.clone(), jti.clone()));
                self.assertions.insert((client, jti));
            }
            StateChange::RemoveAccessToken(value) => {
                self.access_tokens.remove(&value);
            }
            StateChange::RevokeGrant { grant, until } => {
                self.expire(until, Entry::Revocation(grant.clone()));
                self.revoked.insert(grant);
            }
            StateChange::RotateRefreshToken(value) => {
                use_once(&mut self.refresh_tokens, &value, |it| it.usage = used);
            }
        }
    }

    fn add_refresh_token(&mut self, record: RefreshRecord) {
        self.expire(record.expires, Entry::RefreshToken(record.value.clone()));
        self.refresh_tokens
            .insert(record.value.clone(), Arc::new(record));
    }

    fn add_client(&mut self, record: RegisteredClient) {
        let id = record.client.id.clone();
        self.expire(record.expires, Entry::Client(id.clone()));
        self.registered.insert(id, Arc::new(record));
    }

    fn add_pushed(&mut self, record: PushedRecord) {
        self.expire(record.expires, Entry::Pushed(record.value.clone()));
        self.pushed.insert(record.value.clone(), Arc::new(record));
    }

    /// Who is no client any more has no records.
    fn forget_client(&mut self, id: &str) {
        self.registered.remove(id);
        self.codes.retain(|_, record| record.client.id != id);
        self.polled.retain(|_, record| record.client.id != id);
        self.pushed.retain(|_, record| record.client.id != id);
        let of_others = |record: &RefreshRecord| record.client.id != id;
        self.refresh_tokens.retain(|_, record| of_others(record));
        self.access_tokens
            .retain(|_, record| record.client.id != id);
    }

    fn add_polled(&mut self, record: PolledRecord) {
        self.expire(record.forgotten, Entry::Polled(record.value.clone()));
        if let Some(user_code) = &record.user_code {
            self.user_codes
                .insert(user_code.clone(), record.value.clone());
        }
        self.polled.insert(record.value.clone(), Arc::new(record));
    }

    fn change_polled(&mut self, value: &str, change: impl FnOnce(&mut PolledRecord)) {
        if let Some(record) = self.polled.get_mut(value) {
            change(Arc::make_mut(record));
        }
    }

    fn forget_polled(&mut self, value: &str) {
        let record = self.polled.remove(value);
        if let Some(user_code) = record.and_then(|record| record.user_code.clone())
            && self
                .user_codes
                .get(&user_code)
                .is_some_and(|of| of == value)
        {
            self.user_codes.remove(&user_code);
        }
    }

    fn expire(&mut self, when: Timestamp, entry: Entry) {
        self.expiry.push(Reverse((when, entry)));
    }

    /// The last failure of a row counts: each of them puts the end off.
    fn forget_failures(&mut self, now: Timestamp, party: &Party) {
        if self.failures.get(party).is_some_and(|own| own.until < now) {
            self.failures.remove(party);
        }
    }

    /// A value is kept at its last second: it is refused by its own expiry, not by being unknown.
    fn forget(&mut self, now: Timestamp) {
        while self
            .expiry
            .peek()
            .is_some_and(|Reverse((when, _))| *when < now)
        {
            let Some(Reverse((_, entry))) = self.expiry.pop() else {
                return;
            };
            match entry {
                Entry::AccessToken(value) => drop(self.access_tokens.remove(&value)),
                Entry::Assertion(client, jti) => drop(self.assertions.take(&(client, jti))),
                Entry::Client(id) => self.forget_client(&id),
                Entry::Code(value) => drop(self.codes.remove(&value)),
                Entry::Failures(party) => self.forget_failures(now, &party),
                Entry::Polled(value) => self.forget_polled(&value),
                Entry::Pushed(value) => drop(self.pushed.remove(&value)),
                Entry::RefreshToken(value) => drop(self.refresh_tokens.remove(&value)),
                Entry::Revocation(grant) => drop(self.revoked.take(&grant)),
            }
        }
    }
}

/// Changes the record of a value that is used up.
fn use_once<T: Clone>(
    records: &mut HashMap<String, Arc<T>>,
    value: &str,
    change: impl FnOnce(&mut T),
) {
    if let Some(record) = records.get_mut(value) {
        change(Arc::make_mut(record));
    }
}

impl Records for State {
    fn code(&self, value: &str) -> Option<Arc<CodeRecord>> {
        self.codes.get(value).cloned()
    }

    fn refresh_token(&self, value: &str) -> Option<Arc<RefreshRecord>> {
        self.refresh_tokens.get(value).cloned()
    }

    fn access_token(&self, value: &str) -> Option<Arc<AccessRecord>> {
        self.access_tokens.get(value).cloned()
    }

    fn is_revoked(&self, grant: &str) -> bool {
        self.revoked.contains(grant)
    }

    fn is_assertion_used(&self, client: &str, jti: &str) -> bool {
        self.assertions
            .contains(&(client.to_owned(), jti.to_owned()))
    }

    fn failures(&self, party: &Party) -> Option<Failures> {
        self.failures.get(party).copied()
    }

    fn polled(&self, value: &str) -> Option<Arc<PolledRecord>> {
        self.polled.get(value).cloned()
    }

    fn polled_by_user_code(&self, user_code: &str) -> Option<Arc<PolledRecord>> {
        self.polled(self.user_codes.get(user_code)?)
    }

    fn pushed(&self, request_uri: &str) -> Option<Arc<PushedRecord>> {
        self.pushed.get(request_uri).cloned()
    }

    fn registered(&self, client: &str) -> Option<Arc<RegisteredClient>> {
        self.registered.get(client).cloned()
    }

    fn each_code(&self, visit: &mut dyn FnMut(&Arc<CodeRecord>)) {
        self.codes.values().for_each(visit);
    }

    fn each_polled(&self, visit: &mut dyn FnMut(&Arc<PolledRecord>)) {
        self.polled.values().for_each(visit);
    }

    fn each_refresh_token(&self, visit: &mut dyn FnMut(&Arc<RefreshRecord>)) {
        self.refresh_tokens.values().for_each(visit);
    }

    fn each_access_token(&self, visit: &mut dyn FnMut(&Arc<AccessRecord>)) {
        self.access_tokens.values().for_each(visit);
    }
}

/// The state behind one lock: a decision and its changes are one step.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<State>);

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn transact(&self, now: Timestamp, decide: Decide<'_>) -> Result<Response, StoreError> {
        let mut state = self.lock();
        let outcome = decide(&*state);
        state.apply(now, outcome.changes);
        Ok(outcome.response)
    }

    fn decide_only(&self, decide: Decide<'_>) -> Result<Outcome, StoreError> {
        Ok(decide(&*self.lock()))
    }

    fn apply(&self, now: Timestamp, changes: Vec<StateChange>) -> Result<(), StoreError> {
        self.lock().apply(now, changes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expired_entries_leave() {
        let mut state = State::default();
        let remember = |jti: &str, until| StateChange::RememberAssertion {
            client: "a".to_owned(),
            jti: jti.to_owned(),
            until: Timestamp(until),
        };
        state.apply(Timestamp(1), [remember("x", 10), remember("y", 20)]);
        assert!(state.is_assertion_used("a", "x") && !state.is_assertion_used("b", "x"));
        state.apply(Timestamp(10), []);
        assert!(state.is_assertion_used("a", "x"));
        state.apply(Timestamp(11), []);
        assert!(!state.is_assertion_used("a", "x"));
        assert!(state.is_assertion_used("a", "y"));
    }
}
