//! RFC 7523 and what it stands on: client assertions, and assertions as grants.

mod audiences;
mod by_grant;
mod certificates;
mod claims;
mod dates;
mod grants;
mod headers;
mod identifiers;
mod key_sets;
mod keys;
mod requests;
mod sight;
mod texts;

use super::{Defect, row};

/// The rows, by what they are about.
pub(super) const DEFECTS: &[&[Defect]] = &[
    audiences::DEFECTS,
    by_grant::DEFECTS,
    certificates::DEFECTS,
    claims::DEFECTS,
    dates::DEFECTS,
    grants::DEFECTS,
    headers::DEFECTS,
    identifiers::DEFECTS,
    key_sets::DEFECTS,
    keys::DEFECTS,
    requests::DEFECTS,
    texts::DEFECTS,
];
