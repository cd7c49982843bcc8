//! Refusals: status, label, JSON, and their members (RFC 6749 §5.2).

use super::members::with_text;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// Rules that send a scope to be refused, and look at the error.
const SCOPE_REFUSED: &[(&str, &str)] = &[
    (
        "rfc6749-refresh-scope-not-extended",
        "a scope is refused there, and the error counts",
    ),
    (
        "rfc6749-scope-change-reported",
        "a scope is refused there, and the error counts",
    ),
    (
        "rfc6749-scope-malformed",
        "a scope is refused there, and the error counts",
    ),
    (
        "rfc6749-scope-not-permitted",
        "a scope is refused there, and the error counts",
    ),
];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "device-refusal-labelled-html",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            labelled(
                facts,
                response,
                (Endpoint::DeviceAuthorization, "text/html"),
            )
        })],
    },
    Defect {
        id: "ciba-refusal-labelled-text",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            labelled(
                facts,
                response,
                (Endpoint::BackchannelAuthentication, "text/plain"),
            )
        })],
    },
    Defect {
        id: "forbidden-for-unauthorized-client",
        kills: &["rfc6749-error-shape"],
        also: &[
            (
                "rfc6749-cc-public-client",
                "a client asks for a grant that it may not use there, too",
            ),
            (
                "rfc6749-grant-type-not-allowed",
                "a client asks for a grant that it may not use there, too",
            ),
        ],
        seams: &[Seam::Response(forbidden_for_unauthorized_client)],
    },
    Defect {
        id: "unknown-grant-type-with-200",
        kills: &["rfc6749-error-shape"],
        also: &[
            (
                "rfc6749-grant-type-case",
                "the grant type is unknown there, too",
            ),
            (
                "rfc6749-grant-type-unknown",
                "the grant type is unknown there, too",
            ),
            (
                "rfc6749-malformed-is-client-error",
                "the grant type is unknown there, too",
            ),
            (
                "rfc6749-no-implicit-grant",
                "the grant type is unknown there, too",
            ),
        ],
        seams: &[Seam::Response(unknown_grant_type_with_200)],
    },
    Defect {
        id: "code-of-another-client-is-unauthorized",
        kills: &["rfc6749-error-shape"],
        also: &[
            (
                "rfc6749-code-bound-to-confidential-client",
                "the same code, and there the status counts",
            ),
            (
                "rfc6749-code-bound-to-public-client",
                "the same code, and there the status counts",
            ),
        ],
        seams: &[Seam::Response(code_of_another_client_is_unauthorized)],
    },
    Defect {
        id: "redirect-to-login",
        kills: &["rfc6749-error-shape"],
        also: &[
            (
                "rfc6749-client-auth-required",
                "nothing that can be read names a client there, too",
            ),
            (
                "rfc6749-code-public-client-id-required",
                "nothing that can be read names a client there, too",
            ),
            (
                "rfc6749-credentials-not-in-uri",
                "nothing that can be read names a client there, too",
            ),
            (
                "rfc6749-empty-param-omitted",
                "nothing that can be read names a client there, too",
            ),
            (
                "rfc6749-malformed-is-client-error",
                "nothing that can be read names a client there, too",
            ),
            (
                "rfc6749-refresh-auth-required",
                "nothing that can be read names a client there, too",
            ),
        ],
        seams: &[Seam::Response(redirect_to_login)],
    },
    Defect {
        id: "error-labelled-text",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(error_labelled_text)],
    },
    Defect {
        id: "quote-not-escaped",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(quote_not_escaped)],
    },
    Defect {
        id: "description-in-latin-1",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(description_in_latin_1)],
    },
    Defect {
        id: "bare-400-for-unreadable-octets",
        kills: &["rfc6749-error-shape"],
        also: &[],
        seams: &[Seam::Response(bare_400_for_unreadable_octets)],
    },
    Defect {
        id: "exception-name-as-error",
        kills: &["rfc6749-error-code-registered"],
        also: &[
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
            (
                "rfc6749-grant-type-case",
                "the grant type is unknown there, and the error counts",
            ),
            (
                "rfc6749-grant-type-unknown",
                "the grant type is unknown there, and the error counts",
            ),
            (
                "rfc6749-no-implicit-grant",
                "the grant type is unknown there, and the error counts",
            ),
        ],
        seams: &[Seam::Response(exception_name_as_error)],
    },
    Defect {
        id: "server-error-for-unknown-scope",
        kills: &["rfc6749-error-code-registered"],
        also: SCOPE_REFUSED,
        seams: &[Seam::Response(server_error_for_unknown_scope)],
    },
    Defect {
        id: "access-denied-for-unknown-scope",
        kills: &["rfc6749-error-code-registered"],
        also: SCOPE_REFUSED,
        seams: &[Seam::Response(access_denied_for_unknown_scope)],
    },
    Defect {
        id: "error-without-no-store",
        kills: &["rfc6749-error-cache-control"],
        also: &[],
        seams: &[Seam::Response(error_without_no_store)],
    },
    Defect {
        id: "error-member-twice",
        kills: &["rfc6749-response-members-unique"],
        also: &[],
        seams: &[Seam::Response(error_member_twice)],
    },
];

