//! Defects that rules of RFC 8628 notice, one file a subject.

mod answers;
mod clients;
mod codes;
mod polls;

use super::Defect;
use crate::vocabulary::GrantType;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    clients::DEFECTS,
    codes::DEFECTS,
    polls::DEFECTS,
];

const GRANT: GrantType = GrantType::DeviceCode;
