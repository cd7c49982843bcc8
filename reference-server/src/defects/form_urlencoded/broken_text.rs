//! Broken escapes, octets that are not UTF-8, and NUL.

use super::raw::{
    contains, crash, edit_body, edit_values, encoded, escapes, octets, replaced,
    well_formed_but_for,
};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::wire::form::{FormFault, hexadecimal};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "form-lone-percent-dropped",
        kills: &["form-urlencoded-malformed-percent"],
        also: &[],
        seams: &[Seam::Replace(CheckId::FormWellFormed, lone_percent_dropped)],
    },
    Defect {
        id: "form-truncated-escape-dropped",
        kills: &["form-urlencoded-malformed-percent"],
        also: &[],
        seams: &[Seam::Read(truncated_escape_dropped)],
    },
    Defect {
        id: "form-hex-digit-beyond-f",
        kills: &["form-urlencoded-malformed-percent"],
        also: &[],
        seams: &[Seam::Read(hex_digit_beyond_f)],
    },
    Defect {
        id: "form-unicode-escape-read",
        kills: &["form-urlencoded-malformed-percent"],
        also: &[],
        seams: &[Seam::Read(unicode_escape_read)],
    },
    Defect {
        id: "form-broken-escape-is-500",
        kills: &["form-urlencoded-malformed-percent"],
        also: &[(
            "form-urlencoded-charset-not-utf8",
            "octets of another character set look like broken escapes",
        )],
        seams: &[Seam::Response(broken_escape_is_500)],
    },
    Defect {
        id: "form-invalid-octets-dropped",
        kills: &["form-urlencoded-invalid-utf8"],
        also: &[(
            "form-urlencoded-overlong-utf8",
            "overlong sequences and surrogates are invalid octets",
        )],
        seams: &[Seam::Replace(
            CheckId::FormWellFormed,
            invalid_octets_dropped,
        )],
    },
    Defect {
        id: "form-invalid-utf8-is-500",
        kills: &["form-urlencoded-invalid-utf8"],
        also: &[
            (
                "form-urlencoded-overlong-utf8",
                "overlong sequences and surrogates are not UTF-8",
            ),
            (
                "form-urlencoded-charset-not-utf8",
                "a body in another character set is not UTF-8",
            ),
        ],
        seams: &[Seam::Response(invalid_utf8_is_500)],
    },
    Defect {
        id: "form-raw-octets-are-500",
        kills: &["form-urlencoded-invalid-utf8"],
        also: &[
            (
                "form-urlencoded-bom",
                "a mark sent as it is has octets beyond ASCII",
            ),
            (
                "form-urlencoded-charset-not-utf8",
                "a body in another character set has octets beyond ASCII",
            ),
        ],
        seams: &[Seam::Response(raw_octets_are_500)],
    },
    Defect {
        id: "form-overlong-decoded",
        kills: &["form-urlencoded-overlong-utf8"],
        also: &[],
        seams: &[Seam::Read(overlong_decoded)],
    },
    Defect {
        id: "form-overlong-nul-ends-value",
        kills: &["form-urlencoded-overlong-utf8"],
        also: &[],
        seams: &[Seam::Read(overlong_nul_ends_value)],
    },
    Defect {
        id: "form-surrogates-dropped",
        kills: &["form-urlencoded-overlong-utf8"],
        also: &[],
        seams: &[Seam::Read(surrogates_dropped)],
    },
    Defect {
        id: "form-nul-ends-value",
        kills: &["form-urlencoded-nul"],
        also: &[],
        seams: &[Seam::Replace(CheckId::FormWellFormed, nul_ends_value)],
    },
    Defect {
        id: "form-trailing-nul-trimmed",
        kills: &["form-urlencoded-nul"],
        also: &[],
        seams: &[Seam::Read(trailing_nul_trimmed)],
    },
    Defect {
        id: "form-nul-is-500",
        kills: &["form-urlencoded-nul"],
        also: &[(
            "form-urlencoded-charset-not-utf8",
            "UTF-16 is full of octets that are nought",
        )],
        seams: &[Seam::Response(nul_is_500)],
    },
];

fn lone_percent_dropped(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    well_formed_but_for(facts, FormFault::MalformedPercent)
}

/// `%5_` is read as the beginning of an escape that never came.
fn truncated_escape_dropped(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        escapes(body, |[high, low]| {
            (hexadecimal(high).is_some() && hexadecimal(low).is_none()).then(|| vec![low])
        })
    })
}

