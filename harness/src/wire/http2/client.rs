//! The client's side of a connection that carries one stream (RFC 9113 §3.4, §5, §6).

use super::answer::Answer;
use super::frame::{self, ACK, END_HEADERS, END_STREAM, Frame, Kind, MAX_PAYLOAD, StreamEnd};
use super::{Failure, Request, hpack};
use crate::wire::http1::{Progress, ReadLimits};
use crate::wire::response::{AnswerTo, Response};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The stream of the request.
const STREAM: u32 = 1;

/// What each side may send before it is told more (RFC 9113 §6.9.2).
const FIRST_WINDOW: i64 = 65_535;

/// The largest window (RFC 9113 §6.9.1).
const LARGEST_WINDOW: i64 = 0x7fff_ffff;

/// Frames of one answer at most. A server that sends more means no good.
const MOST_FRAMES: usize = 20_000;

const HEADER_TABLE_SIZE: u16 = 1;
const ENABLE_PUSH: u16 = 2;
const INITIAL_WINDOW_SIZE: u16 = 4;

/// One request and what comes back, without a connection.
#[derive(Debug)]
pub struct Client {
    request: Request,
    /// Octets of the data that are in frames.
    framed: usize,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    /// What may still be sent: on the connection, and on the stream.
    windows: [i64; 2],
    /// The window that SETTINGS give a stream.
    initial_window: i64,
    frames: usize,
    /// A field section that is not whole, and whether the stream ends with its first frame.
    section: Option<(Vec<u8>, StreamEnd)>,
    section_limit: usize,
    answer: Answer,
}

impl Client {
    /// A client before the first octet.
    #[must_use]
    pub fn new(request: Request, answer_to: AnswerTo, limits: ReadLimits) -> Self {
        let mut client = Self {
            request,
            framed: 0,
            outgoing: PREFACE.to_vec(),
            incoming: Vec::new(),
            windows: [FIRST_WINDOW; 2],
            initial_window: FIRST_WINDOW,
            frames: 0,
            section: None,
            section_limit: limits.head,
            answer: Answer::new(answer_to, limits),
        };
        let mut settings = Vec::new();
        for (name, value) in [(HEADER_TABLE_SIZE, 0_u32), (ENABLE_PUSH, 0)] {
            settings.extend(name.to_be_bytes());
            settings.extend(value.to_be_bytes());
        }
        frame::write(&mut client.outgoing, Kind::Settings, 0, 0, &settings);
        client.fields();
        client.data();
        client
    }

