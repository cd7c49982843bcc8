//! Hooks as they are written.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::yaml::{Entries, Located};

/// How something comes about that the harness can't do by itself.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Hook")]
pub(in crate::target) enum HookFile {
    /// A URL to GET, with placeholders.
    Url(Located<String>),
    /// A program and its arguments, with placeholders.
    Command(Located<Vec<Located<ArgumentFile>>>),
    /// A person is asked.
    Manual,
}

/// How an authorization code is obtained.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuthorizationCodes")]
pub(in crate::target) struct AuthorizationCodesFile {
    /// The way.
    pub(in crate::target) via: Located<Via>,
    /// For `via: command`: a program and its arguments. Placeholders are `{client_id}`,
    /// `{redirect_uri}`, `{scope}`, `{code_challenge}`, `{code_challenge_method}`, `{resource}`
    /// and `{state}`; an inner list is dropped when its placeholder has no value.
    pub(in crate::target) command: Option<Located<Vec<Located<ArgumentFile>>>>,
    /// Added to every authorization request.
    #[serde(default)]
    pub(in crate::target) parameters: Entries<String>,
    /// The resource owner, by name.
    pub(in crate::target) user: Option<Located<String>>,
}

/// A way to an authorization code.
#[derive(Clone, Copy, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(in crate::target) enum Via {
    /// The authorization endpoint answers with a redirect by itself.
    Redirect,
    /// A program prints the code as its first line and exits with 0.
    Command,
    /// Log in and consent through the server's own HTML forms.
    Form,
    /// A person opens the URL.
    Manual,
}

/// An argument, or a list of arguments that stand or fall together.
pub(in crate::target) enum ArgumentFile {
    One(String),
    Group(Vec<String>),
}

impl<'de> Deserialize<'de> for ArgumentFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ArgumentVisitor)
    }
}

struct ArgumentVisitor;

impl<'de> Visitor<'de> for ArgumentVisitor {
    type Value = ArgumentFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a list of texts (put quotation marks around a number)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(ArgumentFile::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut group = Vec::new();
        while let Some(text) = sequence.next_element()? {
            group.push(text);
        }
        Ok(ArgumentFile::Group(group))
    }
}

impl JsonSchema for ArgumentFile {
    fn schema_name() -> Cow<'static, str> {
        "Argument".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An argument; or a list of arguments that is dropped when one of its \
                            placeholders has no value.",
            "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        })
    }
}
