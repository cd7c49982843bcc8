//! A JWT signed with the client's key (RFC 7523 §2.2, §3), or keyed with its secret: the checks are
//! the same, the keys are those of the client.

use serde_json::Value;

use super::Method;
use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::jose::assertion::{JWT_BEARER, Signature};
use crate::jose::jws::Jws;
use crate::registry::AssertionAudience;
use crate::server::AssertionIdentifiers;
use crate::vocabulary::AuthenticationMethod;

/// By how many seconds the clocks of client and server may differ.
pub const SKEW: f64 = 30.0;

/// The method: either of the two parameters is an attempt, unless it is one of
/// [`saml2_client_auth`](super::saml2_client_auth).
pub const METHOD: Method = Method {
    method: AuthenticationMethod::PrivateKeyJwt,
    presented: |presented| {
        let tried = presented.assertion.is_some() || presented.assertion_type.is_some();
        tried && presented.saml_assertion.is_none()
    },
    client_id: |presented| presented.assertion.as_ref().and_then(|it| it.client_id()),
    group: Group {
        applies: |facts| {
            facts.authenticates_by(AuthenticationMethod::PrivateKeyJwt)
                || facts.authenticates_by(AuthenticationMethod::ClientSecretJwt)
        },
        checks: &[
            (CheckId::AssertionTypeKnown, assertion_type_known),
            (CheckId::AssertionWellFormed, assertion_well_formed),
            (
                CheckId::AssertionHeaderUnderstood,
                assertion_header_understood,
            ),
            (CheckId::AssertionKeyKnown, assertion_key_known),
            (CheckId::AssertionSignatureValid, assertion_signature_valid),
            (CheckId::AssertionIssuerIsClient, |_, facts| {
                claim_is_client(facts, "iss")
            }),
            (CheckId::AssertionSubjectIsClient, |_, facts| {
                claim_is_client(facts, "sub")
            }),
            (
                CheckId::AssertionAudienceIsServer,
                assertion_audience_is_server,
            ),
            (
                CheckId::AssertionDatesAreNumbers,
                assertion_dates_are_numbers,
            ),
            (CheckId::AssertionNotExpired, assertion_not_expired),
            (
                CheckId::AssertionLifetimeWithinLimit,
                assertion_lifetime_within_limit,
            ),
            (CheckId::AssertionNotBeforeReached, |context, facts| {
                not_ahead(context, facts, "nbf")
            }),
            (
                CheckId::AssertionIssuedInThePast,
                assertion_issued_in_the_past,
            ),
            (CheckId::AssertionRecent, assertion_recent),
            (CheckId::AssertionIdPresent, assertion_id_present),
            (CheckId::AssertionNotReplayed, assertion_not_replayed),
        ],
    },
};

fn jws(facts: &Facts) -> Option<&Jws> {
    facts.presented.assertion.as_ref()?.jws.as_ref()
}

fn refuse_unless(holds: Option<bool>) -> Result<(), Refusal> {
    if holds == Some(false) {
        Err(INVALID_CLIENT)
    } else {
        Ok(())
    }
}

fn assertion_type_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    refuse_unless(Some(
        facts.presented.assertion_type.as_deref() == Some(JWT_BEARER),
    ))
}

fn assertion_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    refuse_unless(Some(jws(facts).is_some()))
}

fn assertion_header_understood(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let understood =
        |jws: &Jws| !jws.header.contains_key("crit") && !jws.header.contains_key("b64");
    refuse_unless(jws(facts).map(understood))
}

fn assertion_key_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    refuse_unless(assertion.map(|assertion| assertion.signature != Signature::NoKey))
}

fn assertion_signature_valid(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    refuse_unless(assertion.map(|assertion| assertion.signature != Signature::Invalid))
}

fn claim_is_client(facts: &Facts, claim: &str) -> Result<(), Refusal> {
    let client = facts.client.as_ref().map(|client| client.id.as_str());
    refuse_unless(jws(facts).map(|jws| jws.text(claim).is_some() && jws.text(claim) == client))
}

fn assertion_audience_is_server(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let audiences = facts
        .presented
        .assertion
        .as_ref()
        .map(|assertion| assertion.audiences());
    let server = context.server;
    // RFC 9126 §2: there its own URL will do, too.
    let pushed = server.places.pushed_authorization.as_deref();
    let pushed = pushed.filter(|_| facts.endpoint == Endpoint::PushedAuthorization);
    let known = |audience: &&str| {
        server.audiences.iter().any(|own| own == audience) || pushed == Some(*audience)
    };
    let issuer = |audience: &&str| server.issuer == **audience;
    let mode = facts.client.as_ref().map(|client| client.audience);
    refuse_unless(audiences.map(|all| match mode.unwrap_or_default() {
        AssertionAudience::AnyLocation => all.iter().any(known),
        AssertionAudience::IssuerOnly => !all.is_empty() && all.iter().all(issuer),
    }))
}

fn assertion_dates_are_numbers(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let numeric = |jws: &Jws| {
        jws.payload.contains_key("exp")
            && ["exp", "iat", "nbf"]
                .iter()
                .all(|claim| jws.payload.get(*claim).is_none_or(Value::is_number))
    };
    refuse_unless(jws(facts).map(numeric))
}

/// Seconds as a `NumericDate` has them.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below 2^53"
)]
fn now(context: &Context<'_>) -> f64 {
    context.now.0 as f64
}

fn assertion_not_expired(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let date = jws(facts).and_then(|jws| jws.date("exp"));
    refuse_unless(date.map(|date| date > now(context) - SKEW))
}

fn assertion_lifetime_within_limit(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let date = jws(facts).and_then(|jws| jws.date("exp"));
    let limit = f64::from(context.server.lifetimes.assertion);
    refuse_unless(date.map(|date| date <= now(context) + limit + SKEW))
}

fn not_ahead(context: &Context<'_>, facts: &Facts, claim: &str) -> Result<(), Refusal> {
    let date = jws(facts).and_then(|jws| jws.date(claim));
    refuse_unless(date.map(|date| date <= now(context) + SKEW))
}

/// Whether `jti` and `iat` count for nothing here.
fn identifiers_ignored(context: &Context<'_>) -> bool {
    context.server.assertion_identifiers == AssertionIdentifiers::Ignored
}

fn assertion_issued_in_the_past(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if identifiers_ignored(context) {
        return Ok(());
    }
    not_ahead(context, facts, "iat")
}

fn assertion_recent(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if identifiers_ignored(context) {
        return Ok(());
    }
    let date = jws(facts).and_then(|jws| jws.date("iat"));
    let limit = f64::from(context.server.lifetimes.assertion);
    refuse_unless(date.map(|date| date >= now(context) - limit - SKEW))
}

fn assertion_id_present(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if identifiers_ignored(context) {
        return Ok(());
    }
    refuse_unless(jws(facts).map(|jws| jws.text("jti").is_some_and(|jti| !jti.is_empty())))
}

fn assertion_not_replayed(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let (Some(client), Some(jti)) = (&facts.client, jws(facts).and_then(|jws| jws.text("jti")))
    else {
        return Ok(());
    };
    if identifiers_ignored(context) {
        return Ok(());
    }
    refuse_unless(Some(!context.records.is_assertion_used(&client.id, jti)))
}
