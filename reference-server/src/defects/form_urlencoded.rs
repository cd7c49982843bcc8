//! Defects that rules of form encoding notice.

use super::{Defect, Seam};
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "query-merged",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[(
            "rfc6749-credentials-not-in-uri",
            "credentials are parameters of the query too",
        )],
        seams: &[Seam::Read(query_merged)],
    },
    Defect {
        id: "values-trimmed",
        kills: &["form-urlencoded-whitespace"],
        also: &[
            (
                "rfc6749-secret-exact",
                "a posted secret with white space is trimmed",
            ),
            ("rfc6749-code-unknown", "a code with white space is trimmed"),
            (
                "rfc6749-refresh-unknown",
                "a refresh token with white space is trimmed",
            ),
        ],
        seams: &[Seam::Read(values_trimmed)],
    },
];

/// A parameter that the body lacks is taken from the query.
fn query_merged(request: RawRequest) -> RawRequest {
    if request.method != "POST" || request.query.is_none() {
        return request;
    }
    let query = request.query_form();
    request.edit_form(|form| {
        for pair in query.pairs {
            if form.count(&pair.name) == 0 {
                form.pairs.push(pair);
            }
        }
    })
}

fn values_trimmed(request: RawRequest) -> RawRequest {
    if request
        .form()
        .pairs
        .iter()
        .all(|pair| pair.value.trim() == pair.value)
    {
        return request;
    }
    request.edit_form(|form| {
        for pair in &mut form.pairs {
            pair.value = pair.value.trim().to_owned();
        }
    })
}
