//! Steps as data (docs/writing-suites.md, "Steps").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{Answer, Condition, Grade, ScopeCondition};
use super::authorize::{Authorize, Push};
use super::callback::{Publish, Received};
use super::certificate::CertificateChange;
use super::change::{Change, Headers, Who};
use super::handshake::Handshake;
use super::polled::{Begin, Decide};
use super::registration::Register;
use super::text::{FromScalar, Several, Text};

/// One step of a sequence.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// The resource owner approves what a client polls for.
    Approve(Decide),
    /// One authorization request.
    Authorize(Authorize),
    /// The request that begins what a client polls for (RFC 8628 §3.1, CIBA Core §7).
    Begin(Begin),
    /// A comparison of captured values.
    Check(Check),
    /// The resource owner denies what a client polls for.
    Deny(Decide),
    /// How long requests take, compared in rounds.
    Durations(Durations),
    /// Time passes.
    Elapse(Text),
    /// A GET for JSON.
    Fetch(Fetch),
    /// A TLS handshake for its own sake.
    Handshake(Handshake),
    /// The state of a token.
    Inspect(Inspect),
    /// Tokens by an undisturbed flow.
    Obtain(Obtain),
    /// A token request that is made and not sent.
    Prepare(Prepare),
    /// Something is shown at the callback host.
    Publish(Publish),
    /// An authorization request that is pushed (RFC 9126 §2).
    Push(Push),
    /// What arrived at the callback host.
    Received(Received),
    /// A client registration request (RFC 7591 §3).
    Register(Register),
    /// A revocation request (RFC 7009).
    Revoke(Revoke),
    /// Many issued values, looked at together.
    Sample(Sample),
    /// One token request.
    Send(Send),
    /// Token requests in one instant.
    Together(Together),
}

/// `obtain`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Obtain {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// Whose tokens.
    #[serde(default)]
    pub client: Who,
    /// By which grant; `refresh_token`: by any that ends with a refresh token in hand.
    pub grant: Text,
    /// The scope; absent: as a control asks.
    pub scope: Option<Text>,
}

/// `send`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The grant; absent: the variant's.
    pub baseline: Option<Text>,
    /// The step whose code or refresh token is used; absent: a fresh one.
    pub with: Option<Text>,
    /// Who sends.
    #[serde(default)]
    pub client: Who,
    /// What is changed.
    pub change: Option<Change>,
    /// `true`: this is the control of the sequence.
    pub control: Option<Text>,
    /// What conforms; absent: it must be accepted.
    #[serde(default)]
    pub expect: Several<Answer>,
    /// The look is repeated until it conforms or this time is over.
    pub within: Option<Text>,
    /// The time that passes while the request waits for its answer.
    pub elapse: Option<Text>,
}

/// `prepare`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prepare {
    /// The name it is saved under: `${NAME.sent.PARAMETER}`.
    #[serde(rename = "as")]
    pub name: Text,
    /// The grant; absent: the variant's.
    pub baseline: Option<Text>,
    /// Whose request.
    #[serde(default)]
    pub client: Who,
    /// What is changed.
    pub change: Option<Change>,
}

/// `together`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// The name the first success is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// How many requests.
    pub times: Text,
    /// How often the whole is repeated, each time with fresh values; one success too many ends it.
    pub rounds: Option<Text>,
    /// The request.
    pub send: Send,
    /// What conforms.
    pub expect: TogetherAnswer,
}

/// What conforms for simultaneous requests.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TogetherAnswer {
    /// How many may succeed.
    pub successes: Bounds,
    /// What the others answer; absent: anything but a token.
    #[serde(default)]
    pub others: Several<Answer>,
}

/// Numbers from and to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    pub at_least: Option<Text>,
    /// The most.
    pub at_most: Option<Text>,
}

/// `durations`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// How many rounds; each sends every request once, in an order that turns.
    pub rounds: Text,
    /// The requests, by name. One without a change must be accepted.
    pub of: BTreeMap<String, Send>,
    /// What conforms.
    pub expect: Several<DurationsAnswer>,
}

