//! The path, the parameters of the request model, and how an application authenticates.

use super::row;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::raw_request::RawRequest;

const EXAMPLE: &[&str] = &["pingone-code-private-key-jwt"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "application-found-from-another-environment",
        &["pingone-token-path"],
        &[],
        &[Seam::Facts(any_environment)],
    ),
    row(
        "application-needs-verifier-without-challenge",
        EXAMPLE,
        &[],
        &[Seam::Replace(CheckId::VerifierPresent, verifier_sent)],
    ),
    row(
        "assertion-before-its-type-not-read",
        EXAMPLE,
        &[],
        &[Seam::Read(read_after_its_type)],
    ),
    row(
        "assertion-type-compared-as-sent",
        EXAMPLE,
        &[],
        &[Seam::Read(type_as_sent)],
    ),
    row(
        "application-secret-does-instead-of-key",
        &["pingone-auth-method-fixed"],
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            any_material,
        )],
    ),
    row(
        "application-assertion-type-not-compared",
        &["pingone-assertion-parameters-required"],
        &[],
        &[Seam::Skip(CheckId::AssertionTypeKnown)],
    ),
    row(
        "application-of-client-id-not-compared",
        &["pingone-client-id-not-needed"],
        &[],
        &[Seam::Skip(CheckId::ClientIdConsistent)],
    ),
    row(
        "application-redirect-uri-may-be-left-out",
        &["pingone-redirect-uri-required"],
        &[],
        &[Seam::Skip(CheckId::CodeRedirectUriPresent)],
    ),
    row(
        "application-verifier-may-be-left-out",
        &["pingone-pkce-enforced"],
        &[],
        &[Seam::Skip(CheckId::VerifierPresent)],
    ),
    row(
        "application-of-method-none-exchanges",
        &["pingone-token-exchange-auth"],
        &[],
        &[Seam::Replace(CheckId::GrantTypeAllowed, none_exchanges)],
    ),
    row(
        "application-setting-of-pkce-not-looked-at",
        &["pingone-pkce-enforced"],
        &[],
        &[Seam::Skip(CheckId::ChallengePresent)],
    ),
];

/// Applications of all environments are in one table, and the path is cut off unread.
fn any_environment(context: &Context<'_>, facts: &mut Facts) {
    let path = &context.request.path;
    if facts.endpoint != Endpoint::Unknown || !path.ends_with("/as/token") {
        return;
    }
    let mut paths = context.server.paths.iter();
    if let Some((own, _)) = paths.find(|(_, endpoint)| *endpoint == Endpoint::Token) {
        let mut request = context.request.clone();
        request.path.clone_from(own);
        *facts = resolve::request(context.server, &request);
        resolve::records(context, facts);
    }
}

/// Whoever has an application may exchange; only those with credentials are asked whether they have the grant.
fn none_exchanges(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let allowed = facts.client.as_ref().is_none_or(|client| {
        let mut grants = client.grants.iter();
        let public = client.methods.contains(&AuthenticationMethod::None);
        grants.any(|grant| facts.is_grant(*grant))
            || public && facts.is_grant(GrantType::TokenExchange)
    });
    if allowed {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnauthorizedClient,
        "The client may not use this grant type",
    ))
}

/// PKCE is demanded where the code is redeemed, of codes without a challenge as well.
fn verifier_sent(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    facts
        .parameters
        .value("code_verifier")
        .map(drop)
        .ok_or(INVALID_CODE)
}

/// A parser that goes through the body once, and knows what to do with an assertion when it has seen the type.
fn read_after_its_type(request: RawRequest) -> RawRequest {
    let form = request.form();
    let place = |name: &str| form.pairs.iter().position(|pair| pair.name == name);
    match (place("client_assertion"), place("client_assertion_type")) {
        (Some(assertion), Some(named)) if assertion < named => {
            request.edit_form(|form| form.remove("client_assertion"))
        }
        (Some(_) | None, _) => request,
    }
}

/// The type is compared before the body is decoded, with the one spelling that the examples have.
fn type_as_sent(request: RawRequest) -> RawRequest {
    let raw = String::from_utf8_lossy(request.content()).into_owned();
    let mut pairs = raw.split('&');
    let spelt = pairs.find_map(|pair| pair.strip_prefix("client_assertion_type="));
    match spelt {
        Some(spelt) if spelt.contains("%75") => {
            request.edit_form(|form| form.set("client_assertion_type", spelt))
        }
        Some(_) | None => request,
    }
}

/// Whatever the application has material for.
fn any_material(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let method = facts.method();
    let registered = client.is_none_or(|client| client.methods.contains(&method));
    let has_secret = client.is_some_and(|client| client.secret.is_some());
    let by_secret = facts.presented.secret().is_some();
    (registered || has_secret && by_secret)
        .then_some(())
        .ok_or(INVALID_CLIENT)
}
