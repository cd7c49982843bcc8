//! What a request changes.

use super::records::{
    AccessRecord, CodeRecord, Decision, Party, PolledRecord, PushedRecord, RefreshRecord,
    RegisteredClient,
};
use crate::moment::Timestamp;
use crate::opaque::opaque_debug;

/// One change of the state. Applied in order, all or none.
#[derive(Clone, Debug)]
pub enum StateChange {
    /// An access token was issued.
    AddAccessToken(AccessRecord),
    /// A client registered itself.
    AddClient(RegisteredClient),
    /// An authorization code was issued.
    AddCode(CodeRecord),
    /// A device authorization or a backchannel authentication was begun.
    AddPolled(PolledRecord),
    /// An authorization request was pushed.
    AddPushed(PushedRecord),
    /// A refresh token was issued.
    AddRefreshToken(RefreshRecord),
    /// Somebody failed to authenticate; the failures in a row are remembered until the time given.
    CountFailure {
        /// Who.
        party: Party,
        /// When they are forgotten, if no other follows.
        until: Timestamp,
    },
    /// A client polled.
    CountPoll {
        /// The `device_code` or `auth_req_id`.
        value: String,
        /// Seconds that have to lie between two polls from now on.
        interval: u64,
    },
    /// The resource owner decided.
    Decide {
        /// About what.
        polled: PolledName,
        /// What was decided.
        decision: Decision,
    },
    /// Somebody authenticated: the failures are forgotten.
    ForgetFailures(Party),
    /// A code is used up. Taken once: of two requests that redeem one code a [`super::Store`] lets
    /// one through.
    RedeemCode(String),
    /// A `device_code` or `auth_req_id` is used up. Taken once.
    RedeemPolled(String),
    /// A client assertion is used up. Taken once.
    RememberAssertion {
        /// The client.
        client: String,
        /// The `jti` of its assertion.
        jti: String,
        /// How long it has to be remembered.
        until: Timestamp,
    },
    /// An access token is revoked by itself.
    RemoveAccessToken(String),
    /// A client that registered itself is no client any more, with all that was issued to it.
    RemoveClient(String),
    /// A grant is revoked with all its tokens; they are remembered until the time given.
    RevokeGrant {
        /// The grant.
        grant: String,
        /// When its last token has expired.
        until: Timestamp,
    },
    /// A refresh token is used up. Taken once.
    RotateRefreshToken(String),
    /// An authorization request that was pushed is used up. Taken once.
    UsePushed(String),
}

/// What names a request that a client polls for: a store may keep no more of its value than a hash.
#[derive(Clone, PartialEq, Eq)]
pub enum PolledName {
    /// The `user_code` (RFC 8628 §6.1).
    UserCode(String),
    /// The `device_code` or `auth_req_id`.
    Value(String),
}

opaque_debug!(PolledName);
