//! One request and its answer on an open connection.
//!
//! All state lives in [`Conversation`], so that nothing is lost when a deadline cuts it off.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::transport::connection::{Connection, Ending, Read};
use crate::transport::exchange::{ConnectionUse, Exchange, ExchangeLimits};
use crate::transport::failure::{Activity, Failure};
use crate::transport::tls::TlsFacts;
use crate::wire::http1::{End, Malformed, Progress, ReadError, ReadLimits, ResponseReader};
use crate::wire::response::{AnswerTo, Oddity};

/// Bytes of an answer's head.
pub(super) const MAX_HEAD: usize = 256 * 1024;

/// Bytes of the request that are encrypted and lined up at a time.
const PIECE: usize = 16 * 1024;

/// A request being sent and its answer being read.
pub(super) struct Conversation<'r> {
    request: Cow<'r, [u8]>,
    /// Bytes of the request that the connection has taken over.
    taken: usize,
    /// Bytes of the request that have left for certain.
    sent: usize,
    reader: ResponseReader,
    received: Vec<u8>,
    limits: ExchangeLimits,
    secure: bool,
    started: jiff::Timestamp,
    watch: Stopwatch,
}

impl<'r> Conversation<'r> {
    /// A conversation before the first byte; its time runs.
    pub(super) fn new(
        request: Cow<'r, [u8]>,
        answer_to: AnswerTo,
        limits: &ExchangeLimits,
    ) -> Self {
        let read_limits = ReadLimits {
            head: MAX_HEAD,
            body: limits.max_body,
        };
        Self {
            request,
            taken: 0,
            sent: 0,
            reader: ResponseReader::new(answer_to, read_limits),
            received: Vec::new(),
            limits: *limits,
            secure: false,
            started: crate::clock::now(),
            watch: Stopwatch::start(),
        }
    }

    /// The same request from its beginning, nothing sent or read; the time runs on.
    pub(super) fn again(&mut self, answer_to: AnswerTo) {
        let read_limits = ReadLimits {
            head: MAX_HEAD,
            body: self.limits.max_body,
        };
        self.reader = ResponseReader::new(answer_to, read_limits);
        self.received.clear();
        (self.taken, self.sent) = (0, 0);
    }

    /// Lets the time begin at this moment.
    pub(super) fn start_at(&mut self, started: jiff::Timestamp, watch: Stopwatch) {
        self.started = started;
        self.watch = watch;
    }

    /// Gives the whole request to the connection without writing it.
    pub(super) fn line_up_all(&mut self, connection: &mut Connection) {
        connection.line_up(&self.request);
        self.taken = self.request.len();
    }

    /// The whole request has left by another way.
    pub(super) fn has_left(&mut self) {
        self.secure = true;
        (self.taken, self.sent) = (self.request.len(), self.request.len());
    }

    /// Sends what is not sent and reads the answer.
    ///
    /// The answer is read while the request is sent: a server may refuse a request of which it has
    /// seen enough, and close.
    pub(super) async fn run(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        self.secure = connection.facts().is_some();
        let mut data = Vec::new();
        let mut writable = !connection.has_ended();
        loop {
            if writable {
                writable = self.send(connection);
            }
            data.clear();
            match connection.pull(&mut data) {
                Read::Data => {
                    if self.read(&data)? == Progress::Done {
                        return Ok(());
                    }
                    // A server that writes faster than we read must not keep the deadline away.
                    tokio::task::consume_budget().await;
                }
                Read::Ended(ending) => return self.end(ending),
                Read::Nothing => {
                    // An error shows in the next read.
                    let _ready = connection.ready().await;
                }
            }
        }
    }

    fn sent_all(&self) -> bool {
        self.sent == self.request.len()
    }

    /// Whether not a byte of an answer has come.
    pub(super) fn heard_nothing(&self) -> bool {
        self.received.is_empty()
    }

    /// The failure of running out of time.
    pub(super) fn timeout(&self) -> Failure {
        let activity = match (self.heard_nothing(), self.sent_all()) {
            (false, _) => Activity::ReadAnswer,
            (true, true) => Activity::AwaitAnswer,
            (true, false) => Activity::SendRequest,
        };
        Failure::Timeout {
            activity,
            after: self.limits.total,
        }
    }

