//! Issuer, subject and further claims.

use serde_json::Value;

use super::row;
use super::sight::{claim, client, is_tried, jws, refuse_unless, take, text, verifies};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::vocabulary::Scope;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-iss-optional",
        &["rfc7523-iss-missing"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionIssuerIsClient,
            |_, facts| {
                let iss = jws(facts).and_then(|jws| jws.text("iss"));
                refuse_unless(iss.is_none() || is_client(facts, iss))
            },
        )],
    ),
    row(
        "client-assertion-iss-not-compared",
        &["rfc7523-iss-wrong"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionIssuerIsClient,
            |_, facts| {
                let iss = jws(facts).and_then(|jws| jws.text("iss"));
                refuse_unless(iss.is_some_and(|iss| !iss.is_empty()))
            },
        )],
    ),
    row(
        "client-assertion-sub-optional",
        &["rfc7523-sub-missing"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionSubjectIsClient,
            |_, facts| {
                let sub = jws(facts).and_then(|jws| jws.text("sub"));
                refuse_unless(sub.is_none() || is_client(facts, sub))
            },
        )],
    ),
    row(
        "client-assertion-identified-by-iss",
        &["rfc7523-sub-wrong"],
        &[],
        &[Seam::Facts(identified_by_iss)],
    ),
    row(
        "client-assertion-claims-of-some-types-only",
        &["rfc7523-extra-claims"],
        &[],
        &[Seam::Replace(CheckId::AssertionIdPresent, |_, facts| {
            let odd = |value: &Value| value.is_boolean() || value.is_null();
            let id = jws(facts).and_then(|jws| jws.text("jti"));
            let has_odd = jws(facts).is_some_and(|jws| jws.payload.values().any(odd));
            refuse_unless(id.is_some_and(|id| !id.is_empty()) && !has_odd)
        })],
    ),
    row(
        "client-assertion-scope-granted",
        &["rfc7523-claims-not-privileges"],
        &[],
        &[Seam::Facts(scope_granted)],
    ),
];

pub(super) fn is_client(facts: &Facts, name: Option<&str>) -> bool {
    facts.client.as_ref().map(|client| client.id.as_str()) == name
}

/// The client is the issuer; what the subject says is never looked at.
fn identified_by_iss(context: &Context<'_>, facts: &mut Facts) {
    let Some(issuer) = claim(facts, "iss").and_then(|iss| client(context, &iss)) else {
        return;
    };
    let sub = claim(facts, "sub").filter(|sub| !sub.is_empty());
    let differs = sub.is_some_and(|sub| sub != issuer.id);
    let fits = text(facts).is_some_and(|text| verifies(text, &issuer, None));
    if differs && fits && is_tried(facts) && jws(facts).is_some() {
        take(context, facts, issuer);
    }
}

fn scope_granted(_: &Context<'_>, facts: &mut Facts) {
    let Some(claimed) = claim(facts, "scope").filter(|_| is_tried(facts)) else {
        return;
    };
    facts.scope = Scope::parse(&format!("{} {claimed}", facts.scope));
}
