//! tokenspec: a conformance test harness and fuzzer for OAuth 2.0 token endpoints.
#![forbid(unsafe_code)]

pub mod baseline;
pub mod cli;
pub mod clock;
pub mod diagnostic;
pub mod fuzz;
pub mod jose;
pub mod judge;
pub mod plan;
pub mod probe;
pub mod report;
pub mod run;
pub mod saml;
mod schema;
pub mod secret;
mod side_by_side;
pub mod suite;
pub mod target;
pub mod template;
pub mod tls_hello;
pub mod transport;
pub mod vocabulary;
pub mod wire;
pub mod x509;
pub mod yaml;
