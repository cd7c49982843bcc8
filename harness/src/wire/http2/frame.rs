//! Frames (RFC 9113 §4.1, §6).

use super::Failure;

/// Octets before the payload.
const HEADER: usize = 9;

/// Octets of a payload at most, unless a peer takes more (RFC 9113 §4.2); this client does not.
pub(super) const MAX_PAYLOAD: usize = 16_384;

/// `END_STREAM` of DATA and HEADERS.
pub(super) const END_STREAM: u8 = 0x1;
/// `ACK` of SETTINGS and PING.
pub(super) const ACK: u8 = 0x1;
/// `END_HEADERS` of HEADERS and CONTINUATION.
pub(super) const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// The types of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    /// One that is to be passed over (RFC 9113 §4.1).
    Unknown(u8),
}

impl Kind {
    const fn of(octet: u8) -> Self {
        match octet {
            0 => Self::Data,
            1 => Self::Headers,
            2 => Self::Priority,
            3 => Self::RstStream,
            4 => Self::Settings,
            5 => Self::PushPromise,
            6 => Self::Ping,
            7 => Self::GoAway,
            8 => Self::WindowUpdate,
            9 => Self::Continuation,
            other => Self::Unknown(other),
        }
    }

    const fn octet(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Headers => 1,
            Self::Priority => 2,
            Self::RstStream => 3,
            Self::Settings => 4,
            Self::PushPromise => 5,
            Self::Ping => 6,
            Self::GoAway => 7,
            Self::WindowUpdate => 8,
            Self::Continuation => 9,
            Self::Unknown(octet) => octet,
        }
    }
}

/// Whether a stream ends with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    Here,
    Later,
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Takes the first frame out of what came; `None` while it is not whole.
    ///
    /// # Errors
    /// It is longer than this client allows.
    pub(super) fn take(incoming: &mut Vec<u8>) -> Result<Option<Self>, Failure> {
        let Some(&[a, b, c, kind, flags, s0, s1, s2, s3]) = incoming.first_chunk() else {
            return Ok(None);
        };
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if length > MAX_PAYLOAD {
            let cause = format!("a frame of {length} bytes, where {MAX_PAYLOAD} are the limit");
            return Err(Failure::malformed(cause));
        }
        if incoming.len() < HEADER + length {
            return Ok(None);
        }
        let payload = incoming.drain(..HEADER + length).skip(HEADER).collect();
        Ok(Some(Self {
            kind: Kind::of(kind),
            flags,
            // The first bit is reserved, and passed over.
            stream: u32::from_be_bytes([s0, s1, s2, s3]) & 0x7fff_ffff,
            payload,
        }))
    }

    /// Whether a flag is set.
    pub(super) const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether the stream ends with this frame.
    pub(super) const fn stream_end(&self) -> StreamEnd {
        if self.has(END_STREAM) {
            StreamEnd::Here
        } else {
            StreamEnd::Later
        }
    }

    /// What DATA and HEADERS hold without padding and priority (RFC 9113 §6.1, §6.2).
    ///
    /// # Errors
    /// There is more padding than payload.
    pub(super) fn content(&self) -> Result<&[u8], Failure> {
        let short = || Failure::malformed("more padding than its frame holds");
        let mut content = self.payload.as_slice();
        let mut padding = 0;
        if self.has(PADDED) {
            let (first, rest) = content.split_first().ok_or_else(short)?;
            (padding, content) = (usize::from(*first), rest);
        }
        if self.kind == Kind::Headers && self.has(PRIORITY) {
            content = content.get(5..).ok_or_else(short)?;
        }
        let end = content.len().checked_sub(padding).ok_or_else(short)?;
        content.get(..end).ok_or_else(short)
    }

    /// The number of 31 bits that begins at this octet of the payload.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        let octets = self.payload.get(at..)?.first_chunk()?;
        Some(u32::from_be_bytes(*octets) & 0x7fff_ffff)
    }

    /// The error code that begins at this octet of the payload.
    pub(super) fn error_code(&self, at: usize) -> Option<u32> {
        let octets = self.payload.get(at..)?.first_chunk()?;
        Some(u32::from_be_bytes(*octets))
    }
}

/// Writes a frame. The payload is at most [`MAX_PAYLOAD`] octets long.
pub(super) fn write(out: &mut Vec<u8>, kind: Kind, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes().iter().skip(1));
    out.extend([kind.octet(), flags]);
    out.extend(stream.to_be_bytes());
    out.extend_from_slice(payload);
}

/// The name of an error code (RFC 9113 §7).
pub(super) fn error_name(code: u32) -> String {
    const NAMES: [&str; 14] = [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    let name = usize::try_from(code).ok().and_then(|code| NAMES.get(code));
    name.map_or_else(|| format!("error {code:#x}"), |name| (*name).to_owned())
}
