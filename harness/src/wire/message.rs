//! A request as parts, and the exact bytes that it becomes (RFC 9112 §3).
//!
//! Nothing is checked, added or put right, except for the framing that the caller names: a request
//! that is wrong is wrong on purpose.

use std::fmt;

use crate::wire::chunked;

/// Which header tells where the body ends; it is written behind the other headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`, the body as one chunk.
    Chunked,
    /// `Content-Length` with the length of the body.
    ContentLength,
    /// `Content-Length` with this text, whatever the body is.
    Explicit(String),
    /// No header; the body is written as it is.
    NoLength,
}

/// A request before it becomes bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestMessage {
    /// The method, as it stands in the request line.
    pub method: String,
    /// The request target: origin form, absolute form, or anything else.
    pub target: String,
    /// The version in the request line, `HTTP/1.1` by default.
    pub version: String,
    /// Header fields in order; values are written as they are, control characters included.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body before any transfer coding.
    pub body: Vec<u8>,
    /// How the end of the body is told.
    pub framing: Framing,
}

/// Shows no values and no body: they hold credentials.
impl fmt::Debug for RequestMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("RequestMessage")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body", &format_args!("‹{} bytes›", self.body.len()))
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}

impl RequestMessage {
    /// A request of HTTP/1.1 without headers and body, and without a framing header.
    #[must_use]
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            version: "HTTP/1.1".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::NoLength,
        }
    }

    /// Adds a header field behind those that are there.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body, told by its `Content-Length`.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.framing = Framing::ContentLength;
        self
    }

    /// The bytes that go over the connection.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512 + self.body.len());
        let mut line = |parts: [&[u8]; 3]| {
            parts
                .into_iter()
                .for_each(|part| bytes.extend_from_slice(part));
            bytes.extend_from_slice(b"\r\n");
        };
        let request_line = format!("{} {} {}", self.method, self.target, self.version);
        line([request_line.as_bytes(), b"", b""]);
        for (name, value) in &self.headers {
            line([name.as_bytes(), b": ", value]);
        }
        match &self.framing {
            Framing::Chunked => line([b"Transfer-Encoding", b": ", b"chunked"]),
            Framing::ContentLength => {
                line([
                    b"Content-Length",
                    b": ",
                    self.body.len().to_string().as_bytes(),
                ]);
            }
            Framing::Explicit(text) => line([b"Content-Length", b": ", text.as_bytes()]),
            Framing::NoLength => {}
        }
        bytes.extend_from_slice(b"\r\n");
        match self.framing {
            Framing::Chunked => bytes.extend(chunked::encode(&self.body)),
            Framing::ContentLength | Framing::Explicit(_) | Framing::NoLength => {
                bytes.extend_from_slice(&self.body);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Framing, RequestMessage};

    fn check(framing: Framing, expect: &str) {
        let mut message = RequestMessage::new("POST", "/token?x")
            .header("Host", "as.example")
            .header("X", b"\x01\r\n y".to_vec())
            .body("a=b");
        message.framing = framing;
        let head = "POST /token?x HTTP/1.1\r\nHost: as.example\r\nX: \x01\r\n y\r\n";
        assert_eq!(
            String::from_utf8(message.to_bytes()).unwrap(),
            format!("{head}{expect}")
        );
    }

    #[test]
    fn every_framing_becomes_its_bytes() {
        check(Framing::ContentLength, "Content-Length: 3\r\n\r\na=b");
        check(Framing::NoLength, "\r\na=b");
        check(
            Framing::Chunked,
            "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
        );
        check(
            Framing::Explicit("+3".to_owned()),
            "Content-Length: +3\r\n\r\na=b",
        );
    }

    #[test]
    fn request_without_body_has_no_framing_header() {
        let bytes = RequestMessage::new("GET", "/")
            .header("Host", "a")
            .to_bytes();
        assert_eq!(bytes, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    #[test]
    fn credentials_do_not_show_in_debug_output() {
        let message = RequestMessage::new("POST", "/")
            .header("Authorization", "Basic c2Vj")
            .body("code=cn");
        let shown = format!("{message:?}");
        assert!(
            !shown.contains("c2Vj") && !shown.contains("code=cn"),
            "{shown}"
        );
    }
}
