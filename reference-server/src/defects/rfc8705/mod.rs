//! RFC 8705: clients with certificates, and tokens that are bound to them.

mod clients;
mod names;
mod sight;
mod tokens;

use super::{Defect, Seam};

/// The rows, by what they are about.
pub(super) const DEFECTS: &[&[Defect]] = &[clients::DEFECTS, names::DEFECTS, tokens::DEFECTS];

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
