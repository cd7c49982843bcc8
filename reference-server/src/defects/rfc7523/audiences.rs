//! The audience.

use super::row;
use super::sight::{jws, refuse_unless};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::registry::AssertionAudience;
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
        |_, all| all.is_empty()
    ),
    audience!(
        "client-assertion-for-any-token-endpoint",
        "rfc7523-aud-wrong",
        |_, all| all
            .iter()
            .any(|it| it.starts_with("https://") && it.contains("/as/"))
    ),
    audience!(
        "client-assertion-audience-by-prefix",
        "rfc7523-aud-string-comparison",
        |context, all| {
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
                let issuer = all.contains(&context.server.issuer.as_str());
                refuse_unless(issuer && (!is_strict(facts) || is_own(context, facts, &all)))
            },
        )],
    ),
    audience!(
        "client-assertion-one-good-audience-is-enough",
        "rfc7523-aud-array-foreign",
        |context, all| all.contains(&context.server.issuer.as_str())
    ),
    audience!(
        "client-assertion-token-endpoint-is-issuer-too",
        "rfc7523-aud-token-endpoint",
        |context, all| is_one_of_ours(context, all) && all.len() == 1
    ),
    row(
        "client-assertion-audience-is-text",
        &["rfc7523-aud-array"],
        &[(
            "rfc7523-aud-array-foreign",
            "the issuer twice is an array, too",
        )],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            |context, facts| {
                let text = jws(facts).is_some_and(|jws| jws.text("aud").is_some());
                refuse_unless(text && is_own(context, facts, &audiences(facts)))
            },
        )],
    ),
];

type Accepts = fn(&Context<'_>, &[&str]) -> bool;

fn own_or(context: &Context<'_>, facts: &Facts, accepts: Accepts) -> Result<(), Refusal> {
    let all = audiences(facts);
    refuse_unless(is_own(context, facts, &all) || accepts(context, &all))
}

pub(super) fn audiences(facts: &Facts) -> Vec<&str> {
    let assertion = facts.presented.assertion.as_ref();
    assertion.map_or_else(Vec::new, |assertion| assertion.audiences())
}

/// Whether the issuer has to be the only audience (draft-ietf-oauth-rfc7523bis).
fn is_strict(facts: &Facts) -> bool {
    let client = facts.client.as_ref();
    client.is_some_and(|client| client.audience == AssertionAudience::IssuerOnly)
}

/// Whether they are what the client may name.
pub(super) fn is_own(context: &Context<'_>, facts: &Facts, all: &[&str]) -> bool {
    if is_strict(facts) {
        return !all.is_empty() && all.iter().all(|it| *it == context.server.issuer);
    }
    is_one_of_ours(context, all)
}

fn is_one_of_ours(context: &Context<'_>, all: &[&str]) -> bool {
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
