//! Successful answers (RFC 6749 §5.1).

use serde_json::Value;

use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[Defect {
    id: "expires-in-quoted",
    kills: &["rfc6749-expires-in-is-number"],
    also: &[],
    seams: &[Seam::Response(expires_in_quoted)],
}];

fn expires_in_quoted(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Token {
        return response;
    }
    response.edit(|members| {
        if let Some(seconds) = members.get("expires_in").map(Value::to_string) {
            members.insert("expires_in".to_owned(), Value::String(seconds));
        }
    })
}
