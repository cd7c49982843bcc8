//! Answers: what conforms, and how what does not conform is graded (docs/writing-suites.md, "Answers").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{FromScalar, Several, Text};
use super::wire::Then;

/// One possible answer; every member that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// OAuth error codes of a refusal (RFC 6749 §5.2); `any`; `bare` is a 400 without an OAuth error.
    pub refused: Option<Several<Text>>,
    /// A token was issued.
    pub accepted: Option<Accepted>,
    /// Status codes (`405`, `4xx`), and no token came.
    pub status: Option<Several<Text>>,
    /// The `error` member, whatever the status.
    pub error: Option<Several<Text>>,
    /// The same class of answer as a saved exchange.
    pub like: Option<Text>,
    /// The members that the JSON objects of this answer and of a saved one both have are equal, arrays as sets.
    pub agrees: Option<Text>,
    /// Conditions on header fields; each field line is one value.
    #[serde(default)]
    pub header: BTreeMap<String, Condition>,
    /// Conditions on top-level members of the JSON object; their names are templates.
    #[serde(default)]
    pub json: BTreeMap<String, Condition>,
    /// Conditions on the body as a whole.
    pub body: Option<BodyCondition>,
    /// How the end of the answer is told, and told soundly: `length`, `chunked`, `close` or `none`.
    pub framing: Option<Several<Text>>,
    /// What follows on the connection.
    pub then: Option<Then>,
    /// No HTTP answer, in one of these ways.
    #[serde(default)]
    pub silence: Vec<Silence>,
    /// Capability words of target and client: the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// Why it is graded so; shown with the finding.
    pub because: Option<String>,
    /// `true`: a match ends the sequence here, with this grade.
    pub end: Option<Text>,
}

/// What a match means for the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Conforms.
    #[default]
    Pass,
    /// A choice that the spec leaves open, recorded.
    Info,
    /// Deviates, but only from a `should`.
    Warn,
    /// Nothing can be concluded.
    Inconclusive,
    /// Deviates.
    Fail,
}

/// Ways of not answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// The connection was closed or reset before an answer.
    Closed,
    /// The connection ended in the middle of an answer.
    Cut,
    /// Nothing came in time.
    Late,
    /// What came is no HTTP answer.
    Malformed,
    /// A TLS alert came after the handshake.
    TlsAlert,
    /// The handshake failed.
    HandshakeRefused,
    /// The server takes no early data.
    NotEarly,
    /// The HTTP/2 stream was reset before an answer.
    StreamReset,
    /// The HTTP/2 connection was ended with GOAWAY before an answer.
    Goaway,
    /// The client left the handshake unfinished behind early data, and no answer came before.
    Unfinished,
}

/// A token response, and what must hold for it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The status of the acceptance.
    pub status: Option<Several<Text>>,
    /// The scope that the answer tells, or, where it is silent, the scope that was asked.
    pub scope: Option<ScopeCondition>,
    /// The scope that the token really has: introspection, else a claim of the JWT, else as `scope`.
    pub real_scope: Option<ScopeCondition>,
    /// The access token manager whose token it is; of several identifiers, divided by spaces, any one.
    pub issued_by: Option<Text>,
    /// The client identifier that the token was issued to (introspection or claim).
    pub of_client: Option<Text>,
    /// Claims of the token: of the JWT, else members of the introspection answer.
    #[serde(default)]
    pub claims: BTreeMap<String, Condition>,
    /// Members that must be there.
    #[serde(default)]
    pub has: Vec<Text>,
    /// Members that must not be there.
    #[serde(default)]
    pub lacks: Vec<Text>,
}

/// A condition on a set of scope values.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeCondition {
    /// The same set.
    pub equals: Option<Text>,
    /// No value outside this set.
    pub within: Option<Text>,
    /// All of these values.
    pub contains: Option<Text>,
    /// None of these values.
    pub lacks: Option<Text>,
}

/// A condition on one value.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Equal to this text.
    pub equals: Option<Text>,
    /// Different from this text.
    pub differs: Option<Text>,
    /// Equal to one of these texts.
    pub one_of: Option<Vec<Text>>,
    /// The whole value matches this regular expression.
    pub matches: Option<Text>,
    /// The whole value does not match this regular expression.
    pub not_matches: Option<Text>,
    /// Holds this text somewhere.
    pub contains: Option<Text>,
    /// Holds this text nowhere.
    pub lacks: Option<Text>,
    /// Has this element in a comma separated list, letter case aside.
    pub token: Option<Text>,
    /// The JSON type; several may be allowed.
    #[serde(rename = "type")]
    pub json_type: Option<Several<JsonType>>,
    /// A number of at least this.
    pub at_least: Option<Text>,
    /// A number of at most this.
    pub at_most: Option<Text>,
    /// Not there.
    pub absent: Option<Text>,
    /// There.
    pub present: Option<Text>,
    /// A WWW-Authenticate challenge of this scheme (RFC 9110 §11.6.1).
    pub challenge: Option<Text>,
    /// Every character is in this class of a regular expression: `[0-9a-f]`.
    pub charset: Option<Text>,
    /// `true`: it may be absent; what else is asked holds if it is there.
    pub optional: Option<Text>,
    /// A JSON array, each element of which meets this.
    pub each: Option<Box<Self>>,
    /// A JSON array of at least so many elements.
    pub count: Option<Text>,
    /// `true`: a JSON array none of whose elements comes twice; or the member that no two elements have in common.
    pub distinct: Option<Text>,
    /// A JSON object whose members of these names meet these.
    #[serde(default)]
    pub members: BTreeMap<String, Self>,
    /// `true`: a JSON object that is a public JWK as RFC 7517 and RFC 7518 have it.
    pub public_jwk: Option<Text>,
    /// `true`: every value is a list of WWW-Authenticate challenges by the grammar (RFC 9110 §11.6.1).
    pub challenges: Option<Text>,
    /// There are exactly so many values.
    pub lines: Option<Text>,
}

/// JSON types; an `integer` is a number written with digits only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A list.
    Array,
    /// true or false.
    Boolean,
    /// A number of digits only, perhaps with a sign.
    Integer,
    /// null.
    Null,
    /// Any number.
    Number,
    /// An object.
    Object,
    /// A string.
    String,
}

/// A condition on the body.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyCondition {
    /// Exactly one JSON object, in UTF-8, with white space at most around it.
    pub json_object: Option<Text>,
    /// No repeated member at the top level.
    pub unique_members: Option<Text>,
    /// No repeated member among these names.
    pub unique: Option<Vec<Text>>,
    /// Valid UTF-8.
    pub utf8: Option<Text>,
    /// Holds this text nowhere.
    pub lacks: Option<Text>,
    /// Holds this text somewhere.
    pub contains: Option<Text>,
    /// At most this many octets.
    pub at_most: Option<Text>,
}

impl FromScalar for Answer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}

impl FromScalar for JsonType {
    fn from_scalar(text: Text) -> Option<Self> {
        Some(match text.as_str() {
            "array" => Self::Array,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "null" => Self::Null,
            "number" => Self::Number,
            "object" => Self::Object,
            "string" => Self::String,
            _ => return None,
        })
    }
}
