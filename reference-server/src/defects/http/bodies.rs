//! Bodies: their codings, their size, what is cut off.

use super::octets::{Message, edited, exchanged, find, joined, replaced};
use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::Facts;
use crate::state::StateChange;
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "chunked-body-taken-for-empty",
        &["http-chunked-body"],
        &[(
            "http-te-odd",
            "what is recorded there shows that the chunks were not read",
        )],
        &[Seam::Read(chunked_body_taken_for_empty)],
    ),
    row(
        "trailer-taken-for-a-request",
        &["http-chunked-body"],
        &[],
        &[Seam::Incoming(trailer_taken_for_a_request)],
    ),
    row(
        "chunk-extension-refused",
        &["http-chunked-body"],
        &[],
        &[Seam::Incoming(chunk_extension_refused)],
    ),
    row(
        "chunks-without-end-processed",
        &["http-chunked-malformed"],
        &[],
        &[Seam::Read(chunks_without_end_processed)],
    ),
    row(
        "chunk-size-with-sign",
        &["http-chunked-malformed"],
        &[],
        &[Seam::Incoming(chunk_size_with_sign)],
    ),
    row(
        "chunk-end-not-compared",
        &["http-chunked-malformed"],
        &[],
        &[Seam::Incoming(chunk_end_not_compared)],
    ),
    row(
        "chunk-size-wraps",
        &["http-chunked-malformed"],
        &[],
        &[Seam::Incoming(chunk_size_wraps)],
    ),
    row(
        "short-body-processed",
        &["http-incomplete-body"],
        &[(
            "http-body-too-large",
            "most of the body that is announced there never comes",
        )],
        &[Seam::Read(short_body_processed)],
    ),
    row(
        "short-body-burns-code",
        &["http-incomplete-body"],
        &[(
            "http-chunked-malformed",
            "a body without its last chunk is short, too",
        )],
        &[Seam::Changes(short_body_burns_code)],
    ),
    row(
        "trailers-merged",
        &["http-trailer-not-header"],
        &[],
        &[Seam::Incoming(trailers_merged)],
    ),
    row(
        "coded-body-is-500",
        &["http-content-encoding"],
        &[],
        &[Seam::Response(coded_body_is_500)],
    ),
    row(
        "gzip-read-as-it-is",
        &["http-content-encoding"],
        &[],
        &[Seam::Response(gzip_is_unknown_grant)],
    ),
    row(
        "large-body-is-500",
        &["http-body-too-large"],
        &[],
        &[Seam::Response(large_body_is_500)],
    ),
];

fn is_chunked(request: &RawRequest) -> bool {
    request.field("transfer-encoding").is_some()
}

/// The body is read by its Content-Length, which is not there.
fn chunked_body_taken_for_empty(mut request: RawRequest) -> RawRequest {
    if is_chunked(&request) && matches!(request.body, Body::Complete(_)) {
        request.body = Body::Complete(Vec::new());
    }
    request
}

/// A proxy makes a length of the chunks; the last of them ends the message, whatever comes behind it.
fn trailer_taken_for_a_request(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let has_trailer = find(&message.rest, b"\r\n0\r\nX-").is_some();
        let body = joined(&message.rest).map(|(body, rest)| (body, rest.to_vec()));
        if let (true, Some((body, rest))) = (has_trailer, body) {
            message.remove("transfer-encoding");
            message.push(&format!("Content-Length: {}", body.len()));
            message.rest = [body, rest].concat();
        }
    })
}

/// The size is all that a chunk's line may have.
fn chunk_extension_refused(octets: Vec<u8>) -> Vec<u8> {
    exchanged(octets, b";x=y", b"!x=y")
}

/// What has arrived is taken for all.
fn chunks_without_end_processed(mut request: RawRequest) -> RawRequest {
    if is_chunked(&request)
        && let Body::Incomplete(content) = &request.body
    {
        request.body = Body::Complete(content.clone());
    }
    request
}

/// A function that reads numbers, signs among them.
fn chunk_size_with_sign(octets: Vec<u8>) -> Vec<u8> {
    if find(&octets, b"chunked").is_some() {
        replaced(&octets, b"\r\n\r\n+", b"\r\n\r\n")
    } else {
        octets
    }
}

/// Two octets are skipped behind the data, whatever they are.
fn chunk_end_not_compared(mut octets: Vec<u8>) -> Vec<u8> {
    let end = find(&octets, b"chunked").and_then(|_| {
        let line = find(&octets, b"\r\n\r\n")? + 4;
        let digits = octets.get(line..)?;
        let digits = digits.get(..find(digits, b"\r\n")?)?;
        let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        (line + digits.len() + 2).checked_add(size)
    });
    if let Some(behind) = end.and_then(|end| octets.get_mut(end..)?.first_chunk_mut::<2>()) {
        *behind = *b"\r\n";
    }
    octets
}

/// Sizes of 64 bits, without a look at what overflows.
fn chunk_size_wraps(octets: Vec<u8>) -> Vec<u8> {
    exchanged(octets, b"\r\n\r\n10000000000000", b"\r\n\r\n00000000000000")
}

/// A read that ends early is taken for the end of the body.
fn short_body_processed(mut request: RawRequest) -> RawRequest {
    if !is_chunked(&request)
        && let Body::Incomplete(content) = &request.body
    {
        request.body = Body::Complete(content.clone());
    }
    request
}

/// The code is taken out of the store before anybody sees that the body is short.
fn short_body_burns_code(
    context: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if let (Body::Incomplete(_), Some(code)) = (&context.request.body, &facts.code) {
        changes.push(StateChange::RedeemCode(code.value.clone()));
    }
    changes
}

/// The parser appends trailers to the map of fields.
fn trailers_merged(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let Some(at) = find(&message.rest, b"\r\n0\r\n") else {
            return;
        };
        let (chunks, trailer) = message.rest.split_at(at + 5);
        let text = String::from_utf8_lossy(trailer).into_owned();
        let fields: Vec<&str> = text
            .split("\r\n")
            .take_while(|line| !line.is_empty())
            .filter(|line| !line.starts_with("Host") && !line.starts_with("Content-Type"))
            .collect();
        if fields.is_empty() {
            return;
        }
        message.rest = [chunks, b"\r\n"].concat();
        fields.iter().for_each(|field| push(message, field));
    })
}

fn push(message: &mut Message, field: &str) {
    message.push(field);
}

/// The decoder of the framework throws.
fn coded_body_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.field("content-encoding") {
        Some(_) => Response::empty(500),
        None => response,
    }
}

/// Coded octets are read as a form, in which nothing is found.
fn gzip_is_unknown_grant(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let coded = context.request.content().starts_with(&[0x1F, 0x8B]);
    if coded {
        return response.with_status(400).edit(|members| {
            drop(members.insert("error".to_owned(), "unsupported_grant_type".into()))
        });
    }
    response
}

/// A limit that ends in an exception.
fn large_body_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.body {
        Body::TooLarge => Response::empty(500),
        Body::Complete(_) | Body::Incomplete(_) | Body::TooSlow => response,
    }
}
