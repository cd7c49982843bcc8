//! What `error_description` and `error_uri` say, and in which characters (RFC 6749 §5.2, Appendix A).

use serde_json::Value;

use super::errors::{refused, with_text_member};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Facts, RequestedGrantType};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "description-echoes-grant-type",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_echoes_grant_type)],
    },
    Defect {
        id: "description-echoes-code",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_echoes_code)],
    },
    Defect {
        id: "description-echoes-redirect-uri",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_echoes_redirect_uri)],
    },
    Defect {
        id: "description-echoes-client-id",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_echoes_client_id)],
    },
    Defect {
        id: "description-localised",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_localised)],
    },
    Defect {
        id: "description-quotes-parameter",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_quotes_parameter)],
    },
    Defect {
        id: "description-null-for-stranger",
        kills: &["rfc6749-error-text-charset"],
        also: &[],
        seams: &[Seam::Response(description_null_for_stranger)],
    },
    Defect {
        id: "error-uri-is-sentence",
        kills: &["rfc6749-error-uri-syntax"],
        also: &[],
        seams: &[Seam::Response(error_uri_is_sentence)],
    },
    Defect {
        id: "error-uri-of-unknown-scope",
        kills: &["rfc6749-error-uri-syntax"],
        also: &[],
        seams: &[Seam::Response(error_uri_of_unknown_scope)],
    },
];

fn with_description(response: Response, description: &str) -> Response {
    with_text_member(response, "error_description", description)
}

fn echo(facts: &Facts, response: Response, (error, name): (&str, &str)) -> Response {
    let sent = facts.parameters.value(name).unwrap_or_default();
    refused(facts, response, error, |response| {
        with_description(response, &format!("{name} is not valid: {sent}"))
    })
}

fn description_echoes_grant_type(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    echo(facts, response, ("unsupported_grant_type", "grant_type"))
}

fn description_echoes_code(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.code.is_some() {
        return response;
    }
    echo(facts, response, ("invalid_grant", "code"))
}

fn description_echoes_redirect_uri(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.code.is_none() {
        return response;
    }
    echo(facts, response, ("invalid_grant", "redirect_uri"))
}

fn description_echoes_client_id(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    echo(facts, response, ("invalid_client", "client_id"))
}

fn description_localised(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let wanted = context.request.field("accept-language").unwrap_or_default();
    if !wanted.starts_with("de") {
        return response;
    }
    refused(facts, response, "", |response| {
        with_description(response, "Ungültige Anfrage")
    })
}

fn description_quotes_parameter(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.grant_type != RequestedGrantType::Omitted {
        return response;
    }
    refused(facts, response, "invalid_request", |response| {
        with_description(response, "Missing parameter \"grant_type\"")
    })
}

fn description_null_for_stranger(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.client.is_some() {
        return response;
    }
    refused(facts, response, "invalid_client", |response| {
        response.edit(|members| {
            drop(members.insert("error_description".to_owned(), Value::Null));
        })
    })
}

fn error_uri_is_sentence(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "", |response| {
        with_text_member(response, "error_uri", "see the manual, chapter 3")
    })
}

/// The link carries what was sent, and nobody encodes it.
fn error_uri_of_unknown_scope(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    refused(facts, response, "invalid_scope", |response| {
        let uri = format!("https://as.example/help?scope={{{}}}", facts.scope);
        with_text_member(response, "error_uri", &uri)
    })
}
