//! Parameters without a value that count as sent (RFC 6749 §3.2).

use super::errors::{refused, with_error};
use super::requests::{OUTSIDE_SCHEMA, is_known};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, Scope};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "empty-scope-is-invalid",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            scope_not_empty,
        )],
    },
    Defect {
        id: "empty-scope-means-none",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Facts(empty_scope_means_none)],
    },
    Defect {
        id: "empty-code-looked-up",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[("rfc6749-code-missing", "an empty code is a missing one")],
        seams: &[Seam::Response(empty_code_looked_up)],
    },
    Defect {
        id: "empty-redirect-uri-compared",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriPresent,
            redirect_uri_in_form,
        )],
    },
    Defect {
        id: "empty-redirect-uri-is-another-one",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            redirect_uri_never_empty,
        )],
    },
    Defect {
        id: "empty-unknown-parameter-refused",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            unknown_not_empty,
        )],
    },
    Defect {
        id: "empty-secret-counts-as-method",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Facts(empty_secret_counts_as_method)],
    },
    Defect {
        id: "empty-secret-of-public-client-counts",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[("rfc6749-secret-exact", "an empty secret is sent there, too")],
        seams: &[Seam::Facts(empty_secret_of_public_client_counts)],
    },
    Defect {
        id: "empty-client-id-compared",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            client_id_not_empty_beside_basic,
        )],
    },
    Defect {
        id: "empty-assertion-crashes",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[(
            "rfc6749-malformed-is-client-error",
            "what is left of an assertion before a NUL is empty",
        )],
        seams: &[Seam::Response(empty_assertion_crashes)],
    },
    Defect {
        id: "empty-assertion-counts-as-method",
        kills: &["rfc6749-empty-param-omitted"],
        also: &[],
        seams: &[Seam::Facts(empty_assertion_counts_as_method)],
    },
];

fn is_empty(facts: &Facts, name: &str) -> bool {
    let parameters = &facts.parameters;
    facts.endpoint == Endpoint::Token
        && parameters.count(name) == 1
        && parameters.value(name).is_none()
}

fn scope_not_empty(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if is_empty(facts, "scope") {
        return Err(Refusal::new(ErrorCode::InvalidScope, "The scope is empty"));
    }
    Ok(())
}

fn empty_scope_means_none(context: &Context<'_>, facts: &mut Facts) {
    if is_empty(facts, "scope") {
        facts.requested_scope = Some(Scope::default());
        resolve::scope(context, facts);
    }
}

fn empty_code_looked_up(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !is_empty(facts, "code") {
        return response;
    }
    refused(facts, response, "invalid_request", |response| {
        with_error(response, "invalid_grant")
    })
}

/// `redirect_uri` is there, if empty, and differs.
fn redirect_uri_in_form(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let is_due = code.is_some_and(|code| code.redirect_uri.is_some());
    if is_due && facts.parameters.count("redirect_uri") == 0 {
        let description = "redirect_uri is missing";
        return Err(Refusal::new(ErrorCode::InvalidRequest, description));
    }
    if is_due && is_empty(facts, "redirect_uri") {
        return Err(crate::grants::authorization_code::INVALID_CODE);
    }
    Ok(())
}

/// Where the authorization request named none, an empty one is not the registered one.
fn redirect_uri_never_empty(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(code) = &facts.code else {
        return Ok(());
    };
    let used = code.redirect_uri.as_deref().or_else(|| {
        let registered = code.client.redirect_uris.first();
        registered.map(String::as_str)
    });
    let named = facts.parameters.value("redirect_uri");
    let named = named.or_else(|| is_empty(facts, "redirect_uri").then_some(""));
    if named.is_some_and(|named| Some(named) != used) {
        return Err(crate::grants::authorization_code::INVALID_CODE);
    }
    Ok(())
}

fn unknown_not_empty(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let mut pairs = facts.parameters.pairs.iter();
    let fits = pairs.all(|pair| is_known(&pair.name) || !pair.value.is_empty());
    fits.then_some(()).ok_or(OUTSIDE_SCHEMA)
}

fn empty_secret_counts_as_method(_: &Context<'_>, facts: &mut Facts) {
    let post = AuthenticationMethod::ClientSecretPost;
    if is_empty(facts, "client_secret") && !facts.methods.is_empty() {
        facts.methods.push(post);
    }
}

fn empty_secret_of_public_client_counts(_: &Context<'_>, facts: &mut Facts) {
    if is_empty(facts, "client_secret") && facts.methods.is_empty() {
        facts.methods.push(AuthenticationMethod::ClientSecretPost);
    }
}

fn client_id_not_empty_beside_basic(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let by_basic = facts.method() == AuthenticationMethod::ClientSecretBasic;
    let fits = !(by_basic && is_empty(facts, "client_id"));
    fits.then_some(()).ok_or(OUTSIDE_SCHEMA)
}

/// A JWT has three parts, and nobody thought of one without any.
fn empty_assertion_crashes(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if is_empty(facts, "client_assertion")
        && facts.parameters.value("client_assertion_type").is_some()
    {
        Response::empty(500)
    } else {
        response
    }
}

fn empty_assertion_counts_as_method(_: &Context<'_>, facts: &mut Facts) {
    if is_empty(facts, "client_assertion") && !facts.methods.is_empty() {
        facts.methods.push(AuthenticationMethod::PrivateKeyJwt);
    }
}
