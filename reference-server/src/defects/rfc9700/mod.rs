//! Defects that rules of RFC 9700 notice, one file a subject.

mod metadata;
mod refresh;
mod requests;
mod tokens;

use super::{Defect, Seam};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    metadata::DEFECTS,
    refresh::DEFECTS,
    requests::DEFECTS,
    tokens::DEFECTS,
];

/// A row on one line or a few.
const fn row(
    id: &'static str,
    kills: &'static [&'static str],
    also: &'static [(&'static str, &'static str)],
    seams: &'static [Seam],
) -> Defect {
    Defect {
        id,
        kills,
        also,
        seams,
    }
}
