//! Requests as octets: what a sloppy reader makes of them, and how it breaks.

use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::ErrorCode;
use crate::wire::form::{FormFault, hexadecimal};
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// A pair as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RawPair {
    pub(super) name: Vec<u8>,
    /// None: there is no equals sign.
    pub(super) value: Option<Vec<u8>>,
}

impl RawPair {
    pub(super) fn new(name: &[u8], value: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            value: Some(value.to_vec()),
        }
    }

    /// The name, decoded.
    pub(super) fn name(&self) -> Vec<u8> {
        octets(&self.name)
    }

    /// The value, decoded; empty if there is none.
    pub(super) fn value(&self) -> Vec<u8> {
        self.value.as_deref().map(octets).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.value.is_none()
    }
}

/// The pieces of a body, empty ones included; none of an empty body.
pub(super) fn pieces(request: &RawRequest) -> Vec<RawPair> {
    if request.content().is_empty() {
        return Vec::new();
    }
    let pieces = request.content().split(|octet| *octet == b'&');
    pieces
        .map(|piece| {
            let mut halves = piece.splitn(2, |octet| *octet == b'=');
            RawPair {
                name: halves.next().unwrap_or_default().to_vec(),
                value: halves.next().map(<[u8]>::to_vec),
            }
        })
        .collect()
}

/// How many pieces are empty.
pub(super) fn empty_pieces(request: &RawRequest) -> usize {
    let pieces = pieces(request);
    pieces.iter().filter(|pair| pair.is_empty()).count()
}

/// The request with another body.
pub(super) fn with_body(mut request: RawRequest, body: Vec<u8>) -> RawRequest {
    match request.body {
        Body::Complete(_) => request.body = Body::Complete(body),
        Body::Incomplete(_) | Body::TooLarge | Body::TooSlow => {}
    }
    request
}

/// The request with other octets in its body.
pub(super) fn edit_body(request: RawRequest, edit: impl FnOnce(&[u8]) -> Vec<u8>) -> RawRequest {
    let body = edit(request.content());
    with_body(request, body)
}

/// The request with other pieces in its body.
pub(super) fn edit_pieces(request: RawRequest, edit: impl FnOnce(&mut Vec<RawPair>)) -> RawRequest {
    let mut all = pieces(&request);
    edit(&mut all);
    let pieces: Vec<Vec<u8>> = all
        .into_iter()
        .map(|pair| match pair.value {
            Some(value) => [&pair.name, b"=".as_slice(), &value].concat(),
            None => pair.name,
        })
        .collect();
    with_body(request, pieces.join(b"&".as_slice()))
}

/// The request with other names, as they were sent.
pub(super) fn edit_names(request: RawRequest, edit: impl Fn(&[u8]) -> Vec<u8>) -> RawRequest {
    edit_pieces(request, |pieces| {
        for pair in pieces {
            pair.name = edit(&pair.name);
        }
    })
}

/// The request with other values, as they were sent, of the names (decoded) that are meant.
pub(super) fn edit_values(
    request: RawRequest,
    meant: impl Fn(&[u8]) -> bool,
    edit: impl Fn(&[u8]) -> Vec<u8>,
) -> RawRequest {
    edit_pieces(request, |pieces| {
        for pair in pieces.iter_mut().filter(|pair| meant(&pair.name())) {
            pair.value = pair.value.as_deref().map(&edit);
        }
    })
}

/// All occurrences replaced.
pub(super) fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(octet) = rest.first() {
        if let Some(behind) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = behind;
        } else {
            out.push(*octet);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    out
}

/// Whether the text occurs.
pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len().max(1)).any(|window| window == part)
}

/// The text with every percent-encoded piece that the reader (given the digits) reads otherwise.
pub(super) fn escapes(text: &[u8], read: impl Fn([u8; 2]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(octet) = rest.first() {
        let read = match rest {
            [b'%', high, low, ..] => read([*high, *low]),
            _ => None,
        };
        let step = if read.is_some() { 3 } else { 1 };
        out.extend(read.unwrap_or_else(|| vec![*octet]));
        rest = rest.get(step..).unwrap_or_default();
    }
    out
}

/// What a decoder without the digits a to f leaves as it is.
pub(super) fn lower_case_escape_kept(digits: [u8; 2]) -> Option<Vec<u8>> {
    let is_escape = digits.iter().all(|digit| hexadecimal(*digit).is_some());
    let is_lower = digits.iter().any(u8::is_ascii_lowercase);
    (is_escape && is_lower).then(|| [b"%25".as_slice(), &digits].concat())
}

/// A name or value, decoded once; broken escapes stay.
pub(super) fn octets(text: &[u8]) -> Vec<u8> {
    escapes(&replaced(text, b"+", b" "), |[high, low]| {
        Some(vec![hexadecimal(high)? << 4 | hexadecimal(low)?])
    })
}

/// Octets, each percent-encoded but letters, digits and a few more.
pub(super) fn encoded(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    for octet in octets {
        if octet.is_ascii_alphanumeric() || b"-._*".contains(octet) {
            out.push(*octet);
        } else {
            out.extend(format!("%{octet:02X}").into_bytes());
        }
    }
    out
}

/// The answer of a server whose code threw something.
pub(super) fn crash() -> Response {
    Response::empty(500)
        .with("Content-Type", "text/html")
        .with("Cache-Control", "no-store")
        .with_body("<html><body>Internal Server Error</body></html>")
}

/// The refusal of a reader that is too strict.
pub(super) const TOO_STRICT: Refusal =
    Refusal::new(ErrorCode::InvalidRequest, "The content is malformed");

/// What the check of well-formedness says of all faults but one.
pub(super) fn well_formed_but_for(facts: &Facts, forgiven: FormFault) -> Result<(), Refusal> {
    let mut faults = facts.parameters.faults.iter();
    if faults.all(|fault| *fault == forgiven) {
        Ok(())
    } else {
        Err(TOO_STRICT)
    }
}
