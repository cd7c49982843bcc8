//! Repeated parameters, in spellings that hide it, with empty values, in other letter case.

use std::collections::HashSet;

use super::raw::{RawPair, crash, edit_names, edit_pieces, pieces};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "form-raw-names-compared-last-wins",
        kills: &["form-urlencoded-duplicate-after-decoding"],
        also: &[],
        seams: &[Seam::Read(raw_names_compared_last_wins)],
    },
    Defect {
        id: "form-raw-names-compared-first-wins",
        kills: &["form-urlencoded-duplicate-after-decoding"],
        also: &[],
        seams: &[Seam::Read(raw_names_compared_first_wins)],
    },
    Defect {
        id: "form-equal-repetition-ignored",
        kills: &["form-urlencoded-duplicate-after-decoding"],
        also: &[(
            "rfc6749-duplicate-param-rejected",
            "the plain repetition is ignored too",
        )],
        seams: &[Seam::Read(equal_repetition_ignored)],
    },
    Defect {
        id: "form-empty-repetition-wins-last",
        kills: &["form-urlencoded-duplicate-with-empty"],
        also: &[],
        seams: &[Seam::Read(empty_repetition_wins_last)],
    },
    Defect {
        id: "form-empty-repetition-wins-first",
        kills: &["form-urlencoded-duplicate-with-empty"],
        also: &[],
        seams: &[Seam::Read(empty_repetition_wins_first)],
    },
    Defect {
        id: "form-empty-repetition-is-500",
        kills: &["form-urlencoded-duplicate-with-empty"],
        also: &[],
        seams: &[Seam::Response(empty_repetition_is_500)],
    },
    Defect {
        id: "form-names-fold-case",
        kills: &["form-urlencoded-name-case"],
        also: &[],
        seams: &[Seam::Read(names_fold_case)],
    },
    Defect {
        id: "form-names-fold-case-where-missing",
        kills: &["form-urlencoded-name-case"],
        also: &[],
        seams: &[Seam::Read(names_fold_case_where_missing)],
    },
];

/// Repetitions are sought among the names as sent; then a map keeps the last value.
fn raw_names_compared_last_wins(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let all = std::mem::take(pieces);
        for pair in all {
            pieces.retain(|other| !hidden_repetition(other, &pair));
            pieces.push(pair);
        }
    })
}

fn raw_names_compared_first_wins(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let all = std::mem::take(pieces);
        for pair in all {
            if !pieces.iter().any(|other| hidden_repetition(other, &pair)) {
                pieces.push(pair);
            }
        }
    })
}

fn hidden_repetition(one: &RawPair, other: &RawPair) -> bool {
    one.name != other.name && one.name() == other.name()
}

/// A set of pairs.
fn equal_repetition_ignored(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let mut seen = HashSet::new();
        pieces
            .retain(|pair| pair.name() == b"resource" || seen.insert((pair.name(), pair.value())));
    })
}

/// A map keeps the last of them before empty ones are dropped.
fn empty_repetition_wins_last(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let all = pieces.clone();
        pieces.retain(|pair| {
            let mut same = all.iter().rev().filter(|other| other.name == pair.name);
            !has_empty(&all, pair) || same.next() == Some(pair)
        });
    })
}

fn empty_repetition_wins_first(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let all = pieces.clone();
        pieces.retain(|pair| {
            let mut same = all.iter().filter(|other| other.name == pair.name);
            !has_empty(&all, pair) || same.next() == Some(pair)
        });
    })
}

/// Whether the name of the pair occurs with an empty value and without.
fn has_empty(all: &[RawPair], pair: &RawPair) -> bool {
    let same = || all.iter().filter(|other| other.name == pair.name);
    same().any(|other| other.value().is_empty()) && same().any(|other| !other.value().is_empty())
}

fn empty_repetition_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let all = pieces(context.request);
    if all.iter().any(|pair| has_empty(&all, pair)) {
        crash()
    } else {
        response
    }
}

/// The framework's collection of parameters ignores letter case.
fn names_fold_case(request: RawRequest) -> RawRequest {
    edit_names(request, <[u8]>::to_ascii_lowercase)
}

/// The exact name first, then without regard to letter case.
fn names_fold_case_where_missing(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let names: HashSet<Vec<u8>> = pieces.iter().map(|pair| pair.name.clone()).collect();
        for pair in pieces {
            let lower = pair.name.to_ascii_lowercase();
            if !names.contains(&lower) {
                pair.name = lower;
            }
        }
    })
}
