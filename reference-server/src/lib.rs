//! Reference implementation of an OAuth 2.0 token endpoint, with seeded defects.
//!
//! The core does no I/O: [`respond`] takes a server, the state, a raw request and a moment, and gives
//! an answer and changes of the state. [`serve`] puts it behind a socket. The endpoint is a table of
//! named checks ([`checks::CheckId`]) over facts ([`facts::Facts`]) that were read and looked up before.
//! A [`Defect`] changes the server at one of a few seams; see [`defects`] for how to write one.
#![forbid(unsafe_code)]

pub mod access_token_manager;
pub mod authentication;
pub mod checks;
pub mod config;
pub mod context;
pub mod defects;
pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod facts;
pub mod grants;
pub mod issue;
pub mod jose;
pub mod moment;
pub mod notification;
mod opaque;
pub mod pkce;
pub mod registration;
pub mod registry;
pub mod resolve;
pub mod resource_indicators;
pub mod saml;
pub mod security_token;
pub mod server;
pub mod shell;
pub mod state;
pub mod tls_plan;
pub mod vocabulary;
pub mod wire;
pub mod x509;

pub use config::{Config, ConfigError, embedded_names};
pub use defects::{Defect, Seam};
pub use endpoint::{Outcome, respond};
pub use server::Server;
pub use shell::{
    Options, Running, ServeError, TargetFile, Transport, serve, target_files, target_yaml,
    write_target,
};
