//! Certificates that the harness makes itself, with any flaw that a case asks for (RFC 5280).

pub mod der;
