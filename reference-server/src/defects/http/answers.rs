//! What answers look like.

use super::octets::{Message, edited, find};
use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "date-left-out",
        &["http-date"],
        &[],
        &[Seam::Outgoing(date_left_out)],
    ),
    row(
        "date-left-out-of-refusals",
        &["http-date"],
        &[],
        &[Seam::Outgoing(date_left_out_of_refusals)],
    ),
    row(
        "date-in-another-form",
        &["http-date"],
        &[],
        &[Seam::Response(date_in_another_form)],
    ),
    row(
        "date-stands-still",
        &["http-date"],
        &[],
        &[Seam::Response(date_stands_still)],
    ),
    row(
        "date-twice",
        &["http-date"],
        &[],
        &[Seam::Response(date_twice)],
    ),
    row(
        "content-type-twice",
        &["http-content-type-well-formed"],
        &[],
        &[Seam::Response(content_type_twice)],
    ),
    row(
        "content-type-with-a-tail",
        &["http-content-type-well-formed"],
        &[],
        &[Seam::Response(content_type_with_a_tail)],
    ),
    row(
        "refusals-with-byte-order-mark",
        &["http-content-type-well-formed"],
        &[("http-accept", "a refusal with a byte order mark is no JSON")],
        &[Seam::Response(refusals_with_byte_order_mark)],
    ),
    row(
        "token-as-xml",
        &["http-accept"],
        &[],
        &[Seam::Response(token_as_xml)],
    ),
    row(
        "refusal-as-page",
        &["http-accept"],
        &[],
        &[Seam::Response(refusal_as_page)],
    ),
    row(
        "answer-without-accept-as-text",
        &["http-accept"],
        &[],
        &[Seam::Response(answer_without_accept_as_text)],
    ),
    row(
        "second-error-body",
        &["http-response-framing"],
        &[(
            "http-response-splitting",
            "the refusals of a scope have a tail, whatever the scope",
        )],
        &[Seam::Outgoing(second_error_body)],
    ),
    row(
        "length-of-refusals-too-long",
        &["http-response-framing"],
        &[(
            "http-response-splitting",
            "the refusals of a scope are too short, whatever the scope",
        )],
        &[Seam::Outgoing(length_of_refusals_too_long)],
    ),
    row(
        "chunks-to-http10",
        &["http-response-to-http10"],
        &[],
        &[
            Seam::Incoming(http10_marked),
            Seam::Response(http10_answer_marked),
            Seam::Outgoing(marked_in_chunks),
        ],
    ),
    row(
        "range-honoured",
        &["http-range-ignored"],
        &[],
        &[Seam::Response(range_honoured)],
    ),
    row(
        "range-refused",
        &["http-range-ignored"],
        &[],
        &[Seam::Response(range_refused)],
    ),
    row(
        "token-in-field",
        &["http-token-only-in-body"],
        &[],
        &[Seam::Response(token_in_field)],
    ),
    row(
        "refresh-token-in-link",
        &["http-token-only-in-body"],
        &[],
        &[Seam::Response(refresh_token_in_link)],
    ),
    row(
        "error-page-of-forwarded-host",
        &["http-host-not-in-issuer"],
        &[],
        &[Seam::Response(error_page_of_forwarded_host)],
    ),
    row(
        "answer-links-to-host",
        &["http-host-not-in-issuer"],
        &[],
        &[Seam::Response(answer_links_to_host)],
    ),
];

/// A server that is put together by hand.
fn date_left_out(octets: Vec<u8>) -> Vec<u8> {
    if !octets.starts_with(b"HTTP/") {
        return octets;
    }
    edited(octets, |message| message.remove("date"))
}

/// So is its handler of errors.
fn date_left_out_of_refusals(octets: Vec<u8>) -> Vec<u8> {
    if octets.starts_with(b"HTTP/1.1 4") {
        date_left_out(octets)
    } else {
        octets
    }
}

/// RFC 3339 instead.
fn date_in_another_form(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    response.replace("Date", "2031-05-06T07:08:09Z")
}

