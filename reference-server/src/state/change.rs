//! What a request changes.

use super::records::{AccessRecord, CodeRecord, RefreshRecord};
use crate::moment::Timestamp;

/// One change of the state. Applied in order, all or none.
#[derive(Clone, Debug)]
pub enum StateChange {
    /// An access token was issued.
    AddAccessToken(AccessRecord),
    /// An authorization code was issued.
    AddCode(CodeRecord),
    /// A refresh token was issued.
    AddRefreshToken(RefreshRecord),
    /// A client failed to authenticate; its failures in a row are remembered until the time given.
    CountFailure {
        /// The client.
        client: String,
        /// When they are forgotten, if no other follows.
        until: Timestamp,
    },
    /// A client authenticated: its failures are forgotten.
    ForgetFailures(String),
    /// A code is used up. Taken once: of two requests that redeem one code a [`super::Store`] lets
    /// one through.
    RedeemCode(String),
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
    /// A grant is revoked with all its tokens; they are remembered until the time given.
    RevokeGrant {
        /// The grant.
        grant: String,
        /// When its last token has expired.
        until: Timestamp,
    },
    /// A refresh token is used up. Taken once.
    RotateRefreshToken(String),
}
