//! The step about clients that register themselves, as data (docs/writing-suites.md, "register").

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::Answer;
use super::ordered::Pairs;
use super::text::{Several, Text};

/// `register`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The members of the request (RFC 7591 §2): JSON where a text is that, else a string.
    #[serde(default)]
    pub metadata: Pairs,
    /// What conforms; absent: the client must be registered.
    #[serde(default)]
    pub expect: Several<Answer>,
}
