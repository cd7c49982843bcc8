//! HTTP/2: what becomes of a request and its answer where a front end makes them HTTP/1.1, and what it must not put right.

use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::Facts;
use crate::wire::raw_request::{Protocol, RawRequest};
use crate::wire::response::Response;

/// The rule of all of them.
const SAME: &[&str] = &["http-http2-same"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "http2-authorization-lost",
        SAME,
        &[],
        &[Seam::Read(authorization_lost)],
    ),
    row(
        "http2-refusal-is-server-error",
        SAME,
        &[],
        &[Seam::Response(refusal_is_server_error)],
    ),
    row(
        "http2-error-is-page",
        SAME,
        &[],
        &[Seam::Response(error_is_page)],
    ),
    row("http2-get-issues", SAME, &[], &[Seam::Read(get_issues)]),
    row(
        "http2-challenge-lost",
        SAME,
        &[],
        &[Seam::Response(challenge_lost)],
    ),
    row(
        "http2-cache-control-lost",
        SAME,
        &[],
        &[Seam::Response(cache_control_lost)],
    ),
    row(
        "http2-length-not-compared",
        SAME,
        &[],
        &[Seam::Fields(length_not_compared)],
    ),
    row(
        "http2-capitals-lowered",
        SAME,
        &[],
        &[Seam::Fields(capitals_lowered)],
    ),
    row(
        "http2-line-ends-cut-off",
        SAME,
        &[],
        &[Seam::Fields(line_ends_cut_off)],
    ),
    row(
        "http2-connection-fields-dropped",
        SAME,
        &[],
        &[Seam::Fields(connection_fields_dropped)],
    ),
    row(
        "http2-pseudo-fields-filled-in",
        SAME,
        &[],
        &[Seam::Fields(pseudo_fields_filled_in)],
    ),
    row(
        "http2-pseudo-fields-anywhere",
        SAME,
        &[],
        &[Seam::Fields(pseudo_fields_anywhere)],
    ),
    row(
        "http2-first-pseudo-field-counts",
        SAME,
        &[],
        &[Seam::Fields(first_pseudo_field_counts)],
    ),
    row(
        "http2-unknown-pseudo-field-dropped",
        SAME,
        &[],
        &[Seam::Fields(unknown_pseudo_field_dropped)],
    ),
    row(
        "http2-host-beside-authority-dropped",
        SAME,
        &[],
        &[Seam::Fields(host_dropped)],
    ),
    row(
        "http2-host-before-authority",
        SAME,
        &[],
        &[Seam::Fields(host_before_authority)],
    ),
];

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn is_http2(request: &RawRequest) -> bool {
    request.protocol == Protocol::Http2
}

/// A list of fields to be forwarded, and this one is not on it.
fn authorization_lost(mut request: RawRequest) -> RawRequest {
    if is_http2(&request) {
        request.remove_header("authorization");
    }
    request
}

/// What the front end calls a failure behind it.
fn refusal_is_server_error(ctx: &Context<'_>, _: &Facts, response: Response) -> Response {
    if is_http2(ctx.request) && response.status == 401 {
        return response.with_status(500);
    }
    response
}

/// The front end has pages of its own.
fn error_is_page(ctx: &Context<'_>, _: &Facts, response: Response) -> Response {
    if is_http2(ctx.request) && response.status == 400 {
        let page = response.replace("Content-Type", "text/html");
        return page.with_body("<h1>Bad Request</h1>");
    }
    response
}

/// Another route.
fn get_issues(mut request: RawRequest) -> RawRequest {
    if is_http2(&request) && request.method == "GET" {
        "POST".clone_into(&mut request.method);
    }
    request
}

fn challenge_lost(ctx: &Context<'_>, _: &Facts, response: Response) -> Response {
    if is_http2(ctx.request) {
        return response.without("WWW-Authenticate");
    }
    response
}

fn cache_control_lost(ctx: &Context<'_>, _: &Facts, response: Response) -> Response {
    if is_http2(ctx.request) {
        return response.without("Cache-Control");
    }
    response
}

/// The field is left out, and made anew.
fn length_not_compared(mut fields: Fields) -> Fields {
    fields.retain(|(name, _)| name != b"content-length");
    fields
}

fn capitals_lowered(mut fields: Fields) -> Fields {
    for (name, _) in &mut fields {
        name.make_ascii_lowercase();
    }
    fields
}

/// A value ends with its line.
fn line_ends_cut_off(mut fields: Fields) -> Fields {
    for (_, value) in &mut fields {
        if let Some(end) = value
            .iter()
            .position(|octet| matches!(octet, b'\r' | b'\n'))
        {
            value.truncate(end);
        }
    }
    fields
}

fn connection_fields_dropped(mut fields: Fields) -> Fields {
    let of_connections: [&[u8]; 5] = [
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"transfer-encoding",
        b"upgrade",
    ];
    fields.retain(|(name, _)| !of_connections.contains(&name.as_slice()));
    fields
}

/// The only route there is.
fn pseudo_fields_filled_in(mut fields: Fields) -> Fields {
    let defaults: [(&[u8], &[u8]); 3] = [
        (b":method", b"POST"),
        (b":scheme", b"https"),
        (b":path", b"/as/token.oauth2"),
    ];
    for (name, value) in defaults {
        if !fields.iter().any(|(known, _)| known == name) {
            fields.insert(0, (name.to_vec(), value.to_vec()));
        }
    }
    fields
}

fn pseudo_fields_anywhere(mut fields: Fields) -> Fields {
    fields.sort_by_key(|(name, _)| !name.starts_with(b":"));
    fields
}

/// A map that keeps what it has.
fn first_pseudo_field_counts(fields: Fields) -> Fields {
    let mut kept: Fields = Vec::new();
    for (name, value) in fields {
        let again = name.starts_with(b":") && kept.iter().any(|(known, _)| *known == name);
        if !again {
            kept.push((name, value));
        }
    }
    kept
}

fn unknown_pseudo_field_dropped(mut fields: Fields) -> Fields {
    let known: [&[u8]; 4] = [b":method", b":scheme", b":authority", b":path"];
    fields.retain(|(name, _)| !name.starts_with(b":") || known.contains(&name.as_slice()));
    fields
}

/// Only `:authority` is looked at.
fn host_dropped(mut fields: Fields) -> Fields {
    fields.retain(|(name, _)| name != b"host");
    fields
}

/// Only Host is looked at where it is there.
fn host_before_authority(mut fields: Fields) -> Fields {
    let host = fields.iter().find(|(name, _)| name == b"host");
    if let Some((_, host)) = host.cloned() {
        for (name, value) in &mut fields {
            if name == b":authority" {
                value.clone_from(&host);
            }
        }
    }
    host_dropped(fields)
}
