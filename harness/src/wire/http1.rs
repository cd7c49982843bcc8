//! Reads an HTTP/1.x answer from bytes as they come (RFC 9112).
//!
//! The reader keeps what it read so far, so that an answer that breaks off can still be shown.
//! Memory is bounded by [`ReadLimits`]. Absent: the connection, and any judgement: what is odd is
//! noted in [`Response::oddities`]; only what nobody could read is an error.

use crate::wire::chunked::{ChunkError, ChunkedDecoder};
use crate::wire::response::{AnswerTo, BodyFraming, Oddity, Response};
use crate::wire::{framing, head};

/// How much an answer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Bytes of the head of one response, and of all that precedes it.
    pub head: usize,
    /// Bytes of the body, the chunked coding taken off.
    pub body: usize,
}

/// The most interim responses before the final one.
const MAX_INTERIM: usize = 32;

/// Why bytes are no HTTP/1.x answer. `Display` is a lowercase fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The first bytes belong to no HTTP.
    #[error("not HTTP: the first bytes are {}", shown(first))]
    NotHttp {
        /// At most 32 bytes.
        first: Vec<u8>,
    },
    /// A TLS record.
    #[error("a TLS record where an HTTP answer was due")]
    Tls,
    /// An HTTP/2 frame.
    #[error("an HTTP/2 frame where an HTTP/1.1 answer was due")]
    Http2,
    /// A first line that is no status line of HTTP/1.0 or 1.1.
    #[error("not an HTTP/1.x status line: {}", shown(line))]
    StatusLine {
        /// At most 80 bytes.
        line: Vec<u8>,
    },
    /// A line that is no header or trailer field.
    #[error("not a header field: {}", shown(line))]
    Field {
        /// At most 80 bytes.
        line: Vec<u8>,
    },
    /// The head does not end.
    #[error("a head of more than {limit} bytes")]
    HeadTooLarge {
        /// Bytes.
        limit: usize,
    },
    /// More fields than anybody sends.
    #[error("more than {limit} header fields")]
    TooManyHeaders {
        /// Fields.
        limit: usize,
    },
    /// Interim responses without end.
    #[error("more than {MAX_INTERIM} interim (1xx) responses and no final one")]
    TooManyInterim,
    /// `Content-Length` values that differ or are no numbers: the body has no known end.
    #[error("a Content-Length that gives no length: {}", shown(values))]
    ContentLength {
        /// The values as they came, joined by commas, at most 80 bytes.
        values: Vec<u8>,
    },
    /// The chunks of the body can't be read.
    #[error("broken chunked body: {0}")]
    Chunks(#[from] ChunkError),
}

/// Bytes for a message: printable text in backquotes, anything else escaped.
fn shown(bytes: &[u8]) -> String {
    format!("`{}`", bytes.escape_ascii())
}

/// Why reading stopped before the end of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes are no HTTP/1.x answer.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The body has more bytes than its limit.
    #[error("a body of more than {limit} bytes")]
    BodyTooLarge {
        /// Bytes.
        limit: usize,
    },
}

/// What the end of the connection means for the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The answer is complete: the end of the connection was its end.
    Complete,
    /// Nothing of an answer has come (interim responses aside).
    Nothing,
    /// It broke off inside the head or the body.
    Midway,
}

/// Whether more bytes are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The answer is complete.
    Done,
    /// More must come, or the connection must end.
    More,
}

#[derive(Debug)]
enum State {
    Head,
    Length { left: u64 },
    Chunked(ChunkedDecoder),
    UntilClose,
    Done,
}

/// An incremental reader of one answer.
#[derive(Debug)]
pub struct ResponseReader {
    answer_to: AnswerTo,
    limits: ReadLimits,
    state: State,
    /// Bytes of an unfinished head.
    head: Vec<u8>,
    /// Up to where `head` was searched for its end.
    searched: usize,
    /// Oddities and interim responses seen before the final head.
    early: Vec<Oddity>,
    interim: Vec<u16>,
    response: Option<Response>,
}

impl ResponseReader {
    /// A reader before the first byte.
    #[must_use]
    pub fn new(answer_to: AnswerTo, limits: ReadLimits) -> Self {
        Self {
            answer_to,
            limits,
            state: State::Head,
            head: Vec::new(),
            searched: 0,
            early: Vec::new(),
            interim: Vec::new(),
            response: None,
        }
    }

