//! Certificates of clients (RFC 8705): whose they are, and whether a trusted CA issued them.

pub mod certificate;
pub mod name;
