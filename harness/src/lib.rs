//! Skeleton.
#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod secret;
pub mod vocabulary;
pub mod yaml;
