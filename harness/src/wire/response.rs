//! An HTTP answer as facts: status, header fields in order, body, and what was odd about it.

use std::fmt;

/// A header or trailer field as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in the letters that the server used.
    pub name: String,
    /// The value without surrounding white space; raw bytes, line folds included.
    pub value: Vec<u8>,
}

/// Shows the length of the value only: a value can be a cookie or a token.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ‹{} bytes›", self.name, self.value.len())
    }
}

/// The version of an answer: that in the status line (RFC 9112 §2.3), or HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2, which tells it in the TLS handshake (RFC 9113 §3.1)
    Http2,
}

/// How the end of the body was known (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFraming {
    /// No body by definition: an answer to HEAD, or status 204 or 304.
    None,
    /// By `Content-Length`: this many bytes.
    Length(u64),
    /// By the chunked transfer coding.
    Chunked,
    /// By the end of the connection.
    UntilClose,
    /// By the end of its HTTP/2 stream (RFC 9113 §8.1).
    Stream,
}

/// Which answer a request gets: one to HEAD never has a body (RFC 9110 §9.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerTo {
    /// The request's method is HEAD.
    Head,
    /// Any other method.
    Other,
}

impl AnswerTo {
    /// The kind of answer that a request with this method gets.
    #[must_use]
    pub fn method(method: &str) -> Self {
        if method == "HEAD" {
            Self::Head
        } else {
            Self::Other
        }
    }
}

/// Something about an answer that a strict reader would stumble over, although it could be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A line ended in LF without CR (RFC 9112 §2.2).
    BareLf,
    /// `Content-Length` and `Transfer-Encoding` in one answer (RFC 9112 §6.2).
    BothFramings,
    /// The body has fewer bytes than its framing announced (RFC 9112 §8); seen in a partial answer
    /// only.
    BodyCut {
        /// Bytes that the length or the current chunk announced.
        announced: u64,
        /// Bytes that came.
        received: u64,
    },
    /// Bytes followed the end of the answer.
    BytesAfterEnd {
        /// How many had arrived when the answer ended.
        count: usize,
    },
    /// White space around a chunk size (RFC 9112 §7.1 has none).
    ChunkSizeSpace,
    /// `Content-Length` values that differ or are no numbers (RFC 9112 §6.3); seen in a partial
    /// answer only.
    ConflictingContentLength,
    /// `Content-Length` in an answer that has no body by its status 204 (RFC 9110 §8.6).
    ContentLengthWithoutBody,
    /// Empty lines came before the status line.
    LeadingEmptyLines,
    /// The reason phrase is absent together with the space before it (RFC 9112 §4).
    MissingReason,
    /// More than one space between the parts of the status line.
    StatusLineSpaces,
    /// A header value was continued on the next line (RFC 9112 §5.2).
    ObsoleteFolding,
    /// One `Content-Length` value came several times (RFC 9112 §6.3).
    RepeatedContentLength,
    /// White space between a field name and its colon (RFC 9112 §5.1).
    SpaceBeforeColon,
    /// `Transfer-Encoding` in an answer of HTTP/1.0 (RFC 9112 §6.1).
    TransferEncodingInHttp10,
    /// `Transfer-Encoding` in an answer that has no body by its status 204 (RFC 9112 §6.1).
    TransferEncodingWithoutBody,
    /// The TLS connection ended without `close_notify` (RFC 9112 §9.8).
    UncleanTlsClose,
    /// A transfer coding other than chunked, as named by the server.
    UnknownTransferCoding {
        /// The codings, lower case.
        codings: String,
    },
    /// 101 Switching Protocols, which no request of ours asks for (RFC 9110 §15.2.2).
    UnaskedUpgrade,
}

/// An HTTP answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The version.
    pub version: Version,
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase, raw; empty if there was none, as in HTTP/2.
    pub reason: Vec<u8>,
    /// Header fields in order, repeated ones kept.
    pub headers: Vec<Header>,
    /// The body with the chunked coding taken off and no other.
    pub body: Vec<u8>,
    /// Trailer fields of a chunked body.
    pub trailers: Vec<Header>,
    /// How the end of the body was known.
    pub framing: BodyFraming,
    /// Status codes of the interim (1xx) responses that came before.
    pub interim: Vec<u16>,
    /// What was odd, each kind once, in the order of discovery.
    pub oddities: Vec<Oddity>,
}

/// Shows the shape only: bodies and values hold tokens.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &format_args!("‹{} bytes›", self.body.len()))
            .field("framing", &self.framing)
            .field("oddities", &self.oddities)
            .finish_non_exhaustive()
    }
}

impl Response {
    /// The values of all header fields with this name (in any letter case), in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_slice())
    }

    /// The members of a comma-separated header over all its fields, trimmed, lower case.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(|member| String::from_utf8_lossy(member).trim().to_ascii_lowercase())
            .filter(|member| !member.is_empty())
            .collect()
    }

    /// Whether the connection can carry another request after this answer (RFC 9112 §9.3): the
    /// server keeps it open, and nothing makes the end of this answer doubtful.
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        let connection = self.list("connection");
        let open = match self.version {
            Version::Http10 => connection.iter().any(|option| option == "keep-alive"),
            Version::Http11 => true,
            // Each request over HTTP/2 has a connection of its own.
            Version::Http2 => false,
        } && !connection.iter().any(|option| option == "close");
        let framed = match self.framing {
            BodyFraming::None | BodyFraming::Length(_) | BodyFraming::Chunked => true,
            BodyFraming::Stream | BodyFraming::UntilClose => false,
        };
        open && framed && self.oddities.is_empty()
    }

    /// Records an oddity unless it is recorded already.
    pub fn note(&mut self, oddity: Oddity) {
        if !self.oddities.contains(&oddity) {
            self.oddities.push(oddity);
        }
    }
}
