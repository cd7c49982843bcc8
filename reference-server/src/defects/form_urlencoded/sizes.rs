//! Many parameters and long values.

use serde_json::Value;

use super::raw::crash;
use crate::checks::message::ONCE;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::raw_request::Body;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "many-parameters-are-500",
        kills: &["form-urlencoded-many-parameters"],
        also: &[],
        seams: &[Seam::Response(many_parameters_are_500)],
    },
    Defect {
        id: "content-limit-is-500",
        kills: &["form-urlencoded-many-parameters"],
        also: &[],
        seams: &[Seam::Response(content_limit_is_500)],
    },
    Defect {
        id: "long-known-value-is-500",
        kills: &["form-urlencoded-long-values"],
        also: &[],
        seams: &[Seam::Response(long_known_value_is_500)],
    },
    Defect {
        id: "long-unknown-value-is-500",
        kills: &["form-urlencoded-long-values"],
        also: &[],
        seams: &[Seam::Response(long_unknown_value_is_500)],
    },
    Defect {
        id: "long-name-is-500",
        kills: &["form-urlencoded-long-values"],
        also: &[],
        seams: &[Seam::Response(long_name_is_500)],
    },
    Defect {
        id: "long-value-echoed",
        kills: &["form-urlencoded-long-values"],
        also: &[],
        seams: &[Seam::Response(long_value_echoed)],
    },
    Defect {
        id: "long-secret-inside-basic-is-500",
        kills: &["form-urlencoded-long-values"],
        also: &[],
        seams: &[Seam::Response(long_secret_inside_basic_is_500)],
    },
];

fn many_parameters_are_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.parameters.pairs.len() > 500 {
        crash()
    } else {
        response
    }
}

/// The limit of the content throws where nobody catches it.
fn content_limit_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    if context.request.body == Body::TooLarge {
        crash()
    } else {
        response
    }
}

/// More than a column or a field of a log takes.
const LONG: usize = 10_000;

fn long_known_value_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let mut pairs = facts.parameters.pairs.iter();
    if pairs.any(|pair| pair.value.len() > LONG && ONCE.contains(&pair.name.as_str())) {
        crash()
    } else {
        response
    }
}

fn long_unknown_value_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let mut pairs = facts.parameters.pairs.iter();
    if pairs.any(|pair| pair.value.len() > LONG && !ONCE.contains(&pair.name.as_str())) {
        crash()
    } else {
        response
    }
}

fn long_name_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let mut pairs = facts.parameters.pairs.iter();
    if pairs.any(|pair| pair.name.len() > LONG) {
        crash()
    } else {
        response
    }
}

/// What is wrong is told with the value.
fn long_value_echoed(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let long = facts
        .parameters
        .pairs
        .iter()
        .find(|pair| pair.value.len() > LONG);
    match long {
        Some(pair) if response.status >= 400 => response.edit(|members| {
            let text = format!("Not accepted: {}", pair.value);
            members.insert("error_description".to_owned(), Value::String(text));
        }),
        Some(_) | None => response,
    }
}

/// A password hash with a limit.
fn long_secret_inside_basic_is_500(
    context: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    let secret = facts.presented.secret().map_or(0, str::len);
    if secret > 1000 && context.request.field("authorization").is_some() {
        crash()
    } else {
        response
    }
}
