//! Successful answers: status, label, headers, and the members that say how to use the token
//! (RFC 6749 §5.1).

use serde_json::Value;

use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::GrantType;
use crate::wire::form::Form;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "success-is-created",
        kills: &["rfc6749-success-json-object"],
        also: &[
            (
                "rfc6749-client-auth-required",
                "what is recorded there shows the status of the success",
            ),
            (
                "rfc6749-post-only",
                "what is recorded there shows the status of the success",
            ),
            (
                "rfc6749-refresh-revocation-cascades",
                "what is recorded there shows the status of the success",
            ),
        ],
        seams: &[Seam::Response(success_is_created)],
    },
    Defect {
        id: "success-labelled-html",
        kills: &["rfc6749-success-json-object"],
        also: &[],
        seams: &[Seam::Response(success_labelled_html)],
    },
    Defect {
        id: "refresh-answered-as-form",
        kills: &["rfc6749-success-json-object"],
        also: &[],
        seams: &[Seam::Response(refresh_answered_as_form)],
    },
    Defect {
        id: "refresh-answered-in-envelope",
        kills: &["rfc6749-success-json-object"],
        also: &[],
        seams: &[Seam::Response(refresh_answered_in_envelope)],
    },
    Defect {
        id: "access-token-null-at-refresh",
        kills: &["rfc6749-success-required-members"],
        also: &[],
        seams: &[Seam::Response(access_token_null_at_refresh)],
    },
    Defect {
        id: "token-type-left-out-at-refresh",
        kills: &["rfc6749-success-required-members"],
        also: &[],
        seams: &[Seam::Response(token_type_left_out_at_refresh)],
    },
    Defect {
        id: "token-type-empty",
        kills: &["rfc6749-success-required-members"],
        also: &[],
        seams: &[Seam::Response(token_type_empty)],
    },
    Defect {
        id: "error-null-beside-token",
        kills: &["rfc6749-success-required-members"],
        also: &[],
        seams: &[Seam::Response(error_null_beside_token)],
    },
    Defect {
        id: "token-type-jwt",
        kills: &["rfc6749-token-type-value"],
        also: &[],
        seams: &[Seam::Response(token_type_jwt)],
    },
    Defect {
        id: "no-store-missing",
        kills: &["rfc6749-cache-control-no-store"],
        also: &[],
        seams: &[Seam::Response(no_store_missing)],
    },
    Defect {
        id: "no-store-missing-at-refresh",
        kills: &["rfc6749-cache-control-no-store"],
        also: &[],
        seams: &[Seam::Response(no_store_missing_at_refresh)],
    },
    Defect {
        id: "cache-control-private",
        kills: &["rfc6749-cache-control-no-store"],
        also: &[],
        seams: &[Seam::Response(cache_control_private)],
    },
    Defect {
        id: "pragma-missing",
        kills: &["rfc6749-pragma-no-cache"],
        also: &[],
        seams: &[Seam::Response(pragma_missing)],
    },
    Defect {
        id: "access-token-in-cookie",
        kills: &["rfc6749-token-not-in-cookie"],
        also: &[],
        seams: &[Seam::Response(access_token_in_cookie)],
    },
    Defect {
        id: "refresh-token-in-cookie",
        kills: &["rfc6749-token-not-in-cookie"],
        also: &[],
        seams: &[Seam::Response(refresh_token_in_cookie)],
    },
];

/// Changes a token response of the token endpoint, and nothing else.
pub(super) fn granted(
    facts: &Facts,
    response: Response,
    change: impl FnOnce(Response) -> Response,
) -> Response {
    if facts.endpoint == Endpoint::Token && response.is_token() {
        change(response)
    } else {
        response
    }
}

fn refreshed(
    facts: &Facts,
    response: Response,
    change: impl FnOnce(Response) -> Response,
) -> Response {
    if facts.is_grant(GrantType::RefreshToken) {
        granted(facts, response, change)
    } else {
        response
    }
}

/// Sets a member of a token response.
pub(super) fn with_member(
    facts: &Facts,
    response: Response,
    name: &str,
    value: impl Into<Value>,
) -> Response {
    granted(facts, response, |response| {
        response.edit(|members| drop(members.insert(name.to_owned(), value.into())))
    })
}

/// A token is a resource that the POST created.
fn success_is_created(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| response.with_status(201))
}

fn success_labelled_html(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        response.replace("Content-Type", "text/html; charset=utf-8")
    })
}

/// As before RFC 6749: the answer is a form, too.
fn refresh_answered_as_form(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refreshed(facts, response, |response| {
        let mut form = Form::default();
        for (name, value) in response.members().unwrap_or_default() {
            form.push(&name, value.as_str().unwrap_or_default());
        }
        response
            .replace("Content-Type", "application/x-www-form-urlencoded")
            .with_body(form.encode())
    })
}

/// A gateway wraps every answer.
fn refresh_answered_in_envelope(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refreshed(facts, response, |response| {
        response.edit(|members| {
            let data = std::mem::take(members);
            members.insert("data".to_owned(), data.into());
        })
    })
}

/// A policy withholds the token.
fn access_token_null_at_refresh(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refreshed(facts, response, |response| {
        response.edit(|members| drop(members.insert("access_token".to_owned(), Value::Null)))
    })
}

fn token_type_left_out_at_refresh(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refreshed(facts, response, |response| {
        response.edit(|members| drop(members.remove("token_type")))
    })
}

fn token_type_empty(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_member(facts, response, "token_type", "")
}

/// One class of answers is serialised for grants and refusals alike.
fn error_null_beside_token(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_member(facts, response, "error", Value::Null)
}

/// The format of the token is taken for its type.
fn token_type_jwt(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_member(facts, response, "token_type", "JWT")
}

fn no_store_missing(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        response.without("Cache-Control")
    })
}

fn no_store_missing_at_refresh(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refreshed(facts, response, |response| {
        response.without("Cache-Control")
    })
}

fn cache_control_private(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        response.replace("Cache-Control", "private, max-age=0")
    })
}

fn pragma_missing(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| response.without("Pragma"))
}

fn access_token_in_cookie(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    in_cookie(facts, response, "access_token")
}

fn refresh_token_in_cookie(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    in_cookie(facts, response, "refresh_token")
}

fn in_cookie(facts: &Facts, response: Response, name: &str) -> Response {
    granted(facts, response, |response| {
        let token = response.member(name);
        match token.as_ref().and_then(Value::as_str) {
            Some(token) => {
                let cookie = format!("{name}={token}; Path=/; HttpOnly");
                response.with("Set-Cookie", &cookie)
            }
            None => response,
        }
    })
}
