//! Defects that rules of RFC 6749 notice, one file a subject.

mod answers;
mod codes;
mod refresh;
mod requests;
mod values;

use super::Defect;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    codes::DEFECTS,
    refresh::DEFECTS,
    requests::DEFECTS,
    values::DEFECTS,
];
