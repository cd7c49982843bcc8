//! Words of the RFCs as closed types.
//!
//! What a server may answer is not here: an unknown word in an answer is an observation, not a
//! parse error.

mod auth_method;
mod delivery_mode;
mod grant;
mod level;

pub use self::{
    auth_method::{AuthMethod, UnknownAuthMethod},
    delivery_mode::DeliveryMode,
    grant::{Grant, UnknownGrant},
    level::Level,
};
