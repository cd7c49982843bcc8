//! A request as it came: nothing decoded, nothing rejected.

use std::fmt;

use super::form::Form;

/// The version of HTTP that a request came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.0 or HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
}

/// One HTTP request.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawRequest {
    /// The version that it came in.
    pub protocol: Protocol,
    /// The method, as sent.
    pub method: String,
    /// The path of the request target, as sent.
    pub path: String,
    /// The query of the request target without the question mark.
    pub query: Option<String>,
    /// Header fields in order; names in lower case. The `:authority` of HTTP/2 is `host`.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The content.
    pub body: Body,
    /// The certificates that the client presented in the TLS handshake, its own first (DER).
    pub certificates: Vec<Vec<u8>>,
}

/// The content of a request.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Complete(Vec<u8>),
    /// What came before the client broke off.
    Incomplete(Vec<u8>),
    /// More than the limit; it was not kept.
    TooLarge,
    /// It did not arrive within the time that the server gives a client.
    TooSlow,
}

impl Default for Body {
    fn default() -> Self {
        Self::Complete(Vec::new())
    }
}

impl RawRequest {
    /// A POST of a form to a path.
    #[must_use]
    pub fn post(path: &str, form: &str) -> Self {
        Self {
            method: "POST".to_owned(),
            path: path.to_owned(),
            body: Body::Complete(form.as_bytes().to_vec()),
            ..Self::default()
        }
        .header("content-type", "application/x-www-form-urlencoded")
    }

    /// A GET of a path, with a query if it has one.
    #[must_use]
    pub fn get(target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query,
            ..Self::default()
        }
    }

    /// With one more header field; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    /// All values of a header field; the name in lower case.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_slice())
    }

    /// The first value of a header field, if it is text.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// Removes a header field and sets it anew.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.remove_header(name);
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
    }

    /// Removes every occurrence of a header field.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(n, _)| n != name);
    }

    /// The octets of the body that were kept.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        match &self.body {
            Body::Complete(content) | Body::Incomplete(content) => content,
            Body::TooLarge | Body::TooSlow => &[],
        }
    }

    /// The body read as a form.
    #[must_use]
    pub fn form(&self) -> Form {
        Form::parse(self.content())
    }

    /// The query read as a form.
    #[must_use]
    pub fn query_form(&self) -> Form {
        Form::parse(self.query.as_deref().unwrap_or_default().as_bytes())
    }

    /// This request with another form as its body.
    #[must_use]
    pub fn with_form(mut self, form: &Form) -> Self {
        self.body = Body::Complete(form.encode());
        self
    }

    /// This request with its form changed: read, edited, written again.
    #[must_use]
    pub fn edit_form(self, edit: impl FnOnce(&mut Form)) -> Self {
        let mut form = self.form();
        edit(&mut form);
        self.with_form(&form)
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(content) => write!(f, "Complete({} octets)", content.len()),
            Self::Incomplete(content) => write!(f, "Incomplete({} octets)", content.len()),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::TooSlow => f.write_str("TooSlow"),
        }
    }
}
