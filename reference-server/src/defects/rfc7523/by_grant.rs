//! Checks of client assertions that are made with some grants or at some endpoints only, as where each has a handler of its own.

use super::audiences::{audiences, is_own};
use super::claims::is_client;
use super::dates::now;
use super::requests::outweighs;
use super::row;
use super::sight::{is_valid, jws, refuse_unless, take_if};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::jose::assertion::JWT_BEARER;
use crate::vocabulary::{AuthenticationMethod, GrantType};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-expired-at-refresh",
        &["rfc7523-exp-past"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotExpired,
            |context, facts| {
                let is_good = date(facts, "exp").is_some_and(|exp| exp > now(context));
                refuse_unless(facts.is_grant(GrantType::RefreshToken) || is_good)
            },
        )],
    ),
    row(
        "client-assertion-too-early-at-refresh",
        &["rfc7523-nbf-future"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotBeforeReached,
            |context, facts| {
                let is_good = date(facts, "nbf").is_none_or(|nbf| nbf <= now(context));
                refuse_unless(facts.is_grant(GrantType::RefreshToken) || is_good)
            },
        )],
    ),
    row(
        "client-assertion-for-anybody-with-code",
        &["rfc7523-aud-wrong"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            |context, facts| {
                let is_good = is_own(context, facts, &audiences(facts));
                refuse_unless(facts.is_grant(GrantType::AuthorizationCode) || is_good)
            },
        )],
    ),
    row(
        "client-assertion-of-any-issuer-with-code",
        &["rfc7523-iss-wrong"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionIssuerIsClient,
            |_, facts| {
                let iss = jws(facts).and_then(|jws| jws.text("iss"));
                let is_code = facts.is_grant(GrantType::AuthorizationCode);
                refuse_unless(iss.is_some() && (is_code || is_client(facts, iss)))
            },
        )],
    ),
    row(
        "client-assertion-used-again-at-refresh",
        &["rfc7523-jti-replay"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotReplayed,
            |context, facts| {
                let jti = jws(facts).and_then(|jws| jws.text("jti"));
                let client = facts.client.as_ref().map(|client| client.id.as_str());
                let pair = client.zip(jti);
                let is_used = pair
                    .is_some_and(|(client, jti)| context.records.is_assertion_used(client, jti));
                refuse_unless(facts.is_grant(GrantType::RefreshToken) || !is_used)
            },
        )],
    ),
    row(
        "client-assertion-outweighs-basic-at-refresh",
        &["rfc7523-assertion-plus-basic"],
        &[],
        &[Seam::Facts(|_, facts| {
            if facts.is_grant(GrantType::RefreshToken) {
                outweighs(facts, AuthenticationMethod::ClientSecretBasic);
            }
        })],
    ),
    row(
        "client-assertion-outweighs-secret-with-code",
        &["rfc7523-assertion-plus-secret"],
        &[],
        &[Seam::Facts(|_, facts| {
            if facts.is_grant(GrantType::AuthorizationCode) {
                outweighs(facts, AuthenticationMethod::ClientSecretPost);
            }
        })],
    ),
    row(
        "client-assertion-may-be-missing-with-code",
        &["rfc7523-assertion-missing"],
        &[],
        &[Seam::Facts(|context, facts| {
            take_if(context, facts, |facts, _| {
                let presented = &facts.presented;
                let is_missing = presented.assertion.is_none();
                facts.is_grant(GrantType::AuthorizationCode) && is_missing
            });
        })],
    ),
    row(
        "client-assertion-type-assumed-at-refresh",
        &["rfc7523-type-missing"],
        &[],
        &[Seam::Facts(|context, facts| {
            take_if(context, facts, |facts, _| {
                let is_missing = facts.presented.assertion_type.is_none();
                facts.is_grant(GrantType::RefreshToken) && is_missing && is_valid(facts)
            });
        })],
    ),
    row(
        "client-assertion-type-ignored-at-refresh",
        &["rfc7523-type-wrong"],
        &[],
        &[Seam::Facts(|context, facts| {
            type_ignored_where(context, facts, |it| it.is_grant(GrantType::RefreshToken));
        })],
    ),
    row(
        "client-assertion-type-ignored-elsewhere",
        &["rfc7523-type-wrong"],
        &[],
        &[Seam::Facts(|context, facts| {
            type_ignored_where(context, facts, |it| it.endpoint != Endpoint::Token);
        })],
    ),
    row(
        "client-assertion-type-ignored-at-revocation",
        &["rfc7523-type-wrong"],
        &[],
        &[Seam::Facts(|context, facts| {
            type_ignored_where(context, facts, |it| it.endpoint == Endpoint::Revocation);
        })],
    ),
];

/// A good assertion is one under any type.
fn type_ignored_where(context: &Context<'_>, facts: &mut Facts, here: fn(&Facts) -> bool) {
    take_if(context, facts, |facts, _| {
        let kind = facts.presented.assertion_type.as_deref();
        here(facts) && kind.is_some_and(|kind| kind != JWT_BEARER) && is_valid(facts)
    });
}

fn date(facts: &Facts, name: &str) -> Option<f64> {
    jws(facts)?.date(name)
}
