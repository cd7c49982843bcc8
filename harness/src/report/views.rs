//! Octets as they would be after a decoding, each with the stretch of the original that it came from.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Decoded octets, lower-cased, and where each came from.
#[derive(Debug)]
pub(super) struct View {
    pub octets: Vec<u8>,
    origins: Origins,
}

/// The stretches of the original that the octets of a view came from.
#[derive(Debug)]
enum Origins {
    /// Each from the octet at the same place.
    Same,
    /// All from this stretch: start and end.
    Stretch(usize, usize),
    /// Each from its own: start and end.
    Each(Vec<(usize, usize)>),
}

impl View {
    /// The stretch of the original octets behind a stretch of the view.
    pub(super) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let last = end
            .checked_sub(1)
            .filter(|last| start <= *last && *last < self.octets.len())?;
        Some(match &self.origins {
            Origins::Same => (start, end),
            Origins::Stretch(start, end) => (*start, *end),
            Origins::Each(origins) => (origins.get(start)?.0, origins.get(last)?.1),
        })
    }

    fn plain(bytes: &[u8]) -> Self {
        Self {
            octets: bytes.to_ascii_lowercase(),
            origins: Origins::Same,
        }
    }

    /// Octets that were made of one stretch of the original as a whole.
    fn of_stretch(mut octets: Vec<u8>, start: usize, end: usize) -> Self {
        octets.make_ascii_lowercase();
        Self {
            octets,
            origins: Origins::Stretch(start, end),
        }
    }

    /// This view, decoded by a step that reads some octets and yields one or none.
    fn decoded(&self, step: impl Fn(&[u8]) -> (usize, Option<u8>)) -> Self {
        let mut octets = Vec::with_capacity(self.octets.len());
        let mut origins = Vec::with_capacity(self.octets.len());
        let mut at = 0;
        while let Some(rest) = self.octets.get(at..).filter(|rest| !rest.is_empty()) {
            let (read, octet) = step(rest);
            let read = read.clamp(1, rest.len());
            if let (Some(octet), Some(origin)) = (octet, self.original(at, at + read)) {
                octets.push(octet.to_ascii_lowercase());
                origins.push(origin);
            }
            at += read;
        }
        Self {
            octets,
            origins: Origins::Each(origins),
        }
    }
}

/// The views of some octets in which secrets are sought; what decodes as base64 is passed over within stretches that are `known`.
pub(super) fn all(bytes: &[u8], known: impl Fn(usize, usize) -> bool) -> Vec<View> {
    let plain = View::plain(bytes);
    let mut views = base64_views(bytes, known);
    if bytes.contains(&b'\\') {
        views.push(plain.decoded(json_step));
    }
    if bytes.contains(&0) {
        views.push(plain.decoded(|rest| (1, rest.first().copied().filter(|octet| *octet != 0))));
    }
    if percent_encoded(bytes) {
        let percent = plain.decoded(percent_step);
        if bytes.contains(&b'%') {
            views.push(percent.decoded(percent_step));
        }
        views.push(percent);
    }
    views.push(plain);
    views
}

fn percent_encoded(bytes: &[u8]) -> bool {
    bytes.iter().any(|octet| matches!(octet, b'%' | b'+'))
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
fn base64_views(bytes: &[u8], known: impl Fn(usize, usize) -> bool) -> Vec<View> {
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
        let end = start + length;
        if length >= RUN && !known(start, end) {
            let whole = length - usize::from(length % 4 == 1);
            let run = rest.get(..whole).unwrap_or_default();
            let decoded = [&standard, &url_safe]
                .into_iter()
                .find_map(|engine| engine.decode(run).ok());
            if let Some(octets) = decoded {
                let view = View::of_stretch(octets, start, end);
                if percent_encoded(&view.octets) {
                    views.push(view.decoded(percent_step));
                }
                views.push(view);
            }
        }
        start += length.max(1);
    }
    views
}