/// It was made when the server was built.
fn date_stands_still(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    response.replace("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
}

/// Framework and handler each set one.
fn date_twice(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    response
        .with("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .with("Date", "Sun, 06 Nov 1994 08:49:38 GMT")
}

fn at_token(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::Token
}

/// One from the framework and one from the handler.
fn content_type_twice(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if at_token(facts) {
        response.with("Content-Type", "text/plain")
    } else {
        response
    }
}

/// A parameter without a name.
fn content_type_with_a_tail(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    match response.status {
        400 | 401 => response.replace("Content-Type", "application/json; =utf-8"),
        _ => response,
    }
}

/// A template that was saved by an editor.
fn refusals_with_byte_order_mark(_: &Context<'_>, _: &Facts, mut response: Response) -> Response {
    if matches!(response.status, 400 | 401) {
        response.body.splice(0..0, [0xEF, 0xBB, 0xBF]);
    }
    response
}

fn accepts(context: &Context<'_>, part: &str) -> bool {
    let accept = context.request.field("accept").unwrap_or_default();
    accept.starts_with(part)
}

/// Content negotiation renders the token.
fn token_as_xml(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    if response.is_token() && accepts(context, "application/xml") {
        return response
            .replace("Content-Type", "application/xml")
            .with_body("<token/>");
    }
    response
}

/// Browsers get a page.
fn refusal_as_page(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    if response.status >= 400 && accepts(context, "text/html") {
        return response
            .replace("Content-Type", "text/html")
            .with_body("<p>Please log in</p>");
    }
    response
}

/// The default of the framework, where nothing is asked for.
fn answer_without_accept_as_text(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.field("accept") {
        None if response.is_token() => response.replace("Content-Type", "text/plain"),
        _ => response,
    }
}

/// An error body behind the one that is already written.
fn second_error_body(mut octets: Vec<u8>) -> Vec<u8> {
    if octets.starts_with(b"HTTP/1.1 400") && find(&octets, b"invalid_scope").is_some() {
        octets.extend_from_slice(b"{\"error\":\"server_error\"}");
    }
    octets
}

/// Lengths in another unit than octets.
fn length_of_refusals_too_long(octets: Vec<u8>) -> Vec<u8> {
    let broken = octets.starts_with(b"HTTP/1.1 400") && find(&octets, b"invalid_scope").is_some();
    if !broken {
        return octets;
    }
    edited(octets, |message| {
        let length: usize = message
            .field("content-length")
            .and_then(|it| it.parse().ok())
            .unwrap_or(0);
        message.remove("content-length");
        message.push(&format!("Content-Length: {}", length + 2));
    })
}

fn http10_marked(octets: Vec<u8>) -> Vec<u8> {
    let old = find(&octets, b" HTTP/1.0\r\n").is_some();
    edited(octets, |message| {
        if old {
            message.push("X-Old: 1");
        }
    })
}

fn http10_answer_marked(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.field("x-old") {
        Some(_) => response.with("X-Old", "1"),
        None => response,
    }
}

/// The application server always answers in chunks.
fn marked_in_chunks(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        if message.field("x-old").is_some() {
            in_chunks(message);
        }
    })
}

fn in_chunks(message: &mut Message) {
    message.remove("x-old");
    message.remove("content-length");
    message.push("Transfer-Encoding: chunked");
    let size = format!("{:x}\r\n", message.rest.len());
    message.rest = [size.as_bytes(), &message.rest, b"\r\n0\r\n\r\n"].concat();
}

/// A caching layer cuts every answer.
fn range_honoured(context: &Context<'_>, _: &Facts, mut response: Response) -> Response {
    if response.is_token() && context.request.field("range").is_some() {
        response.body.truncate(10);
        return response
            .with_status(206)
            .with("Content-Range", "bytes 0-9/100");
    }
    response
}

/// Or refuses what lies beyond the end.
fn range_refused(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let beyond = context.request.field("range") == Some("bytes=100000-");
    if beyond && response.is_token() {
        return Response::empty(416).with("Content-Range", "bytes */100");
    }
    response
}

/// A gateway adds the token for its logs.
fn token_in_field(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    add_member(response, "access_token", "X-Access-Token", "")
}

/// A link to where tokens are refreshed.
fn refresh_token_in_link(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    add_member(response, "refresh_token", "Link", "/refresh?token=")
}

fn add_member(response: Response, member: &str, field: &str, before: &str) -> Response {
    let value = response.member(member);
    match value.as_ref().and_then(|value| value.as_str()) {
        Some(value) => response.with(field, &format!("{before}{value}")),
        None => response,
    }
}

/// The URL of the page on errors is built from the request.
fn error_page_of_forwarded_host(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let host = context.request.field("x-forwarded-host").map(str::to_owned);
    match host {
        Some(host) if response.status >= 400 => response.edit(|members| {
            let page = format!("https://{host}/errors");
            members.insert("error_uri".to_owned(), page.into());
        }),
        Some(_) | None => response,
    }
}

/// So is a link of good answers.
fn answer_links_to_host(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.field("host") {
        Some(host) if response.is_token() => {
            response.with("Link", &format!("<http://{host}/pf/JWKS>; rel=jwks"))
        }
        Some(_) | None => response,
    }
}
