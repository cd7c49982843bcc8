//! RFC 8705: clients with certificates, and tokens that are bound to them.

mod alternative_names;
mod clients;
mod names;
mod registration;
mod sight;
mod tokens;

use super::{Defect, row};

/// The rows, by what they are about.
pub(super) const DEFECTS: &[&[Defect]] = &[
    alternative_names::DEFECTS,
    clients::DEFECTS,
    names::DEFECTS,
    registration::DEFECTS,
    tokens::DEFECTS,
];
