//! The token endpoint as a resource: its method, media type, path and grant types.

use super::row;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::form_urlencoded::{json_body_served, multipart_body_served};
use crate::defects::{Defect, Seam, secrets};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

const CONTENT_TYPE: &[&str] = &["pingfederate-content-type"];
const GRANT_TYPES: &[&str] = &["pingfederate-grant-types"];
const METHOD: &[&str] = &["pingfederate-post-only"];
const PATH: &[&str] = &["pingfederate-endpoint-path"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "get-answered-as-post",
        METHOD,
        &[],
        &[Seam::Read(get_served)],
    ),
    row(
        "get-with-content-answered",
        METHOD,
        &[],
        &[Seam::Read(get_with_content_served)],
    ),
    row(
        "method-of-form-ignored",
        METHOD,
        &[],
        &[Seam::Read(method_ignored)],
    ),
    row(
        "head-answered-with-200",
        METHOD,
        &[],
        &[Seam::Response(head_is_200)],
    ),
    row(
        "json-taken-for-a-form",
        CONTENT_TYPE,
        &[],
        &[Seam::Read(json_body_served)],
    ),
    row(
        "multipart-taken-for-a-form",
        CONTENT_TYPE,
        &[],
        &[Seam::Read(multipart_body_served)],
    ),
    row(
        "form-read-under-any-label",
        CONTENT_TYPE,
        &[],
        &[Seam::Read(form_under_any_label)],
    ),
    row(
        "form-without-label-read",
        CONTENT_TYPE,
        &[],
        &[Seam::Read(form_without_label)],
    ),
    row("path-variants-routed", PATH, &[], &[Seam::Read(routed)]),
    row(
        "path-variants-without-authentication",
        PATH,
        &[],
        &[
            Seam::Read(routed),
            Seam::Replace(CheckId::ClientKnown, known_unless_variant),
        ],
    ),
    row(
        "path-variants-without-comparison-of-secrets",
        PATH,
        &[],
        &[
            Seam::Read(routed),
            Seam::Replace(CheckId::BasicSecretMatches, matches_unless_variant),
            Seam::Replace(CheckId::PostSecretMatches, matches_unless_variant),
        ],
    ),
    row(
        "path-variants-default-to-client-credentials",
        PATH,
        &[],
        &[Seam::Read(routed), Seam::Read(variants_default)],
    ),
    row(
        "metadata-lists-grant-that-is-off",
        GRANT_TYPES,
        &[],
        &[Seam::Response(lists_grant_that_is_off)],
    ),
    row(
        "unknown-grant-type-as-invalid-request",
        GRANT_TYPES,
        &[],
        &[Seam::Response(unknown_is_invalid_request)],
    ),
];

const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN: &str = "/as/token.oauth2";

/// The filter in front tells here by which path a request came.
const CAME_BY: &str = "x-original-path";

/// The request as a form that was posted.
fn posted(mut request: RawRequest) -> RawRequest {
    request.method = "POST".to_owned();
    request.set_header("content-type", FORM);
    request
}

/// One handler for GET and POST, on the parameters of either.
fn get_served(request: RawRequest) -> RawRequest {
    if request.method != "GET" || request.path != TOKEN {
        return request;
    }
    let query = request.query_form();
    if query.count("grant_type") == 0 {
        return request;
    }
    posted(request).with_form(&query)
}

fn get_with_content_served(request: RawRequest) -> RawRequest {
    if request.method == "GET" && request.path == TOKEN && !request.content().is_empty() {
        return posted(request);
    }
    request
}

/// Whatever has content is taken to the handler of POST.
fn method_ignored(request: RawRequest) -> RawRequest {
    let others = ["PUT", "PATCH", "DELETE"];
    if others.contains(&request.method.as_str()) && request.path == TOKEN {
        return posted(request);
    }
    request
}

fn head_is_200(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint == Endpoint::Token && context.request.method == "HEAD" {
        return Response::empty(200);
    }
    response
}

fn form_under_any_label(request: RawRequest) -> RawRequest {
    let label = request.field("content-type").unwrap_or_default();
    let other = !label.is_empty() && !label.starts_with(FORM);
    if other && request.method == "POST" {
        return posted(request);
    }
    request
}

fn form_without_label(request: RawRequest) -> RawRequest {
    if request.field("content-type").is_none() && request.method == "POST" {
        return posted(request);
    }
    request
}

/// The container routes other letter case, a slash at the end and path parameters to the same handler.
fn routed(mut request: RawRequest) -> RawRequest {
    let path = request.path.clone();
    let plain = path.split(';').next().unwrap_or_default();
    let plain = plain.trim_end_matches('/');
    if path != TOKEN && plain.eq_ignore_ascii_case(TOKEN) {
        request.set_header(CAME_BY, &path);
        TOKEN.clone_into(&mut request.path);
    }
    request
}

fn by_variant(context: &Context<'_>) -> bool {
    context.request.field(CAME_BY).is_some()
}

/// What has to authenticate is listed by its exact path.
fn known_unless_variant(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let known = facts.client.is_some() || by_variant(context);
    known.then_some(()).ok_or(INVALID_CLIENT)
}

fn matches_unless_variant(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| own.matches(sent) || by_variant(context))
}

/// An older handler knows one grant.
fn variants_default(request: RawRequest) -> RawRequest {
    let unknown = request
        .form()
        .value("grant_type")
        .is_some_and(|it| it.starts_with("urn:"));
    if unknown && request.field(CAME_BY).is_some() {
        return request.edit_form(|form| form.set("grant_type", "client_credentials"));
    }
    request
}

/// The list is a constant.
fn lists_grant_that_is_off(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    response.edit(|members| {
        let list = members.get_mut("grant_types_supported");
        if let Some(list) = list.and_then(serde_json::Value::as_array_mut) {
            list.push("password".into());
        }
    })
}

fn unknown_is_invalid_request(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint == Endpoint::Token
        && response.error().as_deref() == Some("unsupported_grant_type")
    {
        return response.edit(|members| {
            members.insert("error".to_owned(), "invalid_request".into());
        });
    }
    response
}
