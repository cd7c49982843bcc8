//! Where a pair begins and ends, and what it is without an equals sign.

use super::raw::{
    RawPair, TOO_STRICT, crash, edit_body, edit_pieces, edit_values, empty_pieces, pieces, replaced,
};
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
        id: "form-value-cut-at-second-equals",
        kills: &["form-urlencoded-equals-in-value"],
        also: &[],
        seams: &[Seam::Read(value_cut_at_second_equals)],
    },
    Defect {
        id: "form-second-equals-is-500",
        kills: &["form-urlencoded-equals-in-value"],
        also: &[
            (
                "form-urlencoded-separators-as-data",
                "one of its pairs has two equals signs",
            ),
            (
                "form-urlencoded-semicolon",
                "a pair behind a semicolon has an equals sign of its own",
            ),
            (
                "form-urlencoded-other-media-types",
                "a body in another format has more equals signs than ampersands",
            ),
        ],
        seams: &[Seam::Response(second_equals_is_500)],
    },
    Defect {
        id: "form-empty-pair-refused",
        kills: &["form-urlencoded-empty-pairs"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            empty_pair_refused,
        )],
    },
    Defect {
        id: "form-empty-pair-is-500",
        kills: &["form-urlencoded-empty-pairs"],
        also: &[(
            "form-urlencoded-empty-body",
            "a body of ampersands has empty pairs only",
        )],
        seams: &[Seam::Response(empty_pair_is_500)],
    },
    Defect {
        id: "form-empty-pairs-are-repetitions",
        kills: &["form-urlencoded-empty-pairs"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            empty_pairs_are_repetitions,
        )],
    },
    Defect {
        id: "form-bare-name-refused",
        kills: &["form-urlencoded-bare-names"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            bare_name_refused,
        )],
    },
    Defect {
        id: "form-bare-name-swallows-next",
        kills: &["form-urlencoded-bare-names"],
        also: &[],
        seams: &[Seam::Read(bare_name_swallows_next)],
    },
    Defect {
        id: "form-bare-name-is-null",
        kills: &["form-urlencoded-bare-names"],
        also: &[],
        seams: &[Seam::Read(bare_name_is_null)],
    },
    Defect {
        id: "form-empty-name-is-500",
        kills: &["form-urlencoded-bare-names"],
        also: &[],
        seams: &[Seam::Response(empty_name_is_500)],
    },
    Defect {
        id: "form-splits-at-semicolon",
        kills: &["form-urlencoded-semicolon"],
        also: &[],
        seams: &[Seam::Read(splits_at_semicolon)],
    },
    Defect {
        id: "form-cuts-value-at-semicolon",
        kills: &["form-urlencoded-semicolon"],
        also: &[],
        seams: &[Seam::Read(cuts_value_at_semicolon)],
    },
];

/// The second of the pieces between equals signs is the value.
fn value_cut_at_second_equals(request: RawRequest) -> RawRequest {
    edit_values(
        request,
        |_| true,
        |value| {
            let mut pieces = value.split(|octet| *octet == b'=');
            pieces.next().unwrap_or_default().to_vec()
        },
    )
}

/// Unpacking into two variables fails at three pieces.
fn second_equals_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let twice = |pair: &RawPair| {
        pair.value
            .as_ref()
            .is_some_and(|value| value.contains(&b'='))
    };
    if pieces(context.request).iter().any(twice) {
        crash()
    } else {
        response
    }
}

fn empty_pair_refused(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    at_most(0, empty_pieces(context.request))
}

/// They all have the same, empty name.
fn empty_pairs_are_repetitions(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    at_most(1, empty_pieces(context.request))
}

fn at_most(limit: usize, count: usize) -> Result<(), Refusal> {
    if count > limit {
        return Err(TOO_STRICT);
    }
    Ok(())
}

fn empty_pair_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    if empty_pieces(context.request) > 0 {
        crash()
    } else {
        response
    }
}

fn bare_name_refused(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    let pieces = pieces(context.request);
    let bare = pieces.iter().filter(|pair| is_bare(pair));
    at_most(0, bare.count())
}

/// A hand-written reader looks for the next equals sign wherever it is.
fn bare_name_swallows_next(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let mut bare = false;
        pieces.retain(|pair| {
            let swallowed = bare;
            bare = is_bare(pair);
            !swallowed
        });
    })
}

/// No value is written as a text somewhere.
fn bare_name_is_null(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        for pair in pieces.iter_mut().filter(|pair| is_bare(pair)) {
            pair.value = Some(b"null".to_vec());
        }
    })
}

fn is_bare(pair: &RawPair) -> bool {
    pair.value.is_none() && !pair.name.is_empty()
}

fn empty_name_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let mut pieces = pieces(context.request).into_iter();
    if pieces.any(|pair| pair.name.is_empty() && pair.value.is_some()) {
        crash()
    } else {
        response
    }
}

/// As HTML 4.01 once suggested for query strings.
fn splits_at_semicolon(request: RawRequest) -> RawRequest {
    edit_body(request, |body| replaced(body, b";", b"&"))
}

/// A value is read like that of a header field: parameters behind it are dropped.
fn cuts_value_at_semicolon(request: RawRequest) -> RawRequest {
    edit_values(
        request,
        |_| true,
        |value| {
            let mut pieces = value.split(|octet| *octet == b';');
            pieces.next().unwrap_or_default().to_vec()
        },
    )
}
