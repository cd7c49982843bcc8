//! Defects that rules of CIBA Core 1.0 notice, one file a subject.

mod answers;
mod clients;
mod delivery;
mod ids;
mod polls;

use super::Defect;
use crate::vocabulary::GrantType;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    clients::DEFECTS,
    delivery::DEFECTS,
    ids::DEFECTS,
    polls::DEFECTS,
];

const GRANT: GrantType = GrantType::Ciba;
