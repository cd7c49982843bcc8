//! The answer to the authentication request, the token response with its ID token, the metadata (CIBA Core §4, §7.3, §10.1.1).

use serde_json::Value;

use super::GRANT;
use crate::context::Context;
use crate::defects::jwt::{self, Claims};
use crate::defects::{Defect, Seam, metadata, polled};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

const MODES: &str = "backchannel_token_delivery_modes_supported";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "ciba-without-id-token",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(without_id_token)],
    },
    Defect {
        id: "ciba-id-token-for-the-issuer",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(for_the_issuer)],
    },
    Defect {
        id: "ciba-id-token-of-the-code-flow",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(of_the_code_flow)],
    },
    Defect {
        id: "ciba-answer-labelled-text",
        kills: &["ciba-auth-req-id-strength"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            begun(facts, response, |it| {
                it.replace("Content-Type", "text/plain")
            })
        })],
    },
    Defect {
        id: "ciba-answer-may-be-stored",
        kills: &["ciba-auth-req-id-strength"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            begun(facts, response, |it| it.without("Cache-Control"))
        })],
    },
    Defect {
        id: "ciba-id-token-in-milliseconds",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(in_milliseconds)],
    },
    Defect {
        id: "ciba-id-token-has-expired",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(has_expired)],
    },
    Defect {
        id: "ciba-id-token-of-issuer-with-slash",
        kills: &["ciba-success-shape"],
        also: &[],
        seams: &[Seam::Response(of_issuer_with_slash)],
    },
    Defect {
        id: "ciba-grant-not-published",
        kills: &["ciba-metadata"],
        also: &[],
        seams: &[Seam::Response(grant_not_published)],
    },
    Defect {
        id: "ciba-modes-not-published",
        kills: &["ciba-metadata"],
        also: &[],
        seams: &[Seam::Response(modes_not_published)],
    },
    Defect {
        id: "ciba-mode-poll-not-published",
        kills: &["ciba-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            another_mode(facts, response, "poll", "push")
        })],
    },
    Defect {
        id: "ciba-mode-ping-not-published",
        kills: &["ciba-metadata"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            another_mode(facts, response, "ping", "poll")
        })],
    },
];

/// The answer to an authentication request, edited.
fn begun(facts: &Facts, response: Response, edit: impl FnOnce(Response) -> Response) -> Response {
    if facts.endpoint == Endpoint::BackchannelAuthentication && response.status == 200 {
        return edit(response);
    }
    response
}

fn without_id_token(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.is_grant(GRANT) {
        return response;
    }
    response.edit(|members| drop(members.remove("id_token")))
}

fn for_the_issuer(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_claim(facts, response, ("aud", &facts.issuer))
}

/// A nonce is left from an authorization request.
fn of_the_code_flow(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_claim(facts, response, ("nonce", "n-0S6_WzA2Mj"))
}

/// As `Date.now()` tells the time.
fn in_milliseconds(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    later(facts, response, |seconds| seconds * 1000)
}

/// An ID token of the day before is kept with the session.
fn has_expired(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    later(facts, response, |seconds| seconds - 86_400)
}

fn later(facts: &Facts, response: Response, tell: fn(i64) -> i64) -> Response {
    with_claims(facts, response, |claims| {
        for name in ["iat", "exp"] {
            if let Some(seconds) = claims.get(name).and_then(Value::as_i64) {
                claims.insert(name.to_owned(), tell(seconds).into());
            }
        }
    })
}

fn of_issuer_with_slash(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_claim(facts, response, ("iss", &format!("{}/", facts.issuer)))
}

/// The ID token with another claim; its signature stays as it was.
fn with_claim(facts: &Facts, response: Response, (name, value): (&str, &str)) -> Response {
    with_claims(facts, response, |claims| {
        claims.insert(name.to_owned(), value.into());
    })
}

fn with_claims(facts: &Facts, response: Response, make: impl FnOnce(&mut Claims)) -> Response {
    if !facts.is_grant(GRANT) {
        return response;
    }
    response.edit(|members| {
        let token = members.get("id_token").and_then(Value::as_str);
        if let Some(token) = token.and_then(|token| jwt::with_claims(token, make)) {
            members.insert("id_token".to_owned(), token.into());
        }
    })
}

fn grant_not_published(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    polled::published_without(response, "grant_types_supported", GRANT.as_str())
}

fn modes_not_published(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    metadata::edit(facts, response, |members| drop(members.remove(MODES)))
}

/// One mode in the list instead of another.
fn another_mode(facts: &Facts, response: Response, own: &str, instead: &str) -> Response {
    metadata::edit(facts, response, |members| {
        if let Some(Value::Array(modes)) = members.get_mut(MODES) {
            for mode in modes.iter_mut().filter(|mode| *mode == own) {
                *mode = instead.into();
            }
        }
    })
}
