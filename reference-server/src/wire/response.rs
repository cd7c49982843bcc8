//! An answer before it becomes bytes.

use std::fmt;

use serde_json::{Map, Value};

use super::json::Object;

/// One HTTP response. Content-Length, Date and the framing are the shell's.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields in order.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without content.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A JSON answer that nobody may store (RFC 6749 §5.1).
    #[must_use]
    pub fn json(status: u16, object: Object) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: object.into_bytes(),
        }
        .with("Content-Type", "application/json")
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
    }

    /// With one more header field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this header field instead of all of that name.
    #[must_use]
    pub fn replace(self, name: &str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    /// Without a header field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// With another status.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With another body, whatever its type.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first value of a header field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The members of the body, if it is a JSON object.
    #[must_use]
    pub fn members(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A member of the JSON body.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value> {
        self.members()?.remove(name)
    }

    /// With its JSON object changed; unchanged if the body is none.
    #[must_use]
    pub fn edit(mut self, edit: impl FnOnce(&mut Map<String, Value>)) -> Self {
        if let Some(mut members) = self.members() {
            edit(&mut members);
            self.body = Value::Object(members).to_string().into_bytes();
        }
        self
    }

    /// Whether this is a token response: 200 with an `access_token`.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.status == 200 && self.member("access_token").is_some()
    }

    /// The `error` member.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.member("error")?.as_str().map(str::to_owned)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
