//! Why an exchange has no answer.

use std::net::SocketAddr;
use std::time::Duration;

use crate::wire::http1::Malformed;
use crate::wire::http2;

/// Why an exchange has no (whole) answer. `Display` is a lowercase fragment that says what to do
/// where there is something to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host name has no address.
    #[error(
        "the name `{host}` does not resolve ({cause}): check it, or name its address under `resolve`"
    )]
    Resolve {
        /// The host name.
        host: String,
        /// What the resolver said.
        cause: String,
    },
    /// Nothing listens there.
    #[error("connection refused by {address}: is the server running?")]
    ConnectRefused {
        /// The address that was tried last.
        address: SocketAddr,
    },
    /// No connection came about in time.
    #[error("no connection to {address} within {}", seconds(*after))]
    ConnectTimeout {
        /// The address that was tried last.
        address: SocketAddr,
        /// The limit.
        after: Duration,
    },
    /// No connection for another reason: no route, no free port.
    #[error("can't connect to {address}: {cause}")]
    Connect {
        /// The address that was tried last.
        address: SocketAddr,
        /// What the operating system said.
        cause: String,
    },
    /// The proxy does not connect us.
    #[error("the proxy makes no connection: {cause}")]
    Proxy {
        /// What it said, or what went wrong on the way to it.
        cause: String,
    },
    /// No TLS session came about.
    #[error("TLS handshake failed: {0}")]
    TlsHandshake(HandshakeFailure),
    /// The server ended an established TLS session with a fatal alert: in TLS 1.3 the refusal of a
    /// client certificate looks like this.
    #[error("the server answered with the TLS alert `{alert}`")]
    TlsAlert {
        /// Its name (RFC 8446 §6.2).
        alert: String,
    },
    /// What came over the TLS session could not be decrypted or understood.
    #[error("broken TLS session: {cause}")]
    TlsBroken {
        /// What the TLS library said.
        cause: String,
    },
    /// The server closed the connection before any byte of an answer.
    #[error("the server closed the connection without an answer")]
    Closed,
    /// The server closed the connection, or reset it, inside its answer.
    #[error("the server closed the connection in the middle of its answer, after {received} bytes")]
    ClosedMidway {
        /// Bytes that had come.
        received: usize,
    },
    /// The server reset the connection before any byte of an answer.
    #[error("the server reset the connection without an answer")]
    Reset,
    /// The server reset the connection inside its answer.
    #[error("the server reset the connection in the middle of its answer, after {received} bytes")]
    ResetMidway {
        /// Bytes that had come.
        received: usize,
    },
    /// The server takes no early data, or not so much: the request was not sent, or not received.
    #[error("the server takes no early data")]
    NotEarly,
    /// The request left as early data, the client did not finish the handshake, and no answer came before.
    #[error("the handshake was left unfinished behind early data, and no answer came")]
    Unfinished,
    /// The request went over HTTP/2, or should have, and has no whole answer.
    #[error(transparent)]
    Http2(#[from] http2::Failure),
    /// The exchange took longer than its limit.
    #[error("no answer within {}: timed out {activity}", seconds(*after))]
    Timeout {
        /// What was going on.
        activity: Activity,
        /// The limit.
        after: Duration,
    },
    /// What came is no HTTP/1.x answer.
    #[error("malformed answer: {0}")]
    Malformed(Malformed),
    /// The answer is longer than its limit.
    #[error("the answer's body is longer than {limit} bytes, and was cut there")]
    TooLarge {
        /// Bytes.
        limit: usize,
    },
    /// The server answered plain HTTP with TLS.
    #[error("the server speaks TLS on this port: write `https://` in its URL")]
    SpeaksTls,
    /// The server answered a TLS handshake with plain HTTP.
    #[error("the server speaks plain HTTP on this port: write `http://` in its URL")]
    SpeaksPlainHttp,
    /// The server does not speak HTTP/1.1.
    #[error("speaks only HTTP/2")]
    OnlyHttp2,
}

/// Why no TLS session came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeFailure {
    /// The server refused with an alert.
    #[error("the server refused with the alert `{alert}`")]
    Alert {
        /// Its name (RFC 8446 §6.2).
        alert: String,
    },
    /// We refused the server's certificate.
    #[error("the server's certificate does not hold: {cause}")]
    Certificate {
        /// What is wrong with it.
        cause: String,
    },
    /// The server closed the connection.
    #[error("the server closed the connection: does this port speak TLS?")]
    Closed,
    /// The server reset the connection.
    #[error("the server reset the connection: does this port speak TLS?")]
    Reset,
    /// The server's bytes are no TLS.
    #[error("the server does not speak TLS: its first bytes are `{}`", first.escape_ascii())]
    NotTls {
        /// At most 32 bytes.
        first: Vec<u8>,
    },
    /// No common version, cipher suite or the like, or a mistake in the server's messages.
    #[error("{cause}")]
    Protocol {
        /// What the TLS library said.
        cause: String,
    },
}

