//! How the parameters of a request are read (RFC 6749 §3.2).

use crate::defects::{Defect, Seam};
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[Defect {
    id: "last-duplicate-wins",
    kills: &["rfc6749-duplicate-param-rejected"],
    also: &[(
        "form-urlencoded-duplicate-after-decoding",
        "a map that keeps the last value keeps it under the decoded name",
    )],
    seams: &[Seam::Read(last_duplicate_wins)],
}];

/// The form is read into a map, which keeps the last value of each name.
fn last_duplicate_wins(request: RawRequest) -> RawRequest {
    let form = request.form();
    if form.pairs.iter().all(|pair| form.count(&pair.name) == 1) {
        return request;
    }
    request.edit_form(|form| {
        let all = std::mem::take(&mut form.pairs);
        for pair in all {
            if pair.name != "resource" {
                form.remove(&pair.name);
            }
            form.pairs.push(pair);
        }
    })
}
