//! Dates.

use serde_json::Value;

use super::row;
use super::sight::{jws, refuse_unless};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-without-end",
        &["rfc7523-exp-missing"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionDatesAreNumbers,
            |_, facts| refuse_unless(all_dates(facts, Value::is_number)),
        )],
    ),
    row(
        "client-assertion-twenty-minutes-late",
        &["rfc7523-exp-past"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotExpired,
            |context, facts| {
                let exp = jws(facts).and_then(|jws| jws.date("exp"));
                refuse_unless(exp.is_none_or(|exp| exp > now(context) - 1200.0))
            },
        )],
    ),
    row(
        "client-assertion-for-ten-minutes-only",
        &["rfc7523-exp-far-future"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionLifetimeWithinLimit,
            |context, facts| {
                let exp = jws(facts).and_then(|jws| jws.date("exp"));
                refuse_unless(exp.is_none_or(|exp| exp <= now(context) + 600.0))
            },
        )],
    ),
    row(
        "client-assertion-dates-are-integers",
        &["rfc7523-numeric-date-forms"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionDatesAreNumbers,
            |_, facts| {
                let there = jws(facts).is_some_and(|jws| jws.payload.contains_key("exp"));
                refuse_unless(there && all_dates(facts, |it| it.is_u64() || it.is_i64()))
            },
        )],
    ),
    row(
        "client-assertion-date-overflows",
        &["rfc7523-numeric-date-huge"],
        &[],
        &[Seam::Response(overflows)],
    ),
    row(
        "client-assertion-an-hour-early",
        &["rfc7523-nbf-future"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotBeforeReached,
            |context, facts| {
                let nbf = jws(facts).and_then(|jws| jws.date("nbf"));
                refuse_unless(nbf.is_none_or(|nbf| nbf <= now(context) + 3600.0))
            },
        )],
    ),
    row(
        "client-assertion-needs-iat",
        &["rfc7523-nbf-iat-optional"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionIssuedInThePast,
            |context, facts| {
                let iat = jws(facts).and_then(|jws| jws.date("iat"));
                refuse_unless(iat.is_some_and(|iat| iat <= now(context) + 30.0))
            },
        )],
    ),
    row(
        "client-assertion-of-any-age",
        &["rfc7523-iat-odd"],
        &[],
        &[Seam::Skip(CheckId::AssertionRecent)],
    ),
];

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below 2^53"
)]
pub(super) fn now(context: &Context<'_>) -> f64 {
    context.now.0 as f64
}

fn all_dates(facts: &Facts, is_date: fn(&Value) -> bool) -> bool {
    let Some(jws) = jws(facts) else { return true };
    let mut all = ["exp", "iat", "nbf"].iter();
    all.all(|claim| jws.payload.get(*claim).is_none_or(is_date))
}

/// Seconds become milliseconds in a number that is too small for them.
fn overflows(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let exp = jws(facts).and_then(|jws| jws.date("exp"));
    if response.status == 401 && exp.is_some_and(|exp| exp > 1e300) {
        return response.with_status(500);
    }
    response
}
