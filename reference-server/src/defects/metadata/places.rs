//! Where the document is, what it calls the issuer, and how it is served (RFC 8414 §3).

use super::{edit, retold, row, set};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows.
const ANOTHER_ISSUER: &[(&str, &str)] = &[
    (
        "metadata-iss-parameter",
        "the issuer is another in every place",
    ),
    (
        "metadata-issuer-identical",
        "the issuer is another in every place",
    ),
];
const ANOTHER_THAN_REDIRECTS: &[(&str, &str)] = &[(
    "metadata-iss-parameter",
    "redirects have the configured issuer",
)];

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "metadata-at-no-well-known-place",
        &["metadata-well-known-location"],
        ANOTHER_ISSUER,
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "issuer", |issuer| {
                format!("{issuer}/tenant")
            })
        })],
    ),
    row(
        "metadata-of-issuer-without-slash",
        &["metadata-issuer-identical"],
        ANOTHER_THAN_REDIRECTS,
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "issuer", |issuer| format!("{issuer}/"))
        })],
    ),
    row(
        "metadata-issuer-behind-proxy",
        &["metadata-issuer-identical"],
        ANOTHER_THAN_REDIRECTS,
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "issuer", |issuer| {
                issuer.replace("127.0.0.1", "localhost")
            })
        })],
    ),
    row(
        "token-issuer-with-slash",
        &["metadata-issuer-identical"],
        &[],
        &[Seam::Facts(|_, facts| {
            if facts.endpoint == Endpoint::Token {
                facts.issuer.push('/');
            }
        })],
    ),
    row(
        "metadata-issuer-without-scheme",
        &["metadata-issuer-form"],
        ANOTHER_ISSUER,
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "issuer", |issuer| {
                issuer.replace("http://", "")
            })
        })],
    ),
    row(
        "metadata-issuer-with-tenant-in-query",
        &["metadata-issuer-form"],
        ANOTHER_ISSUER,
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "issuer", |issuer| {
                format!("{issuer}?tenant=1")
            })
        })],
    ),
    row(
        "metadata-labelled-as-page",
        &["metadata-response-form"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if facts.endpoint == Endpoint::Metadata {
                return response.replace("Content-Type", "text/html");
            }
            response
        })],
    ),
    row(
        "metadata-labelled-as-octets",
        &["metadata-response-form"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if facts.endpoint == Endpoint::Metadata {
                return response.replace("Content-Type", "application/octet-stream");
            }
            response
        })],
    ),
    row(
        "metadata-for-browsers-only",
        &["metadata-response-form"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let accept = context.request.field("accept").unwrap_or_default();
            if facts.endpoint == Endpoint::Metadata && accept == "*/*" {
                return Response::empty(302).with("Location", "/login");
            }
            response
        })],
    ),
    row(
        "metadata-for-every-issuer",
        &["metadata-other-issuer-path"],
        &[],
        &[Seam::Facts(|context, facts| {
            let path = &context.request.path;
            let is_near = path.starts_with("/.well-known/o") || path.contains("/.well-known/o");
            if facts.endpoint == Endpoint::Unknown && is_near {
                facts.endpoint = Endpoint::Metadata;
            }
        })],
    ),
    row(
        "metadata-issuer-of-path",
        &["metadata-other-issuer-path"],
        &[],
        &[
            Seam::Facts(|context, facts| {
                if facts.endpoint == Endpoint::Unknown && invented(context).is_some() {
                    facts.endpoint = Endpoint::Metadata;
                }
            }),
            Seam::Response(|context, facts, response| match invented(context) {
                Some(path) => {
                    let issuer = format!("{}/{path}", context.server.issuer);
                    set(facts, response, "issuer", issuer)
                }
                None => response,
            }),
        ],
    ),
    row(
        "metadata-follows-host",
        &["metadata-host-header"],
        &[],
        &[Seam::Response(|context, facts, response| {
            follows(context, facts, response, "host")
        })],
    ),
    row(
        "metadata-follows-forwarded-host",
        &["metadata-host-header"],
        &[],
        &[Seam::Response(|context, facts, response| {
            follows(context, facts, response, "x-forwarded-host")
        })],
    ),
    row(
        "metadata-follows-forwarded-protocol",
        &["metadata-host-header"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let protocol = context.request.field("x-forwarded-proto");
            match protocol {
                Some(protocol) => retold(facts, response, "token_endpoint", |url| {
                    url.replacen("http", protocol, 1)
                }),
                None => response,
            }
        })],
    ),
    row(
        "metadata-follows-forwarded",
        &["metadata-host-header"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let forwarded = context.request.field("forwarded").unwrap_or_default();
            let host = forwarded
                .split(';')
                .find_map(|pair| pair.trim().strip_prefix("host="));
            match host {
                Some(host) => hosted(context, facts, response, host),
                None => response,
            }
        })],
    ),
    row(
        "metadata-kept-for-a-year",
        &["metadata-cache-fields"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if facts.endpoint == Endpoint::Jwks {
                return response.replace("Cache-Control", "public, max-age=31536000");
            }
            response
        })],
    ),
    row(
        "metadata-never-modified",
        &["metadata-cache-fields"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let asked = context.request.field("if-none-match").is_some();
            if facts.endpoint == Endpoint::Metadata && asked {
                return Response::empty(304);
            }
            response
        })],
    ),
    row(
        "metadata-documents-differ",
        &["metadata-two-documents-agree"],
        &[],
        &[Seam::Response(|context, facts, response| {
            if !context.request.path.contains("openid-configuration") {
                return response;
            }
            edit(facts, response, |members| {
                let grants = ["authorization_code", "implicit"];
                let grants = grants.as_slice().into();
                members.insert("grant_types_supported".to_owned(), grants);
            })
        })],
    ),
    row(
        "metadata-documents-of-two-addresses",
        &["metadata-two-documents-agree"],
        &[],
        &[Seam::Response(|context, facts, response| {
            if !context.request.path.contains("openid-configuration") {
                return response;
            }
            retold(facts, response, "jwks_uri", |uri| format!("{uri}/old"))
        })],
    ),
];

/// The path of an issuer that nobody configured.
fn invented<'c>(context: &Context<'c>) -> Option<&'c str> {
    let request: &'c _ = context.request;
    let path = request
        .path
        .strip_prefix("/.well-known/oauth-authorization-server/")?;
    Some(path).filter(|path| !path.is_empty())
}

fn follows(context: &Context<'_>, facts: &Facts, response: Response, field: &str) -> Response {
    match context.request.field(field) {
        Some(host) => hosted(context, facts, response, host),
        None => response,
    }
}

/// The endpoints at another host.
fn hosted(context: &Context<'_>, facts: &Facts, response: Response, host: &str) -> Response {
    let own = context
        .server
        .issuer
        .split("://")
        .nth(1)
        .unwrap_or_default();
    let own = own.split('/').next().unwrap_or_default().to_owned();
    retold(facts, response, "token_endpoint", |url| {
        url.replace(&own, host)
    })
}
