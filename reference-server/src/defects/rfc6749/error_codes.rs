//! Errors of the server's own making, each for one cause (RFC 6749 §5.2).

use super::errors::{refused, with_error};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::response::Response;

/// Why other rules notice.
const COUNTS: &str = "that is refused there, and the error counts";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "token-not-found-as-error",
        kills: &["rfc6749-error-code-registered"],
        also: &[
            ("rfc6749-ropc-bad-credentials", COUNTS),
            ("rfc6749-code-unknown", COUNTS),
            ("rfc6749-grant-value-kind", COUNTS),
            ("rfc6749-refresh-unknown", COUNTS),
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
        ],
        seams: &[Seam::Response(token_not_found)],
    },
    Defect {
        id: "bad-credentials-as-error",
        kills: &["rfc6749-error-code-registered"],
        also: &[
            ("rfc6749-error-shape", COUNTS),
            ("rfc6749-included-credentials-verified", COUNTS),
            ("rfc6749-post-wrong-secret", COUNTS),
            ("rfc6749-secret-exact", COUNTS),
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
        ],
        seams: &[Seam::Response(bad_credentials)],
    },
    Defect {
        id: "unauthorized-as-error",
        kills: &["rfc6749-error-code-registered"],
        also: &[
            ("rfc6749-client-secret-entropy", COUNTS),
            ("rfc6749-secret-exact", COUNTS),
            ("rfc6749-client-auth-required", COUNTS),
            ("rfc6749-code-bound-to-public-client", COUNTS),
            ("rfc6749-code-public-client-id-required", COUNTS),
            ("rfc6749-credentials-not-in-uri", COUNTS),
            ("rfc6749-empty-param-omitted", COUNTS),
            ("rfc6749-error-shape", COUNTS),
            ("rfc6749-refresh-auth-required", COUNTS),
            ("rfc6749-unknown-client", COUNTS),
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
        ],
        seams: &[Seam::Response(unauthorized)],
    },
    Defect {
        id: "grant-not-allowed-as-error",
        kills: &["rfc6749-error-code-registered"],
        also: &[
            ("rfc6749-cc-public-client", COUNTS),
            ("rfc6749-grant-type-not-allowed", COUNTS),
        ],
        seams: &[Seam::Response(grant_not_allowed)],
    },
];

/// The lookup of codes and refresh tokens has an error of its own.
fn token_not_found(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.code.is_some() || facts.refresh_token.is_some() {
        return response;
    }
    refused(facts, response, "invalid_grant", |response| {
        with_error(response, "token_not_found")
    })
}

/// A posted secret that is wrong.
fn bad_credentials(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.client.is_none() || facts.parameters.value("client_secret").is_none() {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        with_error(response, "bad_credentials")
    })
}

/// Nothing that authenticates, where something must.
fn unauthorized(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.methods.is_empty() {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        with_error(response, "unauthorized")
    })
}

fn grant_not_allowed(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "unauthorized_client", |response| {
        with_error(response, "grant_not_allowed")
    })
}
