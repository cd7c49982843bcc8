//! One exchange of HTTP/2 (RFC 9113), as octets: a request that may be malformed, and the answer to it.
//!
//! [`Client`] takes what came and says what is to be sent; it has no connection. Frames are written by hand, since a library keeps the
//! rules that are to be broken. The dynamic table of HPACK is switched off (RFC 7541 §4.2), so that a field section is read by itself.
//! Absent: more than one stream, server push, and any opinion.

mod answer;
mod client;
mod frame;
mod hpack;
mod huffman;

pub use client::Client;

use std::fmt;

/// A name and a value.
pub type Field = (Vec<u8>, Vec<u8>);

/// A request as frames carry it: nothing is checked, added or put right.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Names and values in their order, pseudo-header fields among them.
    pub fields: Vec<Field>,
    /// What the DATA frames hold; none is sent where it is empty.
    pub data: Vec<u8>,
}

/// Shows sizes only: values and data hold credentials.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("fields", &self.fields.len())
            .field("data", &format_args!("‹{} bytes›", self.data.len()))
            .finish()
    }
}

impl Request {
    /// The request as a text: a line for each field, an empty one, and this much of the data.
    #[must_use]
    pub fn text(&self, data: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for (name, value) in &self.fields {
            answer::line(&mut text, name, value);
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(self.data.get(..data).unwrap_or(&self.data));
        text
    }
}

/// Why an exchange of HTTP/2 has no (whole) answer. `Display` is a lowercase fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// GOAWAY, and no answer before it.
    #[error("the server ended the HTTP/2 connection with GOAWAY, {}", frame::error_name(*code))]
    GoneAway {
        /// The error code (RFC 9113 §7).
        code: u32,
    },
    /// What came is no HTTP/2, or a malformed answer (RFC 9113 §8.1.1).
    #[error("malformed answer over HTTP/2: {cause}")]
    Malformed {
        /// What is wrong with it.
        cause: String,
    },
    /// The server does not choose HTTP/2 in the TLS handshake (RFC 7301).
    #[error("the server does not choose h2 in the TLS handshake")]
    NotChosen,
    /// `RST_STREAM`, and no answer before it.
    #[error("the server reset the HTTP/2 stream, {}", frame::error_name(*code))]
    StreamReset {
        /// The error code (RFC 9113 §7).
        code: u32,
    },
    /// `RST_STREAM` inside the answer.
    #[error("the server reset the HTTP/2 stream in the middle of its answer, {}", frame::error_name(*code))]
    StreamResetMidway {
        /// The error code (RFC 9113 §7).
        code: u32,
    },
    /// The body has more bytes than its limit.
    #[error("a body of more than {limit} bytes")]
    TooLarge {
        /// Bytes.
        limit: usize,
    },
}

impl Failure {
    fn malformed(cause: impl Into<String>) -> Self {
        Self::Malformed {
            cause: cause.into(),
        }
    }
}

#[cfg(test)]
mod hpack_tests;
#[cfg(test)]
mod tests;
