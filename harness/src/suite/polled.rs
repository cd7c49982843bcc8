//! Steps about what a client polls for, as data (docs/writing-suites.md, "begin").

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::Answer;
use super::change::Who;
use super::ordered::Pairs;
use super::text::{Several, Text};

/// `begin`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// Who asks.
    #[serde(default)]
    pub client: Who,
    /// `device_code` or `ciba`.
    pub grant: Text,
    /// The scope; absent: all of the client's.
    pub scope: Option<Text>,
    /// Further parameters, or other values of those that are there.
    #[serde(default)]
    pub set: Pairs,
    /// `true`: this is the control of the sequence, and no other is derived.
    pub control: Option<Text>,
    /// What conforms; absent: something to poll for must come.
    #[serde(default)]
    pub expect: Several<Answer>,
}

/// `approve` and `deny`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// The step that began it.
    pub with: Text,
    /// `true`: the target may take no decision any more, and the case goes on all the same.
    pub may_fail: Option<Text>,
}
