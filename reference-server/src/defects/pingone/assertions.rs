//! Claims, signature and algorithm of the assertion.

use super::row;
use crate::authentication::private_key_jwt::METHOD;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::jose::assertion::Signature;
use crate::jose::jws::Jws;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "application-signature-decoded-not-verified",
        &["pingone-assertion-signature"],
        &[("pingone-secret-jwt-algorithms", "so is an HMAC")],
        &[Seam::Skip(CheckId::AssertionSignatureValid)],
    ),
    row(
        "application-issuer-of-assertion-not-compared",
        &["pingone-assertion-iss-sub"],
        &[],
        &[Seam::Skip(CheckId::AssertionIssuerIsClient)],
    ),
    row(
        "application-audience-is-issuer-only",
        &["pingone-assertion-aud-options"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            issuer_only,
        )],
    ),
    row(
        "application-audience-by-host",
        &["pingone-assertion-aud-wrong"],
        &[],
        &[Seam::Replace(CheckId::AssertionAudienceIsServer, by_host)],
    ),
    row(
        "application-assertion-without-end-is-for-ever",
        &["pingone-assertion-exp-required"],
        &[],
        &[Seam::Skip(CheckId::AssertionDatesAreNumbers)],
    ),
    row(
        "application-assertion-outlives-its-end",
        &["pingone-assertion-exp-required"],
        &[],
        &[Seam::Skip(CheckId::AssertionNotExpired)],
    ),
    row(
        "application-hour-counted-from-iat",
        &["pingone-assertion-exp-one-hour"],
        &[(
            "pingone-assertion-iat-jti-not-validated",
            "one of its assertions says that it was made long ago",
        )],
        &[Seam::Replace(
            CheckId::AssertionLifetimeWithinLimit,
            hour_from_iat,
        )],
    ),
    row(
        "application-nbf-not-read",
        &["pingone-assertion-nbf"],
        &[],
        &[Seam::Skip(CheckId::AssertionNotBeforeReached)],
    ),
    row(
        "application-assertion-without-iat-is-500",
        &["pingone-assertion-iat-jti-not-validated"],
        &[(
            "pingone-assertion-exp-one-hour",
            "one of its assertions has no iat",
        )],
        &[Seam::Response(without_iat_is_500)],
    ),
    row(
        "application-claims-by-strict-schema",
        &["pingone-assertion-extra-claims"],
        &[],
        &[Seam::Replace(CheckId::AssertionIdPresent, strict_schema)],
    ),
    row(
        "application-algorithms-of-256-bits-only",
        &["pingone-assertion-algorithms"],
        &[],
        &[Seam::Replace(CheckId::AssertionKeyKnown, |_, facts| {
            of_256_bits(facts, "RS")
        })],
    ),
    row(
        "application-secret-cut-for-longer-hashes",
        &["pingone-secret-jwt-algorithms"],
        &[],
        &[Seam::Replace(CheckId::AssertionKeyKnown, |_, facts| {
            of_256_bits(facts, "HS")
        })],
    ),
];

fn jws(facts: &Facts) -> Option<&Jws> {
    facts.presented.assertion.as_ref()?.jws.as_ref()
}

fn audience(facts: &Facts, accepts: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let Some(assertion) = &facts.presented.assertion else {
        return Ok(());
    };
    let mut audiences = assertion.audiences().into_iter();
    audiences.any(accepts).then_some(()).ok_or(INVALID_CLIENT)
}

fn issuer_only(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    audience(facts, |audience| audience == context.server.issuer)
}

/// `https://host:port` of a URL.
fn origin(url: &str) -> Option<&str> {
    let start = url.find("://")? + 3;
    let end = url.get(start..)?.find('/');
    end.map_or(Some(url), |end| url.get(..start + end))
}

fn by_host(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    audience(facts, |audience| {
        let mut own = context.server.audiences.iter();
        origin(audience).is_some() && own.any(|own| origin(own) == origin(audience))
    })
}

/// The client's word is taken for when it made the assertion.
fn hour_from_iat(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let dates = jws(facts).map(|jws| (jws.date("exp"), jws.date("iat")));
    let limit = f64::from(context.server.lifetimes.assertion);
    match dates {
        Some((Some(exp), Some(iat))) if exp - iat > limit => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}

fn without_iat_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let attempted = (METHOD.presented)(&facts.presented);
    if attempted && jws(facts).is_some_and(|jws| !jws.payload.contains_key("iat")) {
        return response.with_status(500);
    }
    response
}

fn strict_schema(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let registered = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    let known = |jws: &Jws| {
        let mut names = jws.payload.keys();
        names.all(|name| registered.contains(&name.as_str()))
    };
    jws(facts)
        .is_none_or(known)
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// Of the algorithms of this family only the one with 256 bits works.
fn of_256_bits(facts: &Facts, family: &str) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    let known = assertion.is_none_or(|it| it.signature != Signature::NoKey);
    let alg = jws(facts).and_then(|jws| jws.header_text("alg"));
    let works = |alg: &str| !alg.starts_with(family) || alg.ends_with("256");
    (known && alg.is_none_or(works))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}
