//! Heads of a size that nobody expects.

use super::octets::{find, replaced};
use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::Facts;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "large-fields-are-500",
        &["http-field-too-large"],
        &[],
        &[Seam::Outgoing(large_fields_are_500)],
    ),
    row(
        "long-field-is-503",
        &["http-field-too-large"],
        &[],
        &[Seam::Response(long_field_is_500)],
    ),
    row(
        "long-query-is-500",
        &["http-field-too-large"],
        &[],
        &[Seam::Response(long_query_is_500)],
    ),
];

/// A buffer limit ends in an exception.
fn large_fields_are_500(octets: Vec<u8>) -> Vec<u8> {
    if find(&octets, b"HTTP/1.1 431").is_some() {
        return replaced(&octets, b"HTTP/1.1 431", b"HTTP/1.1 500");
    }
    octets
}

/// A column of the log is too small.
fn long_field_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let long = context
        .request
        .headers
        .iter()
        .any(|(_, value)| value.len() > 4096);
    if long { Response::empty(500) } else { response }
}

/// So is one for the target.
fn long_query_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let query = context.request.query.as_deref().unwrap_or_default();
    if query.len() > 4096 {
        Response::empty(500)
    } else {
        response
    }
}
