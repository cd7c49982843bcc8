//! Defects that rules of PingOne notice, one file a subject.

mod assertions;
mod requests;
mod tokens;

use super::{Defect, Seam};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[assertions::DEFECTS, requests::DEFECTS, tokens::DEFECTS];

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