/// What an exchange was doing when its time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Waiting for the first byte of the answer.
    AwaitAnswer,
    /// Making the TLS session.
    Handshake,
    /// Reading the answer.
    ReadAnswer,
    /// Sending the request.
    SendRequest,
}

impl std::fmt::Display for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AwaitAnswer => "while waiting for its first byte",
            Self::Handshake => "in the TLS handshake",
            Self::ReadAnswer => "while reading it",
            Self::SendRequest => "while sending the request",
        })
    }
}

/// How a server stays silent on purpose; an expectation may list these as answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// It closed or reset the connection before any byte of an answer.
    Closed,
    /// It ended an HTTP/2 connection with GOAWAY (RFC 9113 §6.8).
    GoneAway,
    /// It closed or reset the connection during the TLS handshake.
    HandshakeRefused,
    /// It takes no early data.
    NotEarly,
    /// It reset the HTTP/2 stream (RFC 9113 §5.4.2).
    StreamReset,
    /// It sent a fatal TLS alert, during the handshake or after it.
    TlsAlert,
    /// It waited for a handshake that the client left unfinished.
    Unfinished,
}

impl Failure {
    /// What kept the proxy from being reached, said of the proxy.
    pub(super) fn of_proxy(self) -> Self {
        let cause = if let Self::ConnectRefused { address } = self {
            format!("connection refused by {address}")
        } else {
            self.to_string()
        };
        Self::Proxy { cause }
    }

    /// How the server stayed silent on purpose, if this is what it did.
    #[must_use]
    pub fn silence(&self) -> Option<Silence> {
        match self {
            Self::Closed | Self::Reset => Some(Silence::Closed),
            Self::Http2(http2::Failure::GoneAway { .. }) => Some(Silence::GoneAway),
            Self::Http2(http2::Failure::StreamReset { .. }) => Some(Silence::StreamReset),
            Self::NotEarly => Some(Silence::NotEarly),
            Self::Unfinished => Some(Silence::Unfinished),
            // To a request without TLS, an alert is what a server of TLS has to say.
            Self::TlsAlert { .. }
            | Self::TlsHandshake(HandshakeFailure::Alert { .. })
            | Self::SpeaksTls => Some(Silence::TlsAlert),
            Self::TlsHandshake(HandshakeFailure::Closed | HandshakeFailure::Reset) => {
                Some(Silence::HandshakeRefused)
            }
            Self::TlsHandshake(
                HandshakeFailure::Certificate { .. }
                | HandshakeFailure::NotTls { .. }
                | HandshakeFailure::Protocol { .. },
            )
            | Self::Resolve { .. }
            | Self::ConnectRefused { .. }
            | Self::ConnectTimeout { .. }
            | Self::Connect { .. }
            | Self::Proxy { .. }
            | Self::TlsBroken { .. }
            | Self::ClosedMidway { .. }
            | Self::ResetMidway { .. }
            | Self::Http2(
                http2::Failure::Malformed { .. }
                | http2::Failure::NotChosen
                | http2::Failure::StreamResetMidway { .. }
                | http2::Failure::TooLarge { .. },
            )
            | Self::Timeout { .. }
            | Self::Malformed(_)
            | Self::TooLarge { .. }
            | Self::SpeaksPlainHttp
            | Self::OnlyHttp2 => None,
        }
    }

    /// Whether the server stayed silent on purpose: an alert, or an end without an answer.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        self.silence().is_some()
    }

    /// Whether no TCP connection came about.
    #[must_use]
    pub fn is_connect_failure(&self) -> bool {
        match self {
            Self::Resolve { .. }
            | Self::ConnectRefused { .. }
            | Self::ConnectTimeout { .. }
            | Self::Connect { .. }
            | Self::Proxy { .. } => true,
            Self::TlsHandshake(_)
            | Self::TlsAlert { .. }
            | Self::TlsBroken { .. }
            | Self::Closed
            | Self::ClosedMidway { .. }
            | Self::Reset
            | Self::ResetMidway { .. }
            | Self::Http2(_)
            | Self::NotEarly
            | Self::Unfinished
            | Self::Timeout { .. }
            | Self::Malformed(_)
            | Self::TooLarge { .. }
            | Self::SpeaksTls
            | Self::SpeaksPlainHttp
            | Self::OnlyHttp2 => false,
        }
    }
}

/// A duration in seconds, without needless digits: `10 s`, `0.25 s`.
fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