/// What the durations may be; the first that matches counts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DurationsAnswer {
    /// The names of two requests.
    #[serde(default)]
    pub between: Vec<Text>,
    /// The interval of the difference of those two has something in common with that from minus this to this.
    pub within: Option<Text>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// Why it is graded so.
    pub because: Option<String>,
}

/// `sample`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// How many.
    pub times: Text,
    /// Token requests.
    pub send: Option<Box<Send>>,
    /// Authorization requests.
    pub authorize: Option<Box<Authorize>>,
    /// Requests that begin what is polled for.
    pub begin: Option<Box<Begin>>,
    /// Client registration requests.
    pub register: Option<Box<Register>>,
    /// The member that is collected (`code` for authorizations).
    pub collect: Text,
    /// What conforms.
    #[serde(default)]
    pub expect: Several<SampleAnswer>,
}

/// What conforms for a sample; the first that matches counts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleAnswer {
    /// Room for unguessable content, in bits.
    pub room: Option<Bounds>,
    /// `true`: no value came twice.
    pub distinct: Option<Text>,
    /// Every value meets this.
    pub each: Option<Condition>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// Why it is graded so.
    pub because: Option<String>,
}

/// `inspect`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inspect {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The token.
    pub token: Text,
    /// What conforms; absent: it must be active.
    #[serde(default)]
    pub expect: Several<InspectAnswer>,
    /// The look is repeated until it conforms or this time is over.
    pub within: Option<Text>,
    /// The protected resource is asked, over a connection with this certificate.
    pub certificate: Option<CertificateChange>,
}

/// The state of a token.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectAnswer {
    /// `true` or `false`.
    pub active: Option<Text>,
    /// Its scope.
    pub scope: Option<ScopeCondition>,
    /// Its access token manager.
    pub issued_by: Option<Text>,
    /// Members of the introspection answer.
    #[serde(default)]
    pub json: BTreeMap<String, Condition>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// `true`: a match ends the case here, with this grade.
    pub end: Option<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// Why it is graded so.
    pub because: Option<String>,
}

/// `revoke`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The token.
    pub token: Text,
    /// token_type_hint.
    pub hint: Option<Text>,
    /// Who revokes.
    #[serde(default)]
    pub client: Who,
    /// What conforms; absent: a 2xx.
    #[serde(default)]
    pub expect: Several<Answer>,
}

/// `fetch`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// `metadata`, or a URL.
    pub url: Text,
    /// Header fields of the request that are changed.
    pub headers: Option<Headers>,
    /// What conforms; absent: a 2xx with a JSON object, which for `metadata` names the issuer or the token endpoint.
    #[serde(default)]
    pub expect: Several<Answer>,
}

/// `check`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The value.
    pub that: Text,
    /// Equal to this.
    pub equals: Option<Text>,
    /// Different from this.
    pub differs: Option<Text>,
    /// The whole value matches this regular expression.
    pub matches: Option<Text>,
    /// A scope set or list within this one.
    pub within: Option<Text>,
    /// Holds this.
    pub contains: Option<Text>,
    /// Does not hold this.
    pub lacks: Option<Text>,
    /// Equal to one of these.
    pub one_of: Option<Vec<Text>>,
    /// The whole value does not match this regular expression.
    pub not_matches: Option<Text>,
    /// Every character is in this class of a regular expression: `[0-9a-f]`.
    pub charset: Option<Text>,
    /// A number of at least this.
    pub at_least: Option<Text>,
    /// A number of at most this.
    pub at_most: Option<Text>,
    /// What it means when it does not hold; absent: fail.
    pub grade: Option<Grade>,
    /// `true`: when it does not hold, the case ends here.
    pub end: Option<Text>,
    /// Why.
    pub because: Option<String>,
}

impl FromScalar for DurationsAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}

impl FromScalar for SampleAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}

impl FromScalar for InspectAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}
