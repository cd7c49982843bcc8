//! Steps about the callback host, as data (docs/writing-suites.md, "publish" and "received").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{Condition, Grade};
use super::change::Members;
use super::ordered::Pairs;
use super::step::Bounds;
use super::text::{FromScalar, Several, Text};

/// `publish`: something is shown at the callback host, until the variant ends.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The name it is saved under: `${NAME.url}`.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// A URL of the host, such as `${client.jwks_uri}`; absent: a fresh one.
    pub at: Option<Text>,
    /// Only requests that have this text in a header field or in their content are answered so.
    pub with: Option<Text>,
    /// A JWK set of these keys (RFC 7517 §5).
    pub keys: Option<Vec<PublishedKey>>,
    /// PEM: a certificate of the key of this name.
    pub certificate: Option<Text>,
    /// Any content.
    pub body: Option<Text>,
    /// The status; absent: 200.
    pub status: Option<Text>,
    /// Further header fields, or other values of those that are there.
    #[serde(default)]
    pub headers: Pairs,
    /// How long the answer is held back; absent: not at all.
    pub delay: Option<Text>,
}

/// A key of a JWK set.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedKey {
    /// `self` (the client's own), or the name of a key that is made for the variant.
    pub key: Text,
    /// Members of its JWK that are changed.
    #[serde(default)]
    pub members: Members,
}

impl Publish {
    /// Its templates, in order.
    pub fn templates(&self) -> impl Iterator<Item = &Text> {
        let keys = self.keys.iter().flatten();
        let members = keys.flat_map(|key| key.members.set.values());
        let texts = [&self.at, &self.with, &self.body, &self.status, &self.delay];
        let texts = texts.into_iter().flatten();
        texts.chain(members).chain(self.headers.values())
    }
}

/// `received`: what arrived at the callback host since the variant began.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// A URL of the host.
    pub at: Text,
    /// Only requests that have this text in a header field or in their content count.
    pub with: Option<Text>,
    /// How long is waited for one; absent: not at all.
    pub within: Option<Text>,
    /// What conforms; absent: a request must have arrived.
    #[serde(default)]
    pub expect: Several<ReceivedAnswer>,
}

/// What arrived.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedAnswer {
    /// How many requests.
    pub count: Option<Bounds>,
    /// The method of the first one.
    pub method: Option<Condition>,
    /// Its header fields.
    #[serde(default)]
    pub header: BTreeMap<String, Condition>,
    /// Members of the JSON object that is its content.
    #[serde(default)]
    pub json: BTreeMap<String, Condition>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// `true`: a match ends the case here, with this grade.
    pub end: Option<Text>,
    /// Why it is graded so.
    pub because: Option<String>,
}

impl FromScalar for ReceivedAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}
