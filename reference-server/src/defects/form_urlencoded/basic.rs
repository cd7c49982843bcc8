//! What is inside Basic credentials (RFC 6749 §2.3.1).

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{alphabet, engine::DecodePaddingMode};

use super::raw::{crash, escapes, lower_case_escape_kept};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "basic-second-part-is-the-secret",
        kills: &["form-urlencoded-basic-first-colon"],
        also: &[],
        seams: &[Seam::Read(second_part_is_the_secret)],
    },
    Defect {
        id: "basic-last-part-is-the-secret",
        kills: &["form-urlencoded-basic-first-colon"],
        also: &[],
        seams: &[Seam::Read(last_part_is_the_secret)],
    },
    Defect {
        id: "basic-empty-parts-skipped",
        kills: &["form-urlencoded-basic-first-colon"],
        also: &[],
        seams: &[Seam::Read(empty_parts_skipped)],
    },
    Defect {
        id: "basic-plus-kept",
        kills: &["form-urlencoded-basic-reserved-characters"],
        also: &[],
        seams: &[Seam::Read(plus_kept)],
    },
    Defect {
        id: "basic-percent-20-kept",
        kills: &["form-urlencoded-basic-reserved-characters"],
        also: &[],
        seams: &[Seam::Read(percent_20_kept)],
    },
    Defect {
        id: "basic-lower-case-hex-unread",
        kills: &["form-urlencoded-basic-reserved-characters"],
        also: &[],
        seams: &[Seam::Read(lower_case_hex_unread)],
    },
    Defect {
        id: "basic-not-decoded",
        kills: &["form-urlencoded-basic-reserved-characters"],
        also: &[],
        seams: &[Seam::Read(not_decoded)],
    },
    Defect {
        id: "basic-id-decoded-twice",
        kills: &["form-urlencoded-basic-decoded-once"],
        also: &[],
        seams: &[Seam::Read(id_decoded_twice)],
    },
    Defect {
        id: "basic-secret-decoded-twice",
        kills: &["form-urlencoded-basic-decoded-once"],
        also: &[],
        seams: &[Seam::Read(secret_decoded_twice)],
    },
    Defect {
        id: "base64-foreign-characters-skipped",
        kills: &["form-urlencoded-basic-base64-garbage"],
        also: &[],
        seams: &[Seam::Read(foreign_characters_skipped)],
    },
    Defect {
        id: "base64-stops-at-foreign-character",
        kills: &["form-urlencoded-basic-base64-garbage"],
        also: &[],
        seams: &[Seam::Read(stops_at_foreign_character)],
    },
    Defect {
        id: "base64-stops-at-padding",
        kills: &["form-urlencoded-basic-base64-garbage"],
        also: &[(
            "form-urlencoded-basic-base64-variants",
            "padding that is too long is read as the right one",
        )],
        seams: &[Seam::Read(stops_at_padding)],
    },
    Defect {
        id: "base64url-alphabet-served",
        kills: &["form-urlencoded-basic-base64-variants"],
        also: &[],
        seams: &[Seam::Read(base64url_alphabet_served)],
    },
    Defect {
        id: "base64-padding-may-be-missing",
        kills: &["form-urlencoded-basic-base64-variants"],
        also: &[],
        seams: &[Seam::Read(padding_may_be_missing)],
    },
    Defect {
        id: "base64-length-is-500",
        kills: &["form-urlencoded-basic-base64-variants"],
        also: &[],
        seams: &[Seam::Response(length_is_500)],
    },
];

/// The request with another pair inside its Basic credentials, where that can be read at all.
pub(super) fn edit_pair(request: RawRequest, edit: impl FnOnce(&str) -> Vec<u8>) -> RawRequest {
    edit_base64(request, |text| {
        let pair = STANDARD.decode(text).ok();
        match pair.and_then(|pair| String::from_utf8(pair).ok()) {
            Some(pair) => STANDARD.encode(edit(&pair)),
            None => text.to_owned(),
        }
    })
}

/// The request with another text behind the scheme.
fn edit_base64(mut request: RawRequest, edit: impl FnOnce(&str) -> String) -> RawRequest {
    let Some(field) = request.field("authorization") else {
        return request;
    };
    if let Some((scheme, text)) = field.split_once(' ')
        && scheme.eq_ignore_ascii_case("basic")
    {
        let edited = format!("{scheme} {}", edit(text.trim()));
        request.set_header("authorization", &edited);
    }
    request
}

fn second_part_is_the_secret(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| {
        let parts: Vec<&str> = pair.split(':').take(2).collect();
        parts.join(":").into_bytes()
    })
}

fn last_part_is_the_secret(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| {
        let first = pair.split(':').next().unwrap_or_default();
        let last = pair.rsplit(':').next().unwrap_or_default();
        format!("{first}:{last}").into_bytes()
    })
}

/// A tokenizer that sees no empty parts.
fn empty_parts_skipped(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| {
        let parts: Vec<&str> = pair.split(':').filter(|part| !part.is_empty()).collect();
        parts.join(":").into_bytes()
    })
}

fn plus_kept(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| pair.replace('+', "%2B").into_bytes())
}

fn percent_20_kept(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| pair.replace("%20", "%2520").into_bytes())
}

fn lower_case_hex_unread(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| {
        escapes(pair.as_bytes(), lower_case_escape_kept)
    })
}

/// The halves are taken as RFC 7617 has them.
fn not_decoded(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| {
        pair.replace('%', "%25").replace('+', "%2B").into_bytes()
    })
}

fn id_decoded_twice(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| match pair.split_once(':') {
        Some((id, secret)) => format!("{}:{secret}", id.replace("%25", "%")).into_bytes(),
        None => pair.as_bytes().to_vec(),
    })
}

fn secret_decoded_twice(request: RawRequest) -> RawRequest {
    edit_pair(request, |pair| match pair.split_once(':') {
        Some((id, secret)) => format!("{id}:{}", secret.replace("%25", "%")).into_bytes(),
        None => pair.as_bytes().to_vec(),
    })
}

const fn in_alphabet(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')
}

/// The base64 of MIME (RFC 2045 §6.8).
fn foreign_characters_skipped(request: RawRequest) -> RawRequest {
    edit_base64(request, |text| {
        text.chars().filter(|it| in_alphabet(*it)).collect()
    })
}

fn stops_at_foreign_character(request: RawRequest) -> RawRequest {
    edit_base64(request, |text| {
        text.chars().take_while(|it| in_alphabet(*it)).collect()
    })
}

/// What follows the padding is not looked at.
fn stops_at_padding(request: RawRequest) -> RawRequest {
    edit_base64(request, |text| match text.find('=') {
        Some(end) => text.chars().take((end + 1).next_multiple_of(4)).collect(),
        None => text.to_owned(),
    })
}

/// A decoder of both alphabets.
fn base64url_alphabet_served(request: RawRequest) -> RawRequest {
    edit_base64(request, |text| text.replace('-', "+").replace('_', "/"))
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Padding is taken off before anything else.
fn padding_may_be_missing(request: RawRequest) -> RawRequest {
    edit_base64(request, |text| {
        match LENIENT.decode(text.trim_end_matches('=')) {
            Ok(pair) => STANDARD.encode(pair),
            Err(_) => text.to_owned(),
        }
    })
}

/// The decoder throws where the length is no multiple of four.
fn length_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let field = context.request.field("authorization").unwrap_or_default();
    match field.split_once(' ') {
        Some((_, text)) if text.len() % 4 != 0 && text.chars().all(in_alphabet) => crash(),
        Some(_) | None => response,
    }
}
