//! Skeleton.
#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod jose;
pub mod secret;
pub mod vocabulary;
pub mod yaml;