/// Every letter is reckoned with, to Z.
fn hex_digit_beyond_f(request: RawRequest) -> RawRequest {
    let digit = |octet: u8| char::from(octet).to_digit(36);
    edit_body(request, |body| {
        escapes(body, |[high, low]| {
            let value = digit(high)? * 16 + digit(low)?;
            let octet = u8::try_from(value % 256).ok()?;
            Some(format!("%{octet:02X}").into_bytes())
        })
    })
}

/// `%u005F`, which old browsers wrote.
fn unicode_escape_read(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        let text = String::from_utf8_lossy(body);
        let mut pieces = text.split("%u");
        let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
        for piece in pieces {
            let read = piece.get(..4).and_then(|digits| {
                let point = u32::from_str_radix(digits, 16).ok()?;
                Some(encoded(char::from_u32(point)?.to_string().as_bytes()))
            });
            let (escape, rest) = match &read {
                Some(escape) => (escape.as_slice(), piece.get(4..).unwrap_or_default()),
                None => (b"%u".as_slice(), piece),
            };
            out.extend_from_slice(escape);
            out.extend_from_slice(rest.as_bytes());
        }
        out
    })
}

fn broken_escape_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    crash_at(facts, FormFault::MalformedPercent, response)
}

fn invalid_octets_dropped(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    well_formed_but_for(facts, FormFault::InvalidUtf8)
}

fn invalid_utf8_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    crash_at(facts, FormFault::InvalidUtf8, response)
}

fn raw_octets_are_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let raw = context.request.content();
    if raw.is_ascii() { response } else { crash() }
}

/// A decoder that does the arithmetic of UTF-8 and checks nothing.
fn overlong_decoded(request: RawRequest) -> RawRequest {
    let read = |text: &[u8]| encoded(&shortest(&octets(text)));
    let overlong = |text: &[u8]| shortest(&octets(text)) != octets(text);
    if !overlong(request.content()) {
        return request;
    }
    super::raw::edit_pieces(request, |pieces| {
        for pair in pieces {
            pair.name = read(&pair.name);
            pair.value = pair.value.as_deref().map(read);
        }
    })
}

/// Octets with each overlong sequence of an ASCII character as that character, but for NUL.
fn shortest(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(octet) = rest.first() {
        let (read, length) = match rest {
            [0xC0..=0xC1, low, ..] => (rest.first().map(|high| (high & 1) << 6 | (low & 63)), 2),
            [0xE0, high @ 0x80..=0x81, low, ..] => (Some((high & 1) << 6 | (low & 63)), 3),
            [0xF0, 0x80, high @ 0x80..=0x81, low, ..] => (Some((high & 1) << 6 | (low & 63)), 4),
            _ => (None, 1),
        };
        let read = read.filter(|octet| *octet != 0);
        out.push(read.unwrap_or(*octet));
        let step = if read.is_some() { length } else { 1 };
        rest = rest.get(step..).unwrap_or_default();
    }
    out
}

/// The "modified UTF-8" of some runtimes, in texts that end with NUL.
fn overlong_nul_ends_value(request: RawRequest) -> RawRequest {
    let cut = |text: &[u8]| match text.windows(6).position(|window| window == b"%C0%80") {
        Some(end) => text.get(..end).unwrap_or_default().to_vec(),
        None => text.to_vec(),
    };
    let request = edit_values(request, |_| true, cut);
    super::basic::edit_pair(request, |pair| cut(pair.as_bytes()))
}

/// Half a character of UTF-16 is dropped.
fn surrogates_dropped(request: RawRequest) -> RawRequest {
    if !contains(request.content(), b"%ED%") {
        return request;
    }
    edit_values(
        request,
        |_| true,
        |value| replaced(&replaced(value, b"%ED%A0%80", b""), b"%ED%B0%80", b""),
    )
}

fn nul_ends_value(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    well_formed_but_for(facts, FormFault::Nul)
}

/// A function that trims takes NUL for white space.
fn trailing_nul_trimmed(request: RawRequest) -> RawRequest {
    edit_values(
        request,
        |_| true,
        |value| {
            let mut value = value;
            while let Some(rest) = value.strip_suffix(b"%00") {
                value = rest;
            }
            value.to_vec()
        },
    )
}

fn nul_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    crash_at(facts, FormFault::Nul, response)
}

fn crash_at(facts: &Facts, fault: FormFault, response: Response) -> Response {
    if facts.parameters.faults.contains(&fault) {
        crash()
    } else {
        response
    }
}
