//! Where parameters come from besides the body.

use super::raw::TOO_STRICT;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::wire::form::Form;
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "query-merged",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[(
            "rfc6749-credentials-not-in-uri",
            "credentials are parameters of the query too",
        )],
        seams: &[Seam::Read(query_merged)],
    },
    Defect {
        id: "query-wins-over-body",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(query_wins_over_body)],
    },
    Defect {
        id: "redirect-uri-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["redirect_uri"])
        })],
    },
    Defect {
        id: "username-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["username"])
        })],
    },
    Defect {
        id: "grant-assertion-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["assertion"])
        })],
    },
    Defect {
        id: "subject-token-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["subject_token", "subject_token_type"])
        })],
    },
    Defect {
        id: "polled-code-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["device_code", "auth_req_id"])
        })],
    },
    Defect {
        id: "client-assertion-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| {
            read_from_query(request, &["client_assertion", "client_assertion_type"])
        })],
    },
    Defect {
        id: "scope-read-from-query",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Read(|request| read_from_query(request, &["scope"]))],
    },
    Defect {
        id: "query-refused",
        kills: &["form-urlencoded-query-not-merged"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            query_refused,
        )],
    },
    Defect {
        id: "cookies-merged-where-body-lacks",
        kills: &["form-urlencoded-cookies-not-merged"],
        also: &[],
        seams: &[Seam::Read(cookies_merged_where_body_lacks)],
    },
    Defect {
        id: "cookies-win-over-body",
        kills: &["form-urlencoded-cookies-not-merged"],
        also: &[],
        seams: &[Seam::Read(cookies_win_over_body)],
    },
];

/// A parameter that the body lacks is taken from the query.
fn query_merged(request: RawRequest) -> RawRequest {
    merged_if(request, |_| true)
}

/// What reads these parameters asks for them wherever they stand.
fn read_from_query(request: RawRequest, names: &[&str]) -> RawRequest {
    merged_if(request, |name| names.contains(&name))
}

fn merged_if(request: RawRequest, is_read: impl Fn(&str) -> bool) -> RawRequest {
    if request.method != "POST" || request.query.is_none() {
        return request;
    }
    let query = request.query_form();
    request.edit_form(|form| {
        for pair in query.pairs {
            if is_read(&pair.name) && form.count(&pair.name) == 0 {
                form.pairs.push(pair);
            }
        }
    })
}

/// One collection of parameters, in which the query stands first.
fn query_wins_over_body(request: RawRequest) -> RawRequest {
    if request.method != "POST" || request.query.is_none() {
        return request;
    }
    let query = request.query_form();
    overlay(request, query)
}

/// Of two values the one on top counts; it brings nothing that the body lacks.
fn overlay(request: RawRequest, top: Form) -> RawRequest {
    request.edit_form(|form| {
        for pair in top.pairs {
            if form.count(&pair.name) > 0 {
                form.set(&pair.name, &pair.value);
            }
        }
    })
}

fn query_refused(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.endpoint == Endpoint::Token && context.request.query.is_some() {
        return Err(TOO_STRICT);
    }
    Ok(())
}

/// The cookies as a form: what a collection of all parameters has in it.
fn cookies(request: &RawRequest) -> Form {
    let cookies = request.field("cookie").unwrap_or_default();
    Form::parse(cookies.replace("; ", "&").as_bytes())
}

fn cookies_merged_where_body_lacks(request: RawRequest) -> RawRequest {
    let cookies = cookies(&request);
    if cookies.pairs.is_empty() {
        return request;
    }
    request.edit_form(|form| {
        for pair in cookies.pairs {
            if form.count(&pair.name) == 0 {
                form.pairs.push(pair);
            }
        }
    })
}

fn cookies_win_over_body(request: RawRequest) -> RawRequest {
    let cookies = cookies(&request);
    if cookies.pairs.is_empty() {
        return request;
    }
    overlay(request, cookies)
}
