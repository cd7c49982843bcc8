//! Checks of client assertions that are made with some grants only, as where each grant has a handler of its own.

use super::audiences::{audiences, is_own};
use super::claims::is_client;
use super::dates::now;
use super::row;
use super::sight::{jws, refuse_unless};
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::vocabulary::GrantType;

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
];

fn date(facts: &Facts, name: &str) -> Option<f64> {
    jws(facts)?.date(name)
}
