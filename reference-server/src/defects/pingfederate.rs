//! Defects that rules of PingFederate notice.

use super::{Defect, Seam};
use crate::checks::CheckId;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-id-falls-back-to-default",
        kills: &[
            "pingfederate-atm-id-unknown",
            "pingfederate-atm-aud-no-match",
        ],
        also: &[],
        seams: &[Seam::Skip(CheckId::ManagerFound)],
    },
    Defect {
        id: "atm-access-list-ignored",
        kills: &["pingfederate-atm-eligibility-acl"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ManagerEligible)],
    },
];