    /// What is to be sent now.
    #[must_use]
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    /// How many octets of the data are in what was given to be sent.
    #[must_use]
    pub const fn framed(&self) -> usize {
        self.framed
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// How many octets of an answer have come, as a text.
    #[must_use]
    pub fn heard(&self) -> usize {
        self.answer.text().len()
    }

    /// Whether the final answer has begun.
    #[must_use]
    pub const fn is_midway(&self) -> bool {
        self.answer.has_begun()
    }

    /// The answer as far as it came, and all that came as a text.
    #[must_use]
    pub fn into_parts(self) -> (Option<Response>, Vec<u8>) {
        self.answer.into_parts()
    }

    /// Takes the octets that came next.
    ///
    /// # Errors
    /// They are no HTTP/2, a malformed answer, too many, or the end of the stream without an answer.
    pub fn feed(&mut self, octets: &[u8]) -> Result<Progress, Failure> {
        self.incoming.extend_from_slice(octets);
        if self.frames == 0 && self.incoming.starts_with(b"HTTP/1") {
            return Err(Failure::malformed("an answer of HTTP/1.1"));
        }
        while let Some(frame) = Frame::take(&mut self.incoming)? {
            if self.frames == 0 && (frame.kind, frame.has(ACK)) != (Kind::Settings, false) {
                return Err(Failure::malformed("the first frame is no SETTINGS"));
            }
            self.frames += 1;
            if self.frames > MOST_FRAMES {
                let cause = format!("more than {MOST_FRAMES} frames");
                return Err(Failure::malformed(cause));
            }
            if self.take(&frame)? == Progress::Done {
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }

    fn take(&mut self, frame: &Frame) -> Result<Progress, Failure> {
        if self.section.is_some() && frame.kind != Kind::Continuation {
            return Err(Failure::malformed(
                "a field section that another frame cuts",
            ));
        }
        match frame.kind {
            Kind::Headers | Kind::Continuation => return self.field_block(frame),
            Kind::Data => return self.content(frame),
            Kind::RstStream => self.reset(frame)?,
            Kind::GoAway => self.go_away(frame)?,
            Kind::Settings => self.settings(frame)?,
            Kind::WindowUpdate => self.window_update(frame)?,
            Kind::Ping if !frame.has(ACK) => {
                if frame.payload.len() != 8 {
                    return Err(Failure::malformed("a PING that is not 8 bytes long"));
                }
                frame::write(&mut self.outgoing, Kind::Ping, ACK, 0, &frame.payload);
            }
            Kind::PushPromise => {
                let cause = "PUSH_PROMISE, which SETTINGS switch off";
                return Err(Failure::malformed(cause));
            }
            Kind::Ping | Kind::Priority | Kind::Unknown(_) => {}
        }
        Ok(Progress::More)
    }

    /// Writes the fields: HEADERS, and CONTINUATION where they are long.
    fn fields(&mut self) {
        let block = hpack::encode(&self.request.fields);
        let mut flags = if self.request.data.is_empty() {
            END_STREAM
        } else {
            0
        };
        let (mut kind, mut rest) = (Kind::Headers, block.as_slice());
        loop {
            let (piece, behind) = rest.split_at_checked(MAX_PAYLOAD).unwrap_or((rest, &[]));
            if behind.is_empty() {
                flags |= END_HEADERS;
            }
            frame::write(&mut self.outgoing, kind, flags, STREAM, piece);
            if behind.is_empty() {
                return;
            }
            (kind, flags, rest) = (Kind::Continuation, 0, behind);
        }
    }

    /// Writes as much of the data as the windows allow.
    fn data(&mut self) {
        loop {
            let rest = self.request.data.get(self.framed..).unwrap_or_default();
            let [connection, stream] = self.windows;
            let window = usize::try_from(connection.min(stream)).unwrap_or(0);
            let count = rest.len().min(window).min(MAX_PAYLOAD);
            if count == 0 {
                return;
            }
            let flags = if count == rest.len() { END_STREAM } else { 0 };
            let piece = rest.get(..count).unwrap_or(rest);
            frame::write(&mut self.outgoing, Kind::Data, flags, STREAM, piece);
            self.framed += count;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.windows = self.windows.map(|window| window.saturating_sub(count));
        }
    }

    fn field_block(&mut self, frame: &Frame) -> Result<Progress, Failure> {
        if frame.stream != STREAM {
            let cause = "fields on a stream that is not the request's";
            return Err(Failure::malformed(cause));
        }
        let (mut block, end) = match (frame.kind, self.section.take()) {
            (Kind::Continuation, None) => {
                return Err(Failure::malformed("CONTINUATION without HEADERS"));
            }
            (_, Some(section)) => section,
            (_, None) => (Vec::new(), frame.stream_end()),
        };
        block.extend_from_slice(if frame.kind == Kind::Headers {
            frame.content()?
        } else {
            &frame.payload
        });
        let limit = self.section_limit;
        if block.len() > limit {
            let cause = format!("a field section of more than {limit} bytes");
            return Err(Failure::malformed(cause));
        }
        if !frame.has(END_HEADERS) {
            self.section = Some((block, end));
            return Ok(Progress::More);
        }
        let fields = hpack::decode(&block, limit)?;
        self.answer.section(fields, end)
    }

    fn content(&mut self, frame: &Frame) -> Result<Progress, Failure> {
        if frame.stream != STREAM {
            let cause = "DATA on a stream that is not the request's";
            return Err(Failure::malformed(cause));
        }
        let count = u32::try_from(frame.payload.len()).unwrap_or_default();
        if count > 0 {
            // The windows stay as they were, padding included.
            for stream in [0, STREAM] {
                let more = count.to_be_bytes();
                frame::write(&mut self.outgoing, Kind::WindowUpdate, 0, stream, &more);
            }
        }
        self.answer.data(frame.content()?, frame.stream_end())
    }

    fn reset(&self, frame: &Frame) -> Result<(), Failure> {
        let code = frame.error_code(0);
        let code = code.ok_or_else(|| Failure::malformed("RST_STREAM without its error code"))?;
        if frame.stream != STREAM {
            return Ok(());
        }
        Err(if self.is_midway() {
            Failure::StreamResetMidway { code }
        } else {
            Failure::StreamReset { code }
        })
    }

    /// A server that goes may finish what it has begun, unless it goes for an error.
    fn go_away(&self, frame: &Frame) -> Result<(), Failure> {
        let (Some(last), Some(code)) = (frame.number(0), frame.error_code(4)) else {
            return Err(Failure::malformed("a GOAWAY that breaks off"));
        };
        let goes_on = last >= STREAM && (code == 0 || self.is_midway());
        if goes_on {
            Ok(())
        } else {
            Err(Failure::GoneAway { code })
        }
    }

    fn settings(&mut self, frame: &Frame) -> Result<(), Failure> {
        if frame.has(ACK) {
            return Ok(());
        }
        let (settings, rest) = frame.payload.as_chunks::<6>();
        if !rest.is_empty() {
            return Err(Failure::malformed("SETTINGS that break off"));
        }
        for [n0, n1, v0, v1, v2, v3] in settings {
            if u16::from_be_bytes([*n0, *n1]) == INITIAL_WINDOW_SIZE {
                let size = i64::from(u32::from_be_bytes([*v0, *v1, *v2, *v3]));
                if size > LARGEST_WINDOW {
                    return Err(Failure::malformed("a window beyond all bounds"));
                }
                let [_, stream] = &mut self.windows;
                *stream += size - self.initial_window;
                self.initial_window = size;
            }
        }
        frame::write(&mut self.outgoing, Kind::Settings, ACK, 0, &[]);
        self.data();
        Ok(())
    }

    fn window_update(&mut self, frame: &Frame) -> Result<(), Failure> {
        let more = frame.number(0).filter(|more| *more > 0);
        let more = more.ok_or_else(|| Failure::malformed("a WINDOW_UPDATE by nothing"))?;
        let [connection, stream] = &mut self.windows;
        let window = match frame.stream {
            0 => connection,
            STREAM => stream,
            _ => return Ok(()),
        };
        *window += i64::from(more);
        if *window > LARGEST_WINDOW {
            return Err(Failure::malformed("a window beyond all bounds"));
        }
        self.data();
        Ok(())
    }
}
