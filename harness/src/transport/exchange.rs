//! One request and what came back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::transport::failure::Failure;
use crate::transport::tls::TlsFacts;
use crate::wire::response::Response;

/// How long an exchange may take, and how much it may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeLimits {
    /// For a TCP connection to come about.
    pub connect: Duration,
    /// For the whole exchange, connecting included.
    pub total: Duration,
    /// Bytes of the answer's body.
    pub max_body: usize,
}

impl Default for ExchangeLimits {
    /// 5 s, 10 s, 4 MiB.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(10),
            max_body: 4 * 1024 * 1024,
        }
    }
}

/// Whether an exchange may use a connection that another one left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// A connection of its own, closed afterwards.
    Fresh,
    /// A kept-alive connection if there is one, left open afterwards if the answer allows it. Only
    /// for requests whose framing is right. If the server closes a kept-alive connection without a
    /// byte of an answer, the request is sent once more on a new one: the usual reason is that the
    /// connection was stale, but the server may have seen the request twice.
    Pooled,
    /// As [`Reuse::Pooled`], for a request that must reach the server once at most: only a connection that was in use a moment
    /// ago is taken, and if it turns out to be closed the request is not sent again ([`Exchange::went_stale`]); later
    /// exchanges of this kind with that destination have connections of their own.
    Once,
}

/// Which connection an exchange had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionUse {
    /// A new one.
    Fresh,
    /// A new one, after a kept-alive one turned out to be closed: the request was sent twice.
    FreshAfterStale,
    /// One that an earlier exchange had left open.
    Reused,
}

/// What happened on a connection behind the first answer.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// The further answers.
    pub further: Vec<Response>,
    /// Whether the server ended the connection.
    pub ended: bool,
    /// Whether `close_notify` came before the end of a TLS connection; `None`: it did not end so, or there was no TLS.
    pub announced: Option<bool>,
    /// Whether something came while the body was held back; `None`: it was not.
    pub heard: Option<bool>,
    /// What came besides and is no answer.
    pub stray: Option<String>,
}

/// One request and what came back.
#[derive(Clone)]
pub struct Exchange {
    /// The bytes that left for the server before TLS: the request, or as much of it as was sent
    /// when the exchange ended.
    pub sent: Vec<u8>,
    /// The bytes that came, TLS taken off, interim responses and framing included, cut at a limit
    /// somewhat above that of the body.
    pub received: Vec<u8>,
    /// The answer, or why there is none.
    pub result: Result<Response, Failure>,
    /// What could be read of an answer that did not come to its end.
    pub partial: Option<Response>,
    /// When the exchange began. In a race: when its connection was ready and the request about to
    /// be sent.
    pub started: jiff::Timestamp,
    /// From then to the end of the answer.
    pub elapsed: Duration,
    /// What the TLS handshake settled; `None` over plain TCP or if there was no session.
    pub tls: Option<Arc<TlsFacts>>,
    /// Which connection it had.
    pub connection: ConnectionUse,
    /// What else happened on the connection, where somebody looked.
    pub aftermath: Option<Aftermath>,
}

/// Shows sizes, not bytes: they hold secrets.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("sent", &format_args!("‹{} bytes›", self.sent.len()))
            .field("received", &format_args!("‹{} bytes›", self.received.len()))
            .field("result", &self.result)
            .field("elapsed", &self.elapsed)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// The answer, be it whole or broken off.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.result.as_ref().ok().or(self.partial.as_ref())
    }

    /// Whether a kept-alive connection was closed before a byte of an answer, which says nothing of the request.
    #[must_use]
    pub fn went_stale(&self) -> bool {
        self.connection == ConnectionUse::Reused
            && self.received.is_empty()
            && matches!(self.failure(), Some(Failure::Closed | Failure::Reset))
    }

    /// Why there is no whole answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.result.as_ref().err()
    }
}