/// A refusal of that endpoint under another label.
fn labelled(facts: &Facts, response: Response, (endpoint, label): (Endpoint, &str)) -> Response {
    if facts.endpoint == endpoint && response.status >= 400 {
        return response.replace("Content-Type", label);
    }
    response
}

/// Changes a refusal of the token endpoint with this error (any, if empty), and nothing else.
pub(super) fn refused(
    facts: &Facts,
    response: Response,
    error: &str,
    change: impl FnOnce(Response) -> Response,
) -> Response {
    let is_meant = facts.endpoint == Endpoint::Token
        && response
            .error()
            .is_some_and(|own| error.is_empty() || own == error);
    if is_meant { change(response) } else { response }
}

/// The same refusal with another error.
pub(super) fn with_error(response: Response, error: &str) -> Response {
    with_text_member(response, "error", error)
}

pub(super) fn with_text_member(response: Response, name: &str, text: &str) -> Response {
    response.edit(|members| drop(members.insert(name.to_owned(), text.into())))
}

/// The client is known and may not: 403, as elsewhere in HTTP.
fn forbidden_for_unauthorized_client(
    _: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    refused(facts, response, "unauthorized_client", |response| {
        response.with_status(403)
    })
}

/// The transport succeeded; the error is in the object.
fn unknown_grant_type_with_200(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "unsupported_grant_type", |response| {
        response.with_status(200)
    })
}

fn code_of_another_client_is_unauthorized(
    _: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    let (Some(code), Some(client)) = (&facts.code, &facts.client) else {
        return response;
    };
    if code.client.id == client.id {
        return response;
    }
    refused(facts, response, "invalid_grant", |response| {
        response.with_status(401)
    })
}

/// The framework's login filter catches requests without credentials before the endpoint does.
fn redirect_to_login(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.methods.is_empty() || facts.presented.client_id.is_some() {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        response
            .with_status(302)
            .with("Location", "/login")
            .with_body("")
    })
}

fn error_labelled_text(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "", |response| {
        response.replace("Content-Type", "text/plain")
    })
}

/// The JSON is made by pasting texts together.
fn quote_not_escaped(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "unsupported_grant_type", |response| {
        let named = facts.parameters.value("grant_type").unwrap_or_default();
        let text = format!(",\"error_description\":\"unknown grant type {named}\"");
        with_text(without_description(response), &text)
    })
}

/// What the client sent comes back in the encoding of the platform.
fn description_in_latin_1(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let named = facts.parameters.value("grant_type").unwrap_or_default();
    if named.is_ascii() {
        return response;
    }
    refused(facts, response, "unsupported_grant_type", |response| {
        let mut body = b"{\"error\":\"unsupported_grant_type\",\"error_description\":\"".to_vec();
        body.extend(
            named
                .chars()
                .map(|character| u8::try_from(character).unwrap_or(b'?')),
        );
        body.extend_from_slice(b"\"}");
        response.with_body(body)
    })
}

fn without_description(response: Response) -> Response {
    response.edit(|members| drop(members.remove("error_description")))
}

/// The form parser of the framework answers by itself.
fn bare_400_for_unreadable_octets(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.parameters.faults.len() < 2 {
        return response;
    }
    refused(facts, response, "invalid_request", |response| {
        response
            .replace("Content-Type", "text/html")
            .with_body("<h1>Bad Request</h1>")
    })
}

fn exception_name_as_error(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "unsupported_grant_type", |response| {
        with_error(response, "UnsupportedGrantTypeException")
    })
}

fn server_error_for_unknown_scope(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "invalid_scope", |response| {
        with_error(response, "server_error")
    })
}

fn access_denied_for_unknown_scope(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "invalid_scope", |response| {
        with_error(response, "access_denied")
    })
}

fn error_without_no_store(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "", |response| {
        response.without("Cache-Control")
    })
}

fn error_member_twice(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "", |response| {
        let error = response.error().unwrap_or_default();
        with_text(response, &format!(",\"error\":\"{error}\""))
    })
}
