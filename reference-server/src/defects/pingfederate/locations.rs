//! Virtual hosts, the token endpoint base URL, and what the Host header may decide.

use super::choice::{asked, take};
use super::row;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::resolve;
use crate::vocabulary::GrantType;
use crate::wire::json::Object;
use crate::wire::response::Response;

const BASE_URL: &[&str] = &["pingfederate-token-endpoint-base-url"];
const BOTH: &[&str] = &[
    "pingfederate-token-endpoint-base-url",
    "pingfederate-virtual-host-names",
];
const METADATA: &[&str] = &["pingfederate-token-endpoint-base-url-in-metadata"];
const UNKNOWN: &[&str] = &["pingfederate-unknown-host"];
const VIRTUAL: &[&str] = &["pingfederate-virtual-host-names"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "virtual-host-without-token-endpoint",
        BOTH,
        &[],
        &[Seam::Response(missing_at_alias)],
    ),
    row(
        "default-instance-by-host",
        VIRTUAL,
        &[],
        &[Seam::Facts(default_by_host)],
    ),
    row(
        "refresh-tokens-kept-by-host",
        BOTH,
        &[],
        &[Seam::Facts(refresh_tokens_by_host)],
    ),
    row(
        "base-url-without-authentication",
        BASE_URL,
        &[(
            "pingfederate-client-certificate",
            "a certificate without client_id is let in there, too",
        )],
        &[Seam::Replace(CheckId::ClientKnown, |context, facts| {
            let open = facts.endpoint == Endpoint::Token && is_alias(context);
            (open || facts.client.is_some())
                .then_some(())
                .ok_or(INVALID_CLIENT)
        })],
    ),
    row(
        "metadata-names-internal-token-endpoint",
        METADATA,
        &[],
        &[Seam::Response(internal_token_endpoint)],
    ),
    row(
        "metadata-documents-disagree",
        METADATA,
        &[],
        &[Seam::Response(documents_disagree)],
    ),
    row(
        "issuer-from-host-header",
        UNKNOWN,
        &[],
        &[Seam::Facts(issuer_from_host)],
    ),
    row(
        "error-uri-from-host-header",
        UNKNOWN,
        &[],
        &[Seam::Response(error_uri_from_host)],
    ),
];

fn host<'c>(context: &'c Context<'_>) -> &'c str {
    context.request.field("host").unwrap_or_default()
}

fn names(url: &str, host: &str) -> bool {
    let rest = url.split_once("://").map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.split('/').next() == Some(host))
}

/// Whether the request came to another host than the first, and one that is configured.
fn is_alias(context: &Context<'_>) -> bool {
    let host = host(context);
    let server = context.server;
    let mut known = server.audiences.iter();
    !names(&server.places.token, host) && known.any(|url| names(url, host))
}

/// Whether the request names a host that is not configured.
fn is_unknown(context: &Context<'_>) -> bool {
    let mut known = context.server.audiences.iter();
    !host(context).is_empty() && !known.any(|url| names(url, host(context)))
}

/// The setting holds for the pages of the browser only.
fn missing_at_alias(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint == Endpoint::Token && is_alias(context) {
        return Response::empty(404);
    }
    response
}

/// Each host has a default instance.
fn default_by_host(context: &Context<'_>, facts: &mut Facts) {
    let open = facts.is_grant(GrantType::ClientCredentials) && asked(facts).is_none();
    let last = context
        .server
        .managers
        .iter()
        .rev()
        .find(|it| it.clients.is_none());
    if let Some(manager) = last.filter(|_| open && is_alias(context)) {
        take(context, facts, manager);
    }
}

/// Each location has a store of its own.
fn refresh_tokens_by_host(context: &Context<'_>, facts: &mut Facts) {
    if is_alias(context) && facts.is_grant(GrantType::RefreshToken) {
        facts.refresh_token = None;
        resolve::grant(context, facts);
    }
}

fn internal_token_endpoint(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    token_endpoint(facts, response, |own| own.replace("/as/", "/internal/as/"))
}

fn token_endpoint(facts: &Facts, response: Response, change: fn(&str) -> String) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    response.edit(|members| {
        let own = members
            .get("token_endpoint")
            .and_then(|it| it.as_str())
            .map(change);
        members.extend(own.map(|own| ("token_endpoint".to_owned(), own.into())));
    })
}

/// The document of OpenID Connect is written by hand.
fn documents_disagree(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if context.request.path.ends_with("/openid-configuration") {
        return token_endpoint(facts, response, |own| own.replace("/as/", "/as/v1/"));
    }
    response
}

fn issuer_from_host(context: &Context<'_>, facts: &mut Facts) {
    if facts.endpoint == Endpoint::Token && !host(context).is_empty() {
        facts.issuer = format!("https://{}", host(context));
    }
}

/// Unknown hosts are refused, with a link to a page about it at that very host.
fn error_uri_from_host(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Token || !is_unknown(context) {
        return response;
    }
    let page = format!("https://{}/errors/unknown-host", host(context));
    let object = Object::default()
        .text("error", "invalid_request")
        .text("error_uri", &page);
    Response::json(400, object)
}