    /// The exchange that this has become.
    pub(super) fn finish(
        self,
        outcome: Result<(), Failure>,
        tls: Option<Arc<TlsFacts>>,
        connection: ConnectionUse,
    ) -> Exchange {
        let elapsed: Duration = self.watch.elapsed();
        let received_count = self.received.len();
        let response = self.reader.into_response();
        let (result, partial) = match (outcome, response) {
            (Ok(()), Some(response)) => (Ok(response), None),
            (Ok(()), None) => (
                Err(Failure::ClosedMidway {
                    received: received_count,
                }),
                None,
            ),
            (Err(failure), partial) => (Err(failure), partial),
        };
        let mut sent = self.request.into_owned();
        sent.truncate(self.sent);
        Exchange {
            sent,
            received: self.received,
            result,
            partial,
            started: self.started,
            elapsed,
            tls,
            connection,
            aftermath: None,
        }
    }

    /// Writes what the socket takes at once; whether more can be written later.
    fn send(&mut self, connection: &mut Connection) -> bool {
        loop {
            if connection.lined_up() == 0 && self.taken < self.request.len() {
                let piece = self.request.get(self.taken..).unwrap_or_default();
                let piece = piece.get(..PIECE).unwrap_or(piece);
                connection.line_up(piece);
                self.taken += piece.len();
            }
            let before = connection.lined_up();
            let pushed = connection.push(0);
            self.count_sent(connection);
            match pushed {
                Err(_) => {
                    // The server does not listen any more, but what it said can still be read.
                    connection.discard();
                    return false;
                }
                Ok(()) if connection.lined_up() > 0 && connection.lined_up() == before => {
                    return true;
                }
                Ok(()) if connection.lined_up() == 0 && self.taken == self.request.len() => {
                    return true;
                }
                Ok(()) => {}
            }
        }
    }

    /// Over plain TCP every byte is counted, over TLS every piece that has left whole.
    fn count_sent(&mut self, connection: &Connection) {
        match (connection.lined_up(), self.secure) {
            (0, _) => self.sent = self.taken,
            (left, false) => self.sent = self.taken.saturating_sub(left),
            (_, true) => {}
        }
    }

    /// Reads on in the answer.
    pub(super) fn read(&mut self, data: &[u8]) -> Result<Progress, Failure> {
        let room = (self.limits.max_body + MAX_HEAD).saturating_sub(self.received.len());
        self.received
            .extend_from_slice(data.get(..room).unwrap_or(data));
        self.reader.feed(data).map_err(|error| match error {
            ReadError::Malformed(cause) => self.malformed(cause),
            ReadError::BodyTooLarge { limit } => Failure::TooLarge { limit },
        })
    }

    fn malformed(&self, cause: Malformed) -> Failure {
        match (&cause, self.secure) {
            (Malformed::Tls, false) => Failure::SpeaksTls,
            (Malformed::Http2, _) => Failure::OnlyHttp2,
            _ => Failure::Malformed(cause),
        }
    }

    fn end(&mut self, ending: Ending) -> Result<(), Failure> {
        if let Ending::Alert(alert) = ending {
            return Err(Failure::TlsAlert { alert });
        }
        if let Ending::Broken(cause) = ending {
            return Err(Failure::TlsBroken { cause });
        }
        if let Some(cause) = self.reader.foreign_start() {
            return Err(self.malformed(cause));
        }
        let received = self.received.len();
        if ending == Ending::Reset {
            // Without an announced length nobody knows whether this was the end (RFC 9112 §8).
            return Err(match received {
                0 => Failure::Reset,
                _ => Failure::ResetMidway { received },
            });
        }
        if ending == Ending::ClosedUnannounced && self.reader.reads_until_close() {
            self.reader.note(Oddity::UncleanTlsClose);
        }
        match self.reader.end() {
            End::Complete => Ok(()),
            End::Nothing => Err(Failure::Closed),
            End::Midway => Err(Failure::ClosedMidway { received }),
        }
    }
}