    /// Takes the bytes that came next.
    ///
    /// # Errors
    /// They can't be read, or are too many; what was read before is kept.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Progress, ReadError> {
        match self.state {
            State::Head => self.feed_head(bytes),
            State::Length { .. } | State::Chunked(_) | State::UntilClose | State::Done => {
                self.feed_body(bytes)
            }
        }
    }

    /// Tells the reader that the connection has ended.
    pub fn end(&mut self) -> End {
        match &self.state {
            State::Head if self.head.is_empty() && self.response.is_none() => End::Nothing,
            State::Head => End::Midway,
            State::Done => End::Complete,
            State::UntilClose => {
                self.state = State::Done;
                End::Complete
            }
            State::Length { .. } | State::Chunked(_) => End::Midway,
        }
    }

    /// Whether octets of an answer have come that is not complete.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !self.head.is_empty() || self.response.is_some()
    }

    /// Whether the final head has been read and the body only ends with the connection.
    #[must_use]
    pub fn reads_until_close(&self) -> bool {
        matches!(self.state, State::UntilClose)
    }

    /// What a head that broke off is, if it is no beginning of an HTTP/1.x answer at all.
    #[must_use]
    pub fn foreign_start(&self) -> Option<Malformed> {
        let is_prefix = b"HTTP/1.".starts_with(&self.head) || self.head.starts_with(b"HTTP/1.");
        match self.state {
            State::Head if !is_prefix => Some(head::foreign_start(&self.head).unwrap_or_else(
                || Malformed::NotHttp {
                    first: self.head.clone(),
                },
            )),
            State::Head
            | State::Length { .. }
            | State::Chunked(_)
            | State::UntilClose
            | State::Done => None,
        }
    }

    /// Notes something that only the connection could see.
    pub fn note(&mut self, oddity: Oddity) {
        match &mut self.response {
            Some(response) => response.note(oddity),
            None => self.early.push(oddity),
        }
    }

    /// The answer, or as much of it as came with [`Oddity::BodyCut`]; `None` without a final head.
    #[must_use]
    pub fn into_response(self) -> Option<Response> {
        let mut response = self.response?;
        let announced = match &self.state {
            State::Length { left } => Some(left.saturating_add(response.body.len() as u64)),
            State::Chunked(decoder) => Some(decoder.announced()),
            State::Head | State::UntilClose | State::Done => None,
        };
        if let Some(announced) = announced {
            let received = response.body.len() as u64;
            response.note(Oddity::BodyCut {
                announced,
                received,
            });
        }
        Some(response)
    }

    fn feed_head(&mut self, bytes: &[u8]) -> Result<Progress, ReadError> {
        self.head.extend_from_slice(bytes);
        loop {
            self.skip_empty_lines();
            head::check_start(&self.head)?;
            let Some(length) = head::length(&self.head, self.searched) else {
                self.searched = self.head.len();
                if self.head.len() > self.limits.head {
                    let limit = self.limits.head;
                    return Err(Malformed::HeadTooLarge { limit }.into());
                }
                return Ok(Progress::More);
            };
            let rest = self.head.split_off(length);
            let head = head::parse(&self.head)?;
            self.head = rest;
            self.searched = 0;
            self.early.extend(head.oddities);
            if (100..200).contains(&head.status) && head.status != 101 {
                self.interim.push(head.status);
                if self.interim.len() > MAX_INTERIM {
                    // Nothing behind them is read, however much of it came with them.
                    self.head.clear();
                    return Err(Malformed::TooManyInterim.into());
                }
                continue;
            }
            let response = Response {
                version: head.version,
                status: head.status,
                reason: head.reason,
                headers: head.headers,
                body: Vec::new(),
                trailers: Vec::new(),
                framing: BodyFraming::None,
                interim: std::mem::take(&mut self.interim),
                oddities: Vec::new(),
            };
            return self.begin_body(response);
        }
    }

    /// Servers may send an empty line too many behind an interim response.
    fn skip_empty_lines(&mut self) {
        let empty = self
            .head
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        if empty > 0 {
            self.head.drain(..empty);
            self.searched = 0;
            self.early.push(Oddity::LeadingEmptyLines);
        }
    }

    fn begin_body(&mut self, mut response: Response) -> Result<Progress, ReadError> {
        std::mem::take(&mut self.early)
            .into_iter()
            .for_each(|oddity| response.note(oddity));
        let framing = framing::frame(&mut response, self.answer_to);
        let response = self.response.insert(response);
        response.framing = framing?;
        self.state = match response.framing {
            BodyFraming::None | BodyFraming::Length(0) => State::Done,
            BodyFraming::Length(left) => State::Length { left },
            BodyFraming::Chunked => State::Chunked(ChunkedDecoder::new()),
            BodyFraming::Stream | BodyFraming::UntilClose => State::UntilClose,
        };
        let rest = std::mem::take(&mut self.head);
        self.feed_body(&rest)
    }

    fn feed_body(&mut self, bytes: &[u8]) -> Result<Progress, ReadError> {
        let Some(response) = &mut self.response else {
            return Ok(Progress::More);
        };
        let used = match &mut self.state {
            State::Length { left } => {
                let take = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                response
                    .body
                    .extend_from_slice(bytes.get(..take).unwrap_or(bytes));
                *left -= take as u64;
                if *left == 0 {
                    self.state = State::Done;
                }
                take
            }
            State::Chunked(decoder) => {
                let used = decoder
                    .decode(bytes, &mut response.body)
                    .map_err(Malformed::from)?;
                if decoder.is_done() {
                    let State::Chunked(decoder) = std::mem::replace(&mut self.state, State::Done)
                    else {
                        return Ok(Progress::More);
                    };
                    finish_chunks(response, decoder)?;
                }
                used
            }
            State::UntilClose => {
                response.body.extend_from_slice(bytes);
                bytes.len()
            }
            State::Head | State::Done => 0,
        };
        if response.body.len() > self.limits.body {
            response.body.truncate(self.limits.body);
            return Err(ReadError::BodyTooLarge {
                limit: self.limits.body,
            });
        }
        match self.state {
            State::Done => {
                let count = bytes.len() - used;
                if count > 0 {
                    response.note(Oddity::BytesAfterEnd { count });
                }
                Ok(Progress::Done)
            }
            State::Head | State::Length { .. } | State::Chunked(_) | State::UntilClose => {
                Ok(Progress::More)
            }
        }
    }
}

fn finish_chunks(response: &mut Response, decoder: ChunkedDecoder) -> Result<(), Malformed> {
    let (trailer, oddities) = decoder.finish();
    oddities
        .into_iter()
        .for_each(|oddity| response.note(oddity));
    let (fields, oddities) = head::trailers(&trailer)?;
    oddities
        .into_iter()
        .for_each(|oddity| response.note(oddity));
    response.trailers = fields;
    Ok(())
}

#[cfg(test)]
#[path = "http1_tests.rs"]
mod tests;
