//! Defects that rules of HTTP itself notice, one file a subject.

mod answers;
mod authentication;
mod bodies;
mod connections;
mod fields;
mod lengths;
mod methods;
mod octets;
mod sizes;
mod targets;

use super::{Defect, Seam};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    authentication::DEFECTS,
    bodies::DEFECTS,
    connections::DEFECTS,
    fields::DEFECTS,
    lengths::DEFECTS,
    methods::DEFECTS,
    sizes::DEFECTS,
    targets::DEFECTS,
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
