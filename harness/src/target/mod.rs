//! The server under test, as a target file describes it (design: "The target file").
//!
//! `file` is what is written, `parse` checks it and makes the model of it. The model has no
//! dangling names, no unresolved secrets and no unread keys. Only `load` touches the system.

mod access_token_manager;
pub mod capability;
mod certificate;
mod client;
mod endpoint_url;
mod file;
mod hook;
mod limits;
mod load;
mod model;
mod parse;
mod placeholder;
mod resource_match;

pub use self::{
    access_token_manager::{AccessTokenManager, Evidence, RecognisedBy, TokenFormat},
    certificate::Certificate,
    client::{Client, ClientKey, Scopes},
    endpoint_url::EndpointUrl,
    hook::{AuthorizationCodes, CodeSource, Command, Hook, UrlTemplate},
    limits::{Allow, Limits, NotARate, Rate},
    load::{Surroundings, load, load_text, unreadable},
    model::{
        AssertionIssuer, Assertions, CallbackHost, Ciba, ClientEndpoint, Endpoints, Resources,
        SamlIssuer, Supports, Target, Tls, TokenExchange, User,
    },
    parse::parse,
    placeholder::MissingValue,
    resource_match::resolve_atm,
};

/// The JSON Schema of target files.
#[must_use]
pub fn schema() -> serde_json::Value {
    crate::schema::of::<file::TargetFile>()
}
