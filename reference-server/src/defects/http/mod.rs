//! Defects that rules of HTTP itself notice, one file a subject.

mod answers;
mod authentication;
mod bodies;
mod connections;
mod fields;
mod http2;
mod lengths;
mod methods;
mod octets;
mod sizes;
mod targets;

use super::{Defect, row};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    authentication::DEFECTS,
    bodies::DEFECTS,
    connections::DEFECTS,
    fields::DEFECTS,
    http2::DEFECTS,
    lengths::DEFECTS,
    methods::DEFECTS,
    sizes::DEFECTS,
    targets::DEFECTS,
];
