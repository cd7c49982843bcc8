//! What the server remembers: codes, tokens, used assertions. [`Records`] reads it, a
//! [`StateChange`] changes it, a [`Store`] makes reading and changing one atomic step.

mod change;
mod memory;
mod records;

pub use change::{PolledName, StateChange};
pub use memory::{MemoryStore, State};
pub use records::{
    AccessRecord, CodeRecord, Decision, Failures, Party, PolledRecord, PushedRecord, RefreshRecord,
    RegisteredClient, Usage,
};

use std::fmt;
use std::sync::Arc;

use crate::endpoint::Outcome;
use crate::moment::Timestamp;
use crate::wire::response::Response;

/// A view of the state at one moment.
pub trait Records {
    /// The authorization code with exactly this value, used or not, as long as it is remembered.
    fn code(&self, value: &str) -> Option<Arc<CodeRecord>>;
    /// The refresh token with exactly this value, used or not.
    fn refresh_token(&self, value: &str) -> Option<Arc<RefreshRecord>>;
    /// The access token with exactly this value, unless it was revoked by itself.
    fn access_token(&self, value: &str) -> Option<Arc<AccessRecord>>;
    /// Whether the grant was revoked, and with it all its tokens.
    fn is_revoked(&self, grant: &str) -> bool;
    /// Whether the client has used an assertion with this `jti`.
    fn is_assertion_used(&self, client: &str, jti: &str) -> bool;
    /// The failures of somebody to authenticate since the last success.
    fn failures(&self, party: &Party) -> Option<Failures>;
    /// What is polled for with exactly this `device_code` or `auth_req_id`, as long as it is remembered.
    fn polled(&self, value: &str) -> Option<Arc<PolledRecord>>;
    /// The device authorization with exactly this `user_code`. Its `value` may be missing: who decides does not see it.
    fn polled_by_user_code(&self, user_code: &str) -> Option<Arc<PolledRecord>>;
    /// The authorization request that was pushed under exactly this `request_uri`, used or not, as long as it is remembered.
    fn pushed(&self, request_uri: &str) -> Option<Arc<PushedRecord>>;
    /// The client with exactly this identifier that registered itself.
    fn registered(&self, client: &str) -> Option<Arc<RegisteredClient>>;
    /// Shows every code.
    fn each_code(&self, visit: &mut dyn FnMut(&Arc<CodeRecord>));
    /// Shows everything that is polled for.
    fn each_polled(&self, visit: &mut dyn FnMut(&Arc<PolledRecord>));
    /// Shows every refresh token.
    fn each_refresh_token(&self, visit: &mut dyn FnMut(&Arc<RefreshRecord>));
    /// Shows every access token.
    fn each_access_token(&self, visit: &mut dyn FnMut(&Arc<AccessRecord>));
}

/// Decides on a view of the state; may be called again if another request was faster.
pub type Decide<'a> = &'a mut dyn FnMut(&dyn Records) -> Outcome;

/// Whether a store makes its caller wait for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For a network or another process: call it on a thread that may wait.
    ForOthers,
    /// For no longer than it takes to look something up.
    Never,
}

/// Where the state lives.
pub trait Store: Send + Sync + fmt::Debug {
    /// Whether it makes its caller wait for others.
    fn waits(&self) -> Waits {
        Waits::Never
    }

    /// Decides and applies the changes in one atomic step: what one caller takes once (a code, a
    /// refresh token, a `jti`), no other takes.
    ///
    /// # Errors
    /// When the store can't be reached; then nothing has changed.
    fn transact(&self, now: Timestamp, decide: Decide<'_>) -> Result<Response, StoreError>;

    /// Decides, and leaves the changes to the caller: the seeded races read here and write later.
    ///
    /// # Errors
    /// When the store can't be reached.
    fn decide_only(&self, decide: Decide<'_>) -> Result<Outcome, StoreError>;

    /// Applies changes whatever happened since they were decided.
    ///
    /// # Errors
    /// When the store can't be reached; then nothing has changed.
    fn apply(&self, now: Timestamp, changes: Vec<StateChange>) -> Result<(), StoreError>;
}

/// The store can't be reached.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store can't be reached: {0}")]
pub struct StoreError(pub String);
