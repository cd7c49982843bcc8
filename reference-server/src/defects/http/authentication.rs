//! Challenges, and Authorization.

use super::{Defect, row};
use crate::context::Context;
use crate::defects::Seam;
use crate::facts::Facts;
use crate::wire::basic::Authorization;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "challenge-for-basic-only",
        &["http-401-challenge"],
        &[],
        &[Seam::Response(challenge_for_basic_only)],
    ),
    row(
        "challenge-not-without-credentials",
        &["http-401-challenge"],
        &[],
        &[Seam::Response(challenge_not_without_credentials)],
    ),
    row(
        "challenge-without-realm",
        &["http-challenge-syntax"],
        &[],
        &[Seam::Response(challenge_without_realm)],
    ),
    row(
        "challenge-left-open",
        &["http-challenge-syntax"],
        &[],
        &[Seam::Response(challenge_left_open)],
    ),
    row(
        "challenge-realm-twice",
        &["http-challenge-syntax"],
        &[],
        &[Seam::Response(challenge_realm_twice)],
    ),
    row(
        "challenge-names-client",
        &["http-challenge-syntax"],
        &[],
        &[Seam::Response(challenge_names_client)],
    ),
    row(
        "first-authorization-counts",
        &["http-authorization-repeated"],
        &[],
        &[Seam::Read(first_authorization_counts)],
    ),
    row(
        "last-authorization-counts",
        &["http-authorization-repeated"],
        &[],
        &[Seam::Read(last_authorization_counts)],
    ),
    row(
        "authorization-list-read",
        &["http-authorization-repeated"],
        &[],
        &[Seam::Read(authorization_list_read)],
    ),
];

fn challenge(response: Response, value: &str) -> Response {
    if response.field("WWW-Authenticate").is_some() {
        response.replace("WWW-Authenticate", value)
    } else {
        response
    }
}

/// The field is set in the filter of Basic only.
fn challenge_for_basic_only(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    match context.request.field("authorization") {
        Some(_) => response,
        None => response.without("WWW-Authenticate"),
    }
}

/// Where nobody tried, nobody is challenged.
fn challenge_not_without_credentials(
    _: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    if facts.methods.is_empty() {
        response.without("WWW-Authenticate")
    } else {
        response
    }
}

/// The scheme alone.
fn challenge_without_realm(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    challenge(response, "Basic")
}

/// A quote is missing.
fn challenge_left_open(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    challenge(response, "Basic realm=\"as, charset=UTF-8")
}

/// Two layers each add a realm.
fn challenge_realm_twice(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    challenge(response, "Basic realm=\"as\", realm=\"token endpoint\"")
}

/// The identifier is copied in unescaped.
fn challenge_names_client(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let Authorization::Basic(credentials) = &facts.presented.authorization else {
        return response;
    };
    let printable: String = credentials.id.chars().filter(|c| !c.is_control()).collect();
    challenge(response, &format!("Basic realm=\"{printable}\""))
}

fn keep(mut request: RawRequest, choose: fn(Vec<Vec<u8>>) -> Option<Vec<u8>>) -> RawRequest {
    let lines: Vec<Vec<u8>> = request
        .fields("authorization")
        .map(<[u8]>::to_vec)
        .collect();
    if lines.len() > 1 {
        request.remove_header("authorization");
        let kept = choose(lines).map(|value| ("authorization".to_owned(), value));
        request.headers.extend(kept);
    }
    request
}

/// A map of fields that keeps the first.
fn first_authorization_counts(request: RawRequest) -> RawRequest {
    keep(request, |lines| lines.into_iter().next())
}

/// A map of fields that keeps the last.
fn last_authorization_counts(request: RawRequest) -> RawRequest {
    keep(request, |lines| lines.into_iter().next_back())
}

/// What stands before a comma is read, since lenient base64 stops there.
fn authorization_list_read(mut request: RawRequest) -> RawRequest {
    let joined = request.field("authorization").map(str::to_owned);
    if let Some((first, _)) = joined.as_deref().and_then(|it| it.split_once(',')) {
        request.set_header("authorization", first);
    }
    request
}
