//! Oracles that are as simple as they can be: no sharing of code with what they judge, and no thought of speed.

pub mod base64;
pub mod percent;
pub mod sha256;
pub mod uri;
