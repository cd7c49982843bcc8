//! Field lines.

use super::octets::{edited, find, replaced};
use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::Facts;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "fold-begins-a-field",
        &["http-obs-fold"],
        &[],
        &[Seam::Incoming(fold_begins_a_field)],
    ),
    row(
        "fold-cuts-the-field",
        &["http-obs-fold"],
        &[],
        &[Seam::Incoming(fold_cuts_the_field)],
    ),
    row(
        "field-names-trimmed",
        &["http-space-before-colon"],
        &[],
        &[Seam::Incoming(field_names_trimmed)],
    ),
    row(
        "fields-with-space-left-out",
        &["http-space-before-colon"],
        &[],
        &[Seam::Incoming(fields_with_space_left_out)],
    ),
    row(
        "bare-cr-ends-a-line",
        &["http-line-ends"],
        &[],
        &[Seam::Incoming(bare_cr_ends_a_line)],
    ),
    row(
        "nul-ends-a-line",
        &["http-line-ends"],
        &[],
        &[Seam::Incoming(nul_ends_a_line)],
    ),
    row(
        "lower-case-field-not-found",
        &["http-field-name-case"],
        &[(
            "http-authorization-repeated",
            "what is recorded there shows that the second line, in lower case, is not seen",
        )],
        &[Seam::Incoming(lower_case_field_not_found)],
    ),
    row(
        "first-content-type-counts",
        &["http-content-type-repeated"],
        &[],
        &[Seam::Read(first_content_type_counts)],
    ),
    row(
        "grant-type-in-field",
        &["http-response-splitting"],
        &[],
        &[
            Seam::Response(grant_type_in_field),
            Seam::Outgoing(escapes_undone),
        ],
    ),
    row(
        "client-in-field",
        &["http-response-splitting"],
        &[],
        &[
            Seam::Response(client_in_field),
            Seam::Outgoing(escapes_undone),
        ],
    ),
    row(
        "path-in-field",
        &["http-response-splitting"],
        &[],
        &[
            Seam::Response(path_in_field),
            Seam::Outgoing(escapes_undone),
        ],
    ),
    row(
        "scope-narrowed-in-field",
        &["http-response-splitting"],
        &[],
        &[
            Seam::Response(scope_narrowed_in_field),
            Seam::Outgoing(escapes_undone),
        ],
    ),
];

/// Only the head, where there is one.
fn of_head(octets: Vec<u8>, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    match find(&octets, b"\r\n\r\n") {
        Some(end) => {
            let (head, rest) = octets.split_at(end);
            [change(head), rest.to_vec()].concat()
        }
        None => octets,
    }
}

/// The continuation is taken for a field.
fn fold_begins_a_field(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| {
        let head = replaced(head, b"\r\n Authorization", b"\r\nAuthorization");
        replaced(&head, b"\r\n\tAuthorization", b"\r\nAuthorization")
    })
}

/// The continuation is lost.
fn fold_cuts_the_field(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        message
            .lines
            .retain(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"));
    })
}

/// White space around names does not matter.
fn field_names_trimmed(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| {
        replaced(&replaced(head, b" :", b":"), b"\t:", b":")
    })
}

/// A proxy drops the line and serves the request.
fn fields_with_space_left_out(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        message
            .lines
            .retain(|line| find(line, b" :").is_none() && find(line, b"\t:").is_none());
    })
}

/// Lines are split as those of text files are.
fn bare_cr_ends_a_line(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| {
        let marked = replaced(head, b"\r\n", b"\n");
        let marked = replaced(&marked, b"\r", b"\n");
        replaced(&marked, b"\n", b"\r\n")
    })
}

/// So is NUL.
fn nul_ends_a_line(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| replaced(head, b"\0", b"\r\n"))
}

/// An exact look-up in a map of raw names.
fn lower_case_field_not_found(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| {
        replaced(head, b"\r\nauthorization:", b"\r\nx-authorization:")
    })
}

/// A map of fields that keeps the first.
fn first_content_type_counts(mut request: RawRequest) -> RawRequest {
    if request.fields("content-type").count() > 1
        && let Some(first) = request.field("content-type").map(str::to_owned)
    {
        request.set_header("content-type", &first);
    }
    request
}

/// What fits into a field for now; [`escapes_undone`] makes octets of it.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|octet| match octet {
            b'\r' => "%0D".to_owned(),
            b'\n' => "%0A".to_owned(),
            b' '..=b'~' => char::from(octet).to_string(),
            _ => "?".to_owned(),
        })
        .collect()
}

/// A field for tracing, unescaped.
fn grant_type_in_field(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.form().value("grant_type") {
        Some(value) => response.with("X-Trace", &escaped(value)),
        None => response,
    }
}

/// A field that names who asked, as they call themselves.
fn client_in_field(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    match &facts.presented.client_id {
        Some(id) => response.with("X-Client", &escaped(id)),
        None => response,
    }
}

/// A field that names the place, decoded.
fn path_in_field(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    response.with("X-Path", &escaped(&context.request.path))
}

/// Characters lose their upper octet on the way into a field.
fn scope_narrowed_in_field(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let form = context.request.form();
    let Some(scope) = form.value("scope") else {
        return response;
    };
    let narrowed: String = scope
        .chars()
        .filter_map(|character| char::from_u32(u32::from(character) & 0xFF))
        .filter(char::is_ascii)
        .collect();
    response.with("X-Scope", &escaped(&narrowed))
}

fn escapes_undone(octets: Vec<u8>) -> Vec<u8> {
    of_head(octets, |head| {
        replaced(&replaced(head, b"%0D", b"\r"), b"%0A", b"\n")
    })
}
