//! Steps about authorization requests, as data (docs/writing-suites.md, "authorize" and "push").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{Answer, Condition, Grade};
use super::change::Who;
use super::ordered::Pairs;
use super::text::{FromScalar, Several, Text};

/// `authorize`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The step that pushed the request: the URL names that, and `change` stands beside it.
    pub pushed: Option<Text>,
    /// Whose authorization.
    #[serde(default)]
    pub client: Who,
    /// The change of the authorization request's parameters.
    pub change: Option<AuthorizeChange>,
    /// `S256` (default), `plain` or `none`.
    pub pkce: Option<Text>,
    /// The verifier that the challenge is made of; absent: a fresh one.
    pub verifier: Option<Text>,
    /// The scope; absent: all of the client's.
    pub scope: Option<Text>,
    /// The redirect URI; absent: the first one; `none` leaves it out.
    pub redirect_uri: Option<Text>,
    /// The resources that it names (RFC 8707 §2.1).
    #[serde(default)]
    pub resource: Several<Text>,
    /// What conforms; absent: a code must come.
    #[serde(default)]
    pub expect: Several<AuthorizeAnswer>,
}

/// Parameters of an authorization request to set, take out or add.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorizeChange {
    /// Parameters given a value.
    #[serde(default)]
    pub set: Pairs,
    /// Parameters taken out.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// Further pairs.
    #[serde(default)]
    pub append: Vec<Pairs>,
}

/// An answer of the authorization endpoint.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorizeAnswer {
    /// `true`: a code came.
    pub code: Option<Text>,
    /// Error codes of the redirect, `any`, or `page`: an error page without a redirect.
    pub refused: Option<Several<Text>>,
    /// Conditions on the parameters of the redirect.
    #[serde(default)]
    pub parameters: BTreeMap<String, Condition>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// `true`: a match ends the case here, with this grade.
    pub end: Option<Text>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// Why it is graded so.
    pub because: Option<String>,
}

/// `push`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// Whose request.
    #[serde(default)]
    pub client: Who,
    /// The change of its parameters, those of client authentication aside.
    pub change: Option<AuthorizeChange>,
    /// `S256` (default), `plain` or `none`.
    pub pkce: Option<Text>,
    /// The verifier that the challenge is made of; absent: a fresh one.
    pub verifier: Option<Text>,
    /// The scope; absent: all of the client's.
    pub scope: Option<Text>,
    /// The redirect URI; absent: the first one; `none` leaves it out.
    pub redirect_uri: Option<Text>,
    /// What conforms; absent: a `request_uri` must come.
    #[serde(default)]
    pub expect: Several<Answer>,
}

impl Push {
    /// The authorization request that is pushed.
    #[must_use]
    pub fn request(&self) -> Authorize {
        Authorize {
            client: self.client,
            change: self.change.clone(),
            pkce: self.pkce.clone(),
            verifier: self.verifier.clone(),
            scope: self.scope.clone(),
            redirect_uri: self.redirect_uri.clone(),
            ..Authorize::default()
        }
    }
}

impl FromScalar for AuthorizeAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}
