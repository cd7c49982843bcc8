//! Octets as they would be after a decoding, each with the stretch of the original that it came from.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Decoded octets, lower-cased, and where each came from.
#[derive(Debug)]
pub(super) struct View {
    pub octets: Vec<u8>,
    origins: Vec<(usize, usize)>,
}

impl View {
    /// The stretch of the original octets behind a stretch of the view.
    pub(super) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        Some((
            self.origins.get(start)?.0,
            self.origins.get(end.checked_sub(1)?)?.1,
        ))
    }

    fn plain(bytes: &[u8]) -> Self {
        let mut view = Self {
            octets: Vec::with_capacity(bytes.len()),
            origins: Vec::new(),
        };
        for (at, octet) in bytes.iter().enumerate() {
            view.push(*octet, at, at + 1);
        }
        view
    }

    fn push(&mut self, octet: u8, start: usize, end: usize) {
        self.octets.push(octet.to_ascii_lowercase());
        self.origins.push((start, end));
    }

    /// This view, decoded by a step that reads some octets and yields one or none.
    fn decoded(&self, step: impl Fn(&[u8]) -> (usize, Option<u8>)) -> Self {
        let mut out = Self {
            octets: Vec::new(),
            origins: Vec::new(),
        };
        let mut at = 0;
        while let Some(rest) = self.octets.get(at..).filter(|rest| !rest.is_empty()) {
            let (read, octet) = step(rest);
            let read = read.clamp(1, rest.len());
            if let (Some(octet), Some((start, end))) = (octet, self.original(at, at + read)) {
                out.push(octet, start, end);
            }
            at += read;
        }
        out
    }
}

/// The views of some octets in which secrets are sought.
pub(super) fn all(bytes: &[u8]) -> Vec<View> {
    let plain = View::plain(bytes);
    let mut views = base64_views(bytes);
    if bytes.contains(&b'\\') {
        views.push(plain.decoded(json_step));
    }
    if bytes.contains(&0) {
        views.push(plain.decoded(|rest| (1, rest.first().copied().filter(|octet| *octet != 0))));
    }
    if bytes.iter().any(|octet| matches!(octet, b'%' | b'+')) {
        let percent = plain.decoded(percent_step);
        if bytes.contains(&b'%') {
            views.push(percent.decoded(percent_step));
        }
        views.push(percent);
    }
    views.push(plain);
    views
}

fn percent_step(rest: &[u8]) -> (usize, Option<u8>) {
    match rest {
        [b'%', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (3, Some(high * 16 + low)),
            _ => (1, Some(b'%')),
        },
        [b'+', ..] => (1, Some(b' ')),
        [octet, ..] => (1, Some(*octet)),
        [] => (1, None),
    }
}

/// JSON escapes; what stands for more than an octet is left out.
fn json_step(rest: &[u8]) -> (usize, Option<u8>) {
    match rest {
        [b'\\', b'u', b'0', b'0', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (6, Some(high * 16 + low)),
            _ => (1, Some(b'\\')),
        },
        [b'\\', b'n', ..] => (2, Some(b'\n')),
        [b'\\', b'r', ..] => (2, Some(b'\r')),
        [b'\\', b't', ..] => (2, Some(b'\t')),
        [b'\\', octet, ..] => (2, Some(*octet)),
        [octet, ..] => (1, Some(*octet)),
        [] => (1, None),
    }
}

fn hex(octet: u8) -> Option<u8> {
    char::from(octet)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// The shortest run of base64 characters that is worth decoding.
const RUN: usize = 12;

/// Every run of base64 characters, decoded; each decoded octet stands for the whole run.
fn base64_views(bytes: &[u8]) -> Vec<View> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let standard = GeneralPurpose::new(&alphabet::STANDARD, config);
    let url_safe = GeneralPurpose::new(&alphabet::URL_SAFE, config);
    let mut views = Vec::new();
    let mut start = 0;
    let of_base64 =
        |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'-' | b'_');
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().take_while(|octet| of_base64(octet)).count();
        let run = rest.get(..length).unwrap_or_default();
        if length >= RUN {
            let whole = run
                .get(..length - usize::from(length % 4 == 1))
                .unwrap_or_default();
            for engine in [&standard, &url_safe] {
                if let Ok(octets) = engine.decode(whole) {
                    let mut view = View {
                        octets: Vec::new(),
                        origins: Vec::new(),
                    };
                    for octet in octets {
                        view.push(octet, start, start + length);
                    }
                    let percent = view.decoded(percent_step);
                    views.push(view);
                    views.push(percent);
                    break;
                }
            }
        }
        start += length.max(1);
    }
    views
}
