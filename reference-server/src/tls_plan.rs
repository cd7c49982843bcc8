//! How connections begin: what a listener does with the first octets, and what it shows in the handshake.

use crate::wire::client_hello::ClientHello;
use crate::wire::raw_request::Protocol;

/// What becomes of a connection after its first octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reception {
    /// These octets are sent, and the connection is closed.
    Answer(Vec<u8>),
    /// HTTP is spoken without TLS.
    Clear,
    /// The connection is closed without a word.
    Close,
    /// TLS 1.2 is the newest version.
    OldOnly,
    /// The TLS library goes on.
    Ordinary,
}

/// What a server shows in the handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsPlan {
    /// The names and addresses of its certificate.
    pub names: Vec<String>,
    /// The common name of its certificate.
    pub common_name: String,
    /// How its certificate stands in time.
    pub validity: Validity,
    /// Who issued its certificate.
    pub issuer: IssuedBy,
    /// The application protocols that it knows (RFC 7301).
    pub alpn: Vec<String>,
    /// Whether HTTP/2 is spoken where it was chosen.
    pub http2: Http2,
    /// How its connections end.
    pub end: ConnectionEnd,
    /// What becomes of early data.
    pub early: EarlyData,
}

/// How a certificate stands in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validity {
    /// It is valid for long.
    #[default]
    Current,
    /// It ended in 2001.
    Expired,
}

/// Who issued a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuedBy {
    /// The CA of the target file.
    #[default]
    Anchor,
    /// A CA below it, whose certificate is not sent.
    HiddenIntermediate,
}

/// How connections end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionEnd {
    /// With `close_notify` (RFC 8446 §6.1).
    #[default]
    Announced,
    /// Without.
    Abrupt,
}

/// Whether HTTP/2 is spoken where it was chosen (RFC 9113 §3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Http2 {
    /// It is.
    #[default]
    Served,
    /// HTTP/1.1 is spoken all the same.
    Unknown,
}

impl Http2 {
    /// What is spoken where this was chosen in the handshake.
    pub(crate) fn spoken(self, chosen: Option<&[u8]>) -> Protocol {
        match self {
            Self::Served if chosen == Some(b"h2") => Protocol::Http2,
            Self::Served | Self::Unknown => Protocol::Http1,
        }
    }
}

/// What becomes of early data (RFC 8446 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarlyData {
    /// None is taken.
    #[default]
    Refused,
    /// Requests in it are processed at once, and answered when the handshake is complete.
    Processed,
    /// Requests in it are processed and answered at once.
    Answered,
}

/// Looks at the first octets: those of a `ClientHello`, or of something in clear.
pub type ReceptionFn = fn(Option<&ClientHello>) -> Reception;
/// Changes what is shown in the handshake.
pub type TlsPlanFn = fn(&mut TlsPlan);
