//! The audience.

use serde_json::Value;

use super::row;
use super::sight::{jws, refuse_unless};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

macro_rules! audience {
    ($id:literal, $kills:literal, $accepts:expr) => {
        row(
            $id,
            &[$kills],
            &[],
            &[Seam::Replace(
                CheckId::AssertionAudienceIsServer,
                |context, facts| own_or(context, facts, $accepts),
            )],
        )
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    audience!(
        "client-assertion-without-audience",
        "rfc7523-aud-missing",
        |_, all, _| all.is_empty()
    ),
    audience!(
        "client-assertion-for-any-token-endpoint",
        "rfc7523-aud-wrong",
        |_, all, _| all
            .iter()
            .any(|it| it.starts_with("https://") && it.contains("/as/"))
    ),
    audience!(
        "client-assertion-audience-by-prefix",
        "rfc7523-aud-string-comparison",
        |context, all, _| {
            let issuer = &context.server.issuer;
            let mut rests = all.iter().filter_map(|it| it.strip_prefix(issuer.as_str()));
            rests.any(|rest| rest.starts_with(['.', '@', '?']))
        }
    ),
    row(
        "metadata-names-another-issuer",
        &["rfc7523-aud-issuer"],
        &[],
        &[Seam::Response(another_issuer)],
    ),
    row(
        "client-assertion-for-issuer-only",
        &["rfc7523-aud-token-endpoint"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            |context, facts| {
                let all = audiences(facts);
                refuse_unless(all.contains(&context.server.issuer.as_str()))
            },
        )],
    ),
    row(
        "client-assertion-audience-is-text",
        &["rfc7523-aud-array"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            |context, facts| {
                let text = jws(facts).is_some_and(|jws| jws.text("aud").is_some());
                refuse_unless(text && is_own(context, &audiences(facts)))
            },
        )],
    ),
];

type Accepts = fn(&Context<'_>, &[&str], Option<&Value>) -> bool;

fn own_or(context: &Context<'_>, facts: &Facts, accepts: Accepts) -> Result<(), Refusal> {
    let all = audiences(facts);
    let written = jws(facts).and_then(|jws| jws.payload.get("aud"));
    refuse_unless(is_own(context, &all) || accepts(context, &all, written))
}

fn audiences(facts: &Facts) -> Vec<&str> {
    let assertion = facts.presented.assertion.as_ref();
    assertion.map_or_else(Vec::new, |assertion| assertion.audiences())
}

fn is_own(context: &Context<'_>, all: &[&str]) -> bool {
    let mut own = context.server.audiences.iter();
    own.any(|own| all.contains(&own.as_str()))
}

/// With a slash behind it.
fn another_issuer(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    let own = format!("\"issuer\":\"{}\"", context.server.issuer);
    let other = format!("\"issuer\":\"{}/\"", context.server.issuer);
    let body = String::from_utf8_lossy(&response.body).replace(&own, &other);
    response.with_body(body)
}
