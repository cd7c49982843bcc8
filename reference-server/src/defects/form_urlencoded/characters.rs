//! Which characters count as the same, and which the server can keep.

use super::raw::{TOO_STRICT, crash, edit_body, edit_pieces, encoded, pieces};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "four-octet-character-is-500",
        kills: &["form-urlencoded-utf8-ignored"],
        also: &[],
        seams: &[Seam::Response(four_octet_character_is_500)],
    },
    Defect {
        id: "non-ascii-name-refused",
        kills: &["form-urlencoded-utf8-ignored"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            non_ascii_name_refused,
        )],
    },
    Defect {
        id: "latin-1-log-is-500",
        kills: &["form-urlencoded-utf8-ignored"],
        also: &[
            ("form-urlencoded-bom", "the mark lies beyond ISO 8859-1"),
            (
                "form-urlencoded-no-folding",
                "most characters that could be folded lie beyond ISO 8859-1",
            ),
        ],
        seams: &[Seam::Response(latin_1_log_is_500)],
    },
    Defect {
        id: "form-accents-folded",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(accents_folded)],
    },
    Defect {
        id: "form-width-folded",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(width_folded)],
    },
    Defect {
        id: "form-ignorable-characters-dropped",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(ignorable_characters_dropped)],
    },
    Defect {
        id: "form-look-alikes-folded",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(look_alikes_folded)],
    },
    Defect {
        id: "form-case-folded-beyond-ascii",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(case_folded_beyond_ascii)],
    },
    Defect {
        id: "form-turkish-i-folded",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(turkish_i_folded)],
    },
    Defect {
        id: "client-id-collation-ignores-marks",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(client_id_collation_ignores_marks)],
    },
    Defect {
        id: "scope-collation-ignores-marks",
        kills: &["form-urlencoded-no-folding"],
        also: &[],
        seams: &[Seam::Read(scope_collation_ignores_marks)],
    },
    Defect {
        id: "form-bom-removed",
        kills: &["form-urlencoded-bom"],
        also: &[],
        seams: &[Seam::Read(bom_removed)],
    },
    Defect {
        id: "form-encoded-bom-removed",
        kills: &["form-urlencoded-bom"],
        also: &[],
        seams: &[Seam::Read(encoded_bom_removed)],
    },
    Defect {
        id: "form-bom-is-500",
        kills: &["form-urlencoded-bom"],
        also: &[],
        seams: &[Seam::Response(bom_is_500)],
    },
];

/// A table for audits that keeps characters of three octets at most.
fn four_octet_character_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    crash_at_character(context, response, '\u{FFFF}')
}

/// A log in ISO 8859-1.
fn latin_1_log_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    crash_at_character(context, response, '\u{FF}')
}

fn crash_at_character(context: &Context<'_>, response: Response, last: char) -> Response {
    let beyond = |text: Vec<u8>| {
        String::from_utf8(text).is_ok_and(|text| text.chars().any(|character| character > last))
    };
    let mut pieces = pieces(context.request).into_iter();
    if pieces.any(|pair| beyond(pair.name()) || beyond(pair.value())) {
        crash()
    } else {
        response
    }
}

fn non_ascii_name_refused(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    let pieces = pieces(context.request);
    if pieces.iter().all(|pair| pair.name().is_ascii()) {
        Ok(())
    } else {
        Err(TOO_STRICT)
    }
}

/// Names and values with every character replaced or, by `None`, dropped.
fn fold(request: RawRequest, fold: impl Fn(char) -> Option<char>) -> RawRequest {
    fold_some(request, |_| true, fold)
}

/// The same in the values of some names only, and in the names if those are not asked for.
fn fold_some(
    request: RawRequest,
    meant: impl Fn(&[u8]) -> bool,
    fold: impl Fn(char) -> Option<char>,
) -> RawRequest {
    let read = |raw: &[u8], text: Vec<u8>| match String::from_utf8(text) {
        Ok(text) if !text.is_ascii() => {
            let folded: String = text.chars().filter_map(&fold).collect();
            encoded(folded.as_bytes())
        }
        Ok(_) | Err(_) => raw.to_vec(),
    };
    edit_pieces(request, |pieces| {
        for pair in pieces.iter_mut().filter(|pair| meant(&pair.name())) {
            let value = pair.value();
            pair.name = read(&pair.name, pair.name());
            pair.value = pair.value.as_deref().map(|raw| read(raw, value));
        }
    })
}

/// A key for look-ups with its accents taken off.
fn accents_folded(request: RawRequest) -> RawRequest {
    fold(request, |character| match character {
        '\u{E9}' => Some('e'),
        '\u{301}' => None,
        other => Some(other),
    })
}

/// Normalisation to NFKC.
fn width_folded(request: RawRequest) -> RawRequest {
    fold(request, narrow)
}

fn narrow(character: char) -> Option<char> {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0),
        other => Some(other),
    }
}

/// Characters that nobody sees are taken out.
fn ignorable_characters_dropped(request: RawRequest) -> RawRequest {
    fold(request, |character| {
        Some(character).filter(|character| *character != '\u{AD}')
    })
}

/// Letters that look alike are one.
fn look_alikes_folded(request: RawRequest) -> RawRequest {
    fold(request, |character| match character {
        '\u{435}' => Some('e'),
        other => Some(other),
    })
}

/// Lower case by the tables of Unicode: the Kelvin sign is a k; upper case and back: the long s is an s.
fn case_folded_beyond_ascii(request: RawRequest) -> RawRequest {
    fold(request, |character| match character {
        '\u{212A}' => Some('k'),
        '\u{17F}' => Some('s'),
        other => Some(other),
    })
}

/// Upper case by Turkish rules or back.
fn turkish_i_folded(request: RawRequest) -> RawRequest {
    fold(request, |character| match character {
        '\u{131}' | '\u{130}' => Some('i'),
        other => Some(other),
    })
}

/// The column of client identifiers has a collation that ignores marks.
fn client_id_collation_ignores_marks(request: RawRequest) -> RawRequest {
    let request = fold_some(request, |name| name == b"client_id", without_marks);
    super::basic::edit_pair(request, |pair| {
        let pair = pair.replace("%CC%81", "").replace("%C2%AD", "");
        pair.into_bytes()
    })
}

fn scope_collation_ignores_marks(request: RawRequest) -> RawRequest {
    fold_some(request, |name| name == b"scope", without_marks)
}

fn without_marks(character: char) -> Option<char> {
    match character {
        '\u{301}' | '\u{AD}' => None,
        other => narrow(other),
    }
}

fn bom_removed(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        let rest = body.strip_prefix(b"\xEF\xBB\xBF");
        rest.unwrap_or(body).to_vec()
    })
}

fn encoded_bom_removed(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        let rest = body.strip_prefix(b"%EF%BB%BF");
        rest.unwrap_or(body).to_vec()
    })
}

fn bom_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let first = pieces(context.request).into_iter().next();
    match first {
        Some(pair) if pair.name().starts_with(b"\xEF\xBB\xBF") => crash(),
        Some(_) | None => response,
    }
}
