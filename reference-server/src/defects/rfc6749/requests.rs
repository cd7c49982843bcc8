//! How the parameters of a request are counted: repeated and unknown ones, and ones in the query
//! (RFC 6749 §3.2).

use super::errors::{refused, with_error};
use crate::checks::CheckId;
use crate::checks::message::ONCE;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::ErrorCode;
use crate::wire::form::Form;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "last-duplicate-wins",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[
            (
                "form-urlencoded-duplicate-after-decoding",
                "a map that keeps the last value keeps it under the decoded name",
            ),
            (
                "form-urlencoded-duplicate-with-empty",
                "of a value and an empty one the last wins, too",
            ),
        ],
        seams: &[Seam::Read(last_duplicate_wins)],
    },
    Defect {
        id: "first-duplicate-wins",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ParametersNotRepeated)],
    },
    Defect {
        id: "duplicates-joined-with-comma",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Read(duplicates_joined_with_comma)],
    },
    Defect {
        id: "equal-duplicates-pass",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Read(equal_duplicates_pass)],
    },
    Defect {
        id: "duplicates-of-other-parameters-pass",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParametersNotRepeated,
            grant_type_not_repeated,
        )],
    },
    Defect {
        id: "duplicate-scopes-merged",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Read(duplicate_scopes_merged)],
    },
    Defect {
        id: "duplicate-secret-first-wins",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Read(duplicate_secret_first_wins)],
    },
    Defect {
        id: "duplicate-is-invalid-grant",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[],
        seams: &[Seam::Response(duplicate_is_invalid_grant)],
    },
    Defect {
        id: "every-duplicate-refused",
        kills: &["rfc6749-duplicate-unrecognized-ignored"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParametersNotRepeated,
            nothing_repeated,
        )],
    },
    Defect {
        id: "unknown-parameter-refused",
        kills: &["rfc6749-unrecognized-param-ignored"],
        also: &[
            (
                "rfc6749-duplicate-unrecognized-ignored",
                "a repeated unknown parameter is an unknown one",
            ),
            (
                "rfc6749-empty-param-omitted",
                "an empty unknown parameter is an unknown one",
            ),
        ],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            only_known_parameters,
        )],
    },
    Defect {
        id: "long-unknown-value-refused",
        kills: &["rfc6749-unrecognized-param-ignored"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            no_value_of_more_than_a_thousand,
        )],
    },
    Defect {
        id: "resource-refused-as-unknown",
        kills: &["rfc6749-unrecognized-param-ignored"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            no_resource_without_managers,
        )],
    },
    Defect {
        id: "credentials-read-from-query",
        kills: &["rfc6749-credentials-not-in-uri"],
        also: &[],
        seams: &[Seam::Read(credentials_read_from_query)],
    },
];

fn repeats(form: &Form) -> bool {
    form.pairs.iter().any(|pair| form.count(&pair.name) > 1)
}

/// The form is read into a map, which keeps the last value of each name.
fn last_duplicate_wins(request: RawRequest) -> RawRequest {
    if !repeats(&request.form()) {
        return request;
    }
    request.edit_form(|form| {
        let all = std::mem::take(&mut form.pairs);
        for pair in all {
            if pair.name != "resource" {
                form.remove(&pair.name);
            }
            form.pairs.push(pair);
        }
    })
}

/// The framework joins the values of one name.
fn duplicates_joined_with_comma(request: RawRequest) -> RawRequest {
    if !repeats(&request.form()) {
        return request;
    }
    request.edit_form(|form| {
        for pair in std::mem::take(&mut form.pairs) {
            let first = form.pairs.iter_mut().find(|own| own.name == pair.name);
            match first {
                Some(own) if own.name != "resource" => {
                    own.value.push(',');
                    own.value.push_str(&pair.value);
                }
                Some(_) | None => form.pairs.push(pair),
            }
        }
    })
}

/// The pairs are a set.
fn equal_duplicates_pass(request: RawRequest) -> RawRequest {
    if !repeats(&request.form()) {
        return request;
    }
    request.edit_form(|form| {
        for pair in std::mem::take(&mut form.pairs) {
            if !form.pairs.contains(&pair) {
                form.pairs.push(pair);
            }
        }
    })
}

const REPEATED: Refusal = Refusal::new(ErrorCode::InvalidRequest, "A parameter is repeated");

fn grant_type_not_repeated(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    (facts.parameters.count("grant_type") < 2)
        .then_some(())
        .ok_or(REPEATED)
}

fn nothing_repeated(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let parameters = &facts.parameters;
    let mut names = parameters.pairs.iter().map(|pair| pair.name.as_str());
    let repeats = names.any(|name| name != "resource" && parameters.count(name) > 1);
    (!repeats).then_some(()).ok_or(REPEATED)
}

fn duplicate_scopes_merged(request: RawRequest) -> RawRequest {
    let form = request.form();
    if form.count("scope") < 2 {
        return request;
    }
    let merged = form.values("scope").collect::<Vec<_>>().join(" ");
    request.edit_form(|form| form.set("scope", &merged))
}

/// The credentials are read by another component than the grant.
fn duplicate_secret_first_wins(request: RawRequest) -> RawRequest {
    let form = request.form();
    let Some(secret) = form.value("client_secret") else {
        return request;
    };
    if form.count("client_secret") < 2 {
        return request;
    }
    request.edit_form(|form| form.set("client_secret", secret))
}

fn duplicate_is_invalid_grant(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let parameters = &facts.parameters;
    if parameters.count("code") < 2 && parameters.count("refresh_token") < 2 {
        return response;
    }
    refused(facts, response, "invalid_request", |response| {
        with_error(response, "invalid_grant")
    })
}

pub(super) fn is_known(name: &str) -> bool {
    let others = ["resource", "aud", "access_token_manager_id"];
    let tokens = ["token", "token_type_hint"];
    ONCE.contains(&name) || others.contains(&name) || tokens.contains(&name)
}

/// The refusal of a schema that says what a request may hold.
pub(super) const OUTSIDE_SCHEMA: Refusal = Refusal::new(
    ErrorCode::InvalidRequest,
    "The request does not fit the schema",
);

/// A closed schema.
fn only_known_parameters(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let mut pairs = facts.parameters.pairs.iter();
    let fits = pairs.all(|pair| is_known(&pair.name));
    fits.then_some(()).ok_or(OUTSIDE_SCHEMA)
}

fn no_value_of_more_than_a_thousand(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let mut pairs = facts.parameters.pairs.iter();
    let fits = pairs.all(|pair| is_known(&pair.name) || pair.value.len() <= 1000);
    fits.then_some(()).ok_or(OUTSIDE_SCHEMA)
}

fn no_resource_without_managers(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let known = !context.server.managers.is_empty();
    let fits = known || facts.parameters.value("resource").is_none();
    fits.then_some(()).ok_or(OUTSIDE_SCHEMA)
}

/// A list that query and body share is asked for the credentials.
pub(in crate::defects) fn credentials_read_from_query(request: RawRequest) -> RawRequest {
    let query = request.query_form();
    if request.method != "POST" || query.count("client_secret") == 0 {
        return request;
    }
    request.edit_form(|form| {
        for name in ["client_id", "client_secret"] {
            if let (0, Some(value)) = (form.count(name), query.value(name)) {
                form.push(name, value);
            }
        }
    })
}
