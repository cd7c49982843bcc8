//! Defects that rules of RFC 9700 notice, one file a subject.

mod metadata;
mod refresh;
mod requests;
mod tokens;

use super::{Defect, row};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    metadata::DEFECTS,
    refresh::DEFECTS,
    requests::DEFECTS,
    tokens::DEFECTS,
];
