//! Defects that rules of RFC 8707 notice, one file a subject.

mod answers;
mod grants;
mod values;

use super::{Defect, row};
use crate::facts::{Endpoint, Facts};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[answers::DEFECTS, grants::DEFECTS, values::DEFECTS];

/// The values of `resource` in the request itself.
fn sent(facts: &Facts) -> Vec<String> {
    let values = facts.parameters.values("resource");
    values.map(str::to_owned).collect()
}

/// Whether a token is asked for, and the request names resources.
fn asks(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::Token && facts.parameters.values("resource").next().is_some()
}

/// Puts other values in the place of those that a request names.
fn renamed(facts: &mut Facts, make: impl Fn(Vec<String>) -> Vec<String>) {
    let own = sent(facts);
    if !own.is_empty() {
        facts.manager_request.resources = make(own);
    }
}
