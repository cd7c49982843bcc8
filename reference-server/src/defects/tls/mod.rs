//! Defects of TLS before the token endpoint.

mod certificates;
mod negotiation;
mod server_hello;

use super::{Defect, Seam};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[certificates::DEFECTS, negotiation::DEFECTS];

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
