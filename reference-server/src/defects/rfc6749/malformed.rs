//! Requests that the server can't read, and methods that it should not serve (RFC 6749 §3.2, §5.2).

use super::errors::refused;
use super::grant_types::server_error;
use crate::context::Context;
use crate::defects::{Defect, Delivery, Seam};
use crate::facts::Facts;
use crate::wire::form::FormFault;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "get-served-from-query",
        kills: &["rfc6749-post-only"],
        also: &[(
            "rfc6749-credentials-not-in-uri",
            "the credentials are in the query with all the rest",
        )],
        seams: &[Seam::Read(get_served_from_query)],
    },
    Defect {
        id: "get-served-from-content",
        kills: &["rfc6749-post-only"],
        also: &[],
        seams: &[Seam::Read(get_served_from_content)],
    },
    Defect {
        id: "server-error-on-invalid-utf8",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[(
            "rfc6749-error-shape",
            "octets that no parser can read are no UTF-8",
        )],
        seams: &[Seam::Response(on_invalid_utf8)],
    },
    Defect {
        id: "server-error-on-nul",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[
            (
                "rfc6749-secret-exact",
                "a NUL among the characters that are added",
            ),
            (
                "rfc6749-ropc-bad-credentials",
                "a NUL among the characters that are added",
            ),
            (
                "rfc6749-error-shape",
                "octets that no parser can read hold a NUL",
            ),
            (
                "rfc6749-code-unknown",
                "a value with a NUL was never issued",
            ),
            (
                "rfc6749-refresh-unknown",
                "a value with a NUL was never issued",
            ),
        ],
        seams: &[Seam::Response(on_nul)],
    },
    Defect {
        id: "closed-on-broken-escape",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Connection(closed_on_broken_escape)],
    },
    Defect {
        id: "server-error-on-json",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_json)],
    },
    Defect {
        id: "server-error-on-nested-grant-type",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_nested_grant_type)],
    },
    Defect {
        id: "server-error-on-quote-in-token",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[
            (
                "rfc6749-code-unknown",
                "a value with a quote was never issued",
            ),
            (
                "rfc6749-refresh-unknown",
                "a value with a quote was never issued",
            ),
        ],
        seams: &[Seam::Response(on_quote)],
    },
    Defect {
        id: "server-error-on-number-out-of-range",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_number_out_of_range)],
    },
    Defect {
        id: "server-error-on-unreadable-redirect-uri",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_unreadable_redirect_uri)],
    },
    Defect {
        id: "server-error-on-character-outside-ascii",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_client_id_outside_ascii)],
    },
    Defect {
        id: "server-error-on-unreadable-assertion",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_unreadable_assertion)],
    },
    Defect {
        id: "server-error-on-long-code",
        kills: &["rfc6749-malformed-is-client-error"],
        also: &[],
        seams: &[Seam::Response(on_long_code)],
    },
];

/// Parameters are parameters, wherever they are.
fn get_served_from_query(mut request: RawRequest) -> RawRequest {
    let form = request.query_form();
    if request.method == "GET" && form.count("grant_type") > 0 {
        request = as_post(request.with_form(&form));
        request.query = None;
    }
    request
}

/// The handler is bound to the path and asks for no method.
fn get_served_from_content(request: RawRequest) -> RawRequest {
    if request.method == "GET" && request.form().count("grant_type") > 0 {
        return as_post(request);
    }
    request
}

fn as_post(mut request: RawRequest) -> RawRequest {
    "POST".clone_into(&mut request.method);
    request.set_header("content-type", "application/x-www-form-urlencoded");
    request
}

fn fails_where(facts: &Facts, response: Response, condition: impl FnOnce() -> bool) -> Response {
    if condition() {
        refused(facts, response, "", server_error)
    } else {
        response
    }
}

fn on_invalid_utf8(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let found = facts.parameters.faults.contains(&FormFault::InvalidUtf8);
    fails_where(facts, response, || found)
}

/// The database takes no NUL in a text.
fn on_nul(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let found = facts.parameters.faults.contains(&FormFault::Nul);
    fails_where(facts, response, || found)
}

/// The worker dies.
fn closed_on_broken_escape(request: &RawRequest, _: &Response) -> Delivery {
    let faults = request.form().faults;
    if faults.contains(&FormFault::MalformedPercent) && !faults.contains(&FormFault::InvalidUtf8) {
        Delivery::Close
    } else {
        Delivery::Ordinary
    }
}

/// A parser that guesses the format from the first octet, and a value that is no map of texts.
fn on_json(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let found = context.request.content().starts_with(b"{");
    fails_where(facts, response, || found)
}

/// `grant_type` is a map where a text was expected.
fn on_nested_grant_type(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let mut pairs = facts.parameters.pairs.iter();
    let found = pairs.any(|pair| pair.name.starts_with("grant_type["));
    fails_where(facts, response, || found)
}

fn credential(facts: &Facts) -> &str {
    let parameters = &facts.parameters;
    let code = parameters.value("code");
    code.or_else(|| parameters.value("refresh_token"))
        .unwrap_or_default()
}

/// The look-up is a query pasted together.
fn on_quote(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    fails_where(facts, response, || credential(facts).contains('\''))
}

/// Tokens begin with the number of a row.
fn on_number_out_of_range(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let text = credential(facts);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    fails_where(facts, response, || {
        is_number && text.parse::<i64>().is_err()
    })
}

fn on_unreadable_redirect_uri(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let named = facts.parameters.value("redirect_uri").unwrap_or_default();
    fails_where(facts, response, || named.contains("[::1:%25]"))
}

fn on_client_id_outside_ascii(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let id = facts.parameters.value("client_id").unwrap_or_default();
    let beyond = id.chars().any(|character| character > '\u{FFFF}');
    fails_where(facts, response, || beyond)
}

fn on_unreadable_assertion(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let assertion = facts.presented.assertion.as_ref();
    let found = assertion.is_some_and(|it| it.jws.is_none() && !it.text.contains('.'));
    fails_where(facts, response, || found)
}

/// The column holds 4096 characters.
fn on_long_code(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    fails_where(facts, response, || credential(facts).len() > 4096)
}
