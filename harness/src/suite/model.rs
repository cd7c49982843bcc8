//! The suite file as data: rules and cases (docs/writing-suites.md).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::Answer;
use super::change::Change;
use super::text::{Several, Text};
use crate::vocabulary::Level;

pub use super::authorize::{Authorize, AuthorizeAnswer, AuthorizeChange, Push};
pub use super::callback::{Publish, PublishedKey, Received, ReceivedAnswer};
pub use super::handshake::{Handshake, HandshakeAnswer, Hello};
pub use super::polled::{Begin, Decide};
pub use super::registration::Register;
pub use super::step::{
    Bounds, Check, Durations, DurationsAnswer, Fetch, Inspect, InspectAnswer, Obtain, Prepare,
    Revoke, Sample, SampleAnswer, Send, Step, Together, TogetherAnswer,
};

/// One rule file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Where the requirement stands.
    pub source: Source,
    /// The requirement in one or two sentences.
    pub rule: String,
    /// How to mend a server that breaks it.
    pub remedy: Option<String>,
    /// Readings and decisions.
    pub notes: Option<String>,
    /// Capability words, all of them; `-word` asks that the target lack it.
    #[serde(default)]
    pub needs: Vec<Text>,
    /// The answers of every case that has neither `expect` nor `steps`.
    #[serde(default)]
    pub expect: Several<Answer>,
    /// The cases.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// The rule whose cases show this one too.
    pub same_as: Option<Text>,
    /// Why no black-box client can show it.
    pub not_observable: Option<String>,
}

/// A place in a document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document, such as `RFC 6749`.
    pub document: Text,
    /// Its section or sections.
    pub section: Text,
    /// The level of the requirement.
    pub level: Level,
    /// Where to read it; derived for RFCs.
    pub url: Option<String>,
}

/// One way to check a rule.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique in the rule.
    pub name: Text,
    /// Further capability words.
    #[serde(default)]
    pub needs: Vec<Text>,
    /// Words which a client must have to take part.
    #[serde(default)]
    pub client: Several<Text>,
    /// Words which the second client must have; absent: the case needs none.
    pub other: Option<Several<Text>>,
    /// Grants, `each` or `any`.
    #[serde(default)]
    pub baseline: Several<Text>,
    /// The product of these lists.
    #[serde(default)]
    pub for_each: BTreeMap<String, Several<Text>>,
    /// One change.
    pub deviation: Option<Change>,
    /// Several changes, one variant each.
    #[serde(default)]
    pub deviations: Changes,
    /// The answers.
    #[serde(default)]
    pub expect: Several<Answer>,
    /// A sequence, instead of `deviation` and `expect`.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// A change of the derived control.
    pub control: Option<Change>,
    /// Consent that the case needs.
    #[serde(default)]
    pub allow: Vec<Text>,
    /// `true`: sends failed authentications.
    pub hurts: Option<Text>,
}

/// Labelled changes in file order.
#[derive(Clone, Debug, Default)]
pub struct Changes(pub Vec<(Text, Change)>);
