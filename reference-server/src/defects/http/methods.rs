//! Methods.

use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::defects::http::octets::replaced;
use crate::facts::Facts;
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "allow-left-out",
        &["http-405-allow"],
        &[],
        &[Seam::Response(allow_left_out)],
    ),
    row(
        "allow-without-post",
        &["http-405-allow"],
        &[],
        &[Seam::Response(allow_without_post)],
    ),
    row(
        "put-issues",
        &["http-other-methods"],
        &[(
            "http-405-allow",
            "what is recorded there shows that the method is not refused",
        )],
        &[Seam::Read(put_issues)],
    ),
    row(
        "unknown-methods-issue",
        &["http-other-methods"],
        &[("http-method-case", "other letters make another method")],
        &[Seam::Read(unknown_methods_issue)],
    ),
    row(
        "method-letters-ignored",
        &["http-method-case"],
        &[],
        &[Seam::Read(method_letters_ignored)],
    ),
    row(
        "head-answered-with-content",
        &["http-head"],
        &[],
        &[Seam::Incoming(head_answered_with_content)],
    ),
    row(
        "options-issues",
        &["http-options"],
        &[],
        &[Seam::Read(options_issues)],
    ),
    row(
        "preflight-issues",
        &["http-options"],
        &[],
        &[Seam::Read(preflight_issues)],
    ),
    row(
        "trace-echoes",
        &["http-trace"],
        &[],
        &[Seam::Response(trace_echoes)],
    ),
    row(
        "trace-echoes-cookies",
        &["http-trace"],
        &[],
        &[Seam::Response(trace_echoes_cookies)],
    ),
    row(
        "method-override-field",
        &["http-method-override"],
        &[],
        &[Seam::Read(method_override_field)],
    ),
    row(
        "method-override-parameter",
        &["http-method-override"],
        &[],
        &[Seam::Read(method_override_parameter)],
    ),
];

/// A 405 by hand.
fn allow_left_out(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    match response.status {
        405 => response.without("Allow"),
        _ => response,
    }
}

/// The router knows the methods of the page at this path, not of the handler.
fn allow_without_post(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    match response.status {
        405 => response.replace("Allow", "GET, HEAD, OPTIONS"),
        _ => response,
    }
}

fn as_post(mut request: RawRequest) -> RawRequest {
    request.method = "POST".to_owned();
    request
}

/// PUT and POST are bound to one handler.
fn put_issues(request: RawRequest) -> RawRequest {
    match request.method.as_str() {
        "PUT" => as_post(request),
        _ => request,
    }
}

/// The route is bound to any method, and a filter refuses those that it knows.
fn unknown_methods_issue(request: RawRequest) -> RawRequest {
    match request.method.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "PUT" | "TRACE" => request,
        _ => as_post(request),
    }
}

/// The framework makes capitals of the method.
fn method_letters_ignored(mut request: RawRequest) -> RawRequest {
    request.method = request.method.to_ascii_uppercase();
    request
}

/// HEAD is served as GET, error page and all.
fn head_answered_with_content(octets: Vec<u8>) -> Vec<u8> {
    if octets.starts_with(b"HEAD ") {
        replaced(&octets, b"HEAD ", b"GET ")
    } else {
        octets
    }
}

/// The handler does not look at the method.
fn options_issues(request: RawRequest) -> RawRequest {
    match request.method.as_str() {
        "OPTIONS" => as_post(request),
        _ => request,
    }
}

/// The CORS filter hands the preflight on.
fn preflight_issues(request: RawRequest) -> RawRequest {
    if request.field("access-control-request-method") == Some("POST") {
        return as_post(request);
    }
    request
}

fn echo(context: &Context<'_>, but: &str) -> Response {
    let mut body = format!("TRACE {} HTTP/1.1\r\n", context.request.path).into_bytes();
    for (name, value) in context
        .request
        .headers
        .iter()
        .filter(|(name, _)| name != but)
    {
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(b": ");
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    Response::empty(200)
        .with("Content-Type", "message/http")
        .with_body(body)
}

/// The default of a web server.
fn trace_echoes(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.method.as_str() {
        "TRACE" => echo(context, ""),
        _ => response,
    }
}

/// Only Authorization is left out.
fn trace_echoes_cookies(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.method.as_str() {
        "TRACE" => echo(context, "authorization"),
        _ => response,
    }
}

/// Override middleware meant for forms is on for all routes.
fn method_override_field(mut request: RawRequest) -> RawRequest {
    let named = [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ]
    .iter()
    .find_map(|name| request.field(name));
    let Some(method) = named.map(str::to_owned) else {
        return request;
    };
    if method == "POST"
        && let Some(query) = request.query.take()
    {
        request.body = Body::Complete(query.into_bytes());
        request.set_header("content-type", "application/x-www-form-urlencoded");
    }
    request.method = method;
    request
}

/// So is the one for a hidden parameter.
fn method_override_parameter(mut request: RawRequest) -> RawRequest {
    if let Some(method) = request.form().value("_method").map(str::to_owned) {
        request.method = method;
    }
    request
}
