//! Defects that rules of PingFederate notice, one file a subject.

mod choice;
mod defaults;
mod eligibility;
mod hints;
mod matching;
mod repeated;
mod resources;
mod unknown;

use super::Defect;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    defaults::DEFECTS,
    eligibility::DEFECTS,
    hints::DEFECTS,
    matching::DEFECTS,
    repeated::DEFECTS,
    resources::DEFECTS,
    unknown::DEFECTS,
];
