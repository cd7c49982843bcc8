//! Skeleton.
#![forbid(unsafe_code)]

pub mod baseline;
pub mod clock;
pub mod diagnostic;
pub mod jose;
mod schema;
pub mod secret;
pub mod target;
pub mod transport;
pub mod vocabulary;
pub mod wire;
pub mod yaml;
