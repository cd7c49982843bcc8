//! The head of an answer: status line and header fields (RFC 9112 §4, §5).
//!
//! httparse reads the fields; a second look at the raw lines finds what httparse forgives.

use crate::wire::http1::Malformed;
use crate::wire::response::{Header, Oddity, Version};

/// The most header fields that an answer may have.
const MAX_HEADERS: usize = 4096;

/// What an HTTP/1.x answer begins with.
const START: &[u8] = b"HTTP/1.";

/// The bytes of an HTTP/2 frame header (RFC 9113 §4.1).
const HTTP2_FRAME_HEADER: usize = 9;

/// Status line and fields of one (interim or final) response.
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) status: u16,
    pub(super) reason: Vec<u8>,
    pub(super) headers: Vec<Header>,
    pub(super) oddities: Vec<Oddity>,
}

/// Whether the bytes so far can be the beginning of an answer.
///
/// # Errors
/// They can't: another protocol, or a broken status line.
pub(super) fn check_start(bytes: &[u8]) -> Result<(), Malformed> {
    let common = bytes.len().min(START.len());
    if bytes.get(..common) != START.get(..common) {
        return foreign_start(bytes).map_or(Ok(()), Err);
    }
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => status_line(bytes.get(..end).unwrap_or(bytes)).map(|_| ()),
        None => Ok(()),
    }
}

/// What bytes that do not begin as HTTP/1.x are, `None` if it takes more of them to tell.
pub(super) fn foreign_start(bytes: &[u8]) -> Option<Malformed> {
    match bytes {
        [] | [0x15 | 0x16] => None,
        [0x15 | 0x16, 0x03, ..] => Some(Malformed::Tls),
        [0, ..] if bytes.len() < HTTP2_FRAME_HEADER => None,
        // SETTINGS or GOAWAY on stream 0: how an HTTP/2 server greets (RFC 9113 §3.4).
        [0, 0, _, 0x04 | 0x07, _, 0, 0, 0, 0, ..] => Some(Malformed::Http2),
        _ => Some(Malformed::NotHttp {
            first: bytes.iter().copied().take(32).collect(),
        }),
    }
}

/// The length of the head with the empty line at its end; `from` is where to go on searching.
pub(super) fn length(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(3);
    let rest = bytes.get(start..)?;
    rest.iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .find_map(|(at, _)| match (rest.get(at + 1), rest.get(at + 2)) {
            (Some(b'\n'), _) => Some(start + at + 2),
            (Some(b'\r'), Some(b'\n')) => Some(start + at + 3),
            _ => None,
        })
}

/// Reads a whole head, empty line included.
///
/// # Errors
/// A status line or field that no reader could understand.
pub(super) fn parse(bytes: &[u8]) -> Result<Head, Malformed> {
    let line_end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let line = bytes.get(..line_end).unwrap_or(bytes);
    let (status, reason, mut oddities) = status_line(line)?;
    let mut config = httparse::ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true);
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    if lines > MAX_HEADERS {
        return Err(Malformed::TooManyHeaders { limit: MAX_HEADERS });
    }
    let mut slots = vec![httparse::EMPTY_HEADER; lines];
    let mut parsed = httparse::Response::new(&mut slots);
    let version = match config.parse_response(&mut parsed, bytes) {
        Ok(httparse::Status::Complete(_)) => match parsed.version {
            Some(0) => Version::Http10,
            _ => Version::Http11,
        },
        Ok(httparse::Status::Partial) | Err(_) => return Err(bad_field(bytes)),
    };
    let headers = parsed.headers.iter().map(owned).collect();
    note_lines(bytes, &mut oddities);
    Ok(Head {
        version,
        status,
        reason,
        headers,
        oddities,
    })
}

/// Reads the fields of a trailer section, empty line included, and what is odd about its lines.
///
/// # Errors
/// A field that no reader could understand.
pub(super) fn trailers(bytes: &[u8]) -> Result<(Vec<Header>, Vec<Oddity>), Malformed> {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let mut slots = vec![httparse::EMPTY_HEADER; lines.min(MAX_HEADERS)];
    let mut oddities = Vec::new();
    note_lines(bytes, &mut oddities);
    match httparse::parse_headers(bytes, &mut slots) {
        Ok(httparse::Status::Complete((_, fields))) => {
            Ok((fields.iter().map(owned).collect(), oddities))
        }
        Ok(httparse::Status::Partial) | Err(_) => Err(bad_field(bytes)),
    }
}

fn owned(field: &httparse::Header<'_>) -> Header {
    Header {
        name: field.name.to_owned(),
        value: field.value.to_vec(),
    }
}

/// Reads a status line without its LF: `HTTP/1.1 200 OK`, a CR at the end or not.
fn status_line(line: &[u8]) -> Result<(u16, Vec<u8>, Vec<Oddity>), Malformed> {
    let malformed = || Malformed::StatusLine {
        line: line.iter().copied().take(80).collect(),
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let rest = line.strip_prefix(START).ok_or_else(malformed)?;
    let [b'0' | b'1', b' ', rest @ ..] = rest else {
        return Err(malformed());
    };
    let mut oddities = Vec::new();
    let trimmed = rest.trim_ascii_start();
    if trimmed.len() != rest.len() {
        oddities.push(Oddity::StatusLineSpaces);
    }
    let (status, rest) = match trimmed {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] => {
            let digit = |byte: &u8| u16::from(byte - b'0');
            (digit(a) * 100 + digit(b) * 10 + digit(c), rest)
        }
        _ => return Err(malformed()),
    };
    match rest {
        [] => {
            oddities.push(Oddity::MissingReason);
            Ok((status, Vec::new(), oddities))
        }
        [b' ', reason @ ..] => Ok((status, reason.to_vec(), oddities)),
        _ => Err(malformed()),
    }
}

/// Looks at the raw lines for what httparse forgives.
fn note_lines(bytes: &[u8], oddities: &mut Vec<Oddity>) {
    let mut note = |oddity: Oddity| {
        if !oddities.contains(&oddity) {
            oddities.push(oddity);
        }
    };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.ends_with(b"\n") && !line.ends_with(b"\r\n") {
            note(Oddity::BareLf);
        }
        if matches!(line, [b' ' | b'\t', ..]) {
            note(Oddity::ObsoleteFolding);
        } else if let Some(colon) = line.iter().position(|byte| *byte == b':')
            && matches!(line.get(..colon), Some([.., b' ' | b'\t']))
            && !line.starts_with(START)
        {
            note(Oddity::SpaceBeforeColon);
        }
    }
}

/// The first line that is no field, for the message.
fn bad_field(bytes: &[u8]) -> Malformed {
    let is_field = |line: &&[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = matches!(line, [b' ' | b'\t', ..]);
        let name = line
            .split(|byte| *byte == b':')
            .next()
            .unwrap_or_default()
            .trim_ascii_end();
        let named = line.contains(&b':') && !name.is_empty() && name.iter().all(is_token_byte);
        let clean = line
            .iter()
            .all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f));
        line.is_empty() || line.starts_with(START) || ((folded || named) && clean)
    };
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let line = lines.find(|line| !is_field(line)).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Malformed::Field {
        line: line.iter().copied().take(80).collect(),
    }
}

/// RFC 9110 §5.6.2.
fn is_token_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}
