//! How values of `resource` are read and compared (RFC 8707 §2).

use super::{asks, renamed, row, sent};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::resource_indicators::INVALID_TARGET;
use crate::vocabulary::ErrorCode;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "resource-any-uri-accepted",
        &["rfc8707-unknown-resource"],
        &[
            ("rfc8707-error-shape", "nothing is unknown"),
            ("rfc8707-non-http-schemes", "nothing is unknown"),
            ("rfc8707-oversized", "nothing is unknown"),
            ("rfc8707-query", "nothing is unknown"),
            ("rfc8707-several-not-conflated", "nothing is unknown"),
            ("rfc8707-several-one-bad", "nothing is unknown"),
        ],
        &[Seam::Skip(CheckId::ResourceKnown)],
    ),
    row(
        "resource-compared-by-prefix",
        &["rfc8707-unknown-resource"],
        &[
            (
                "rfc8707-query",
                "what follows the registered URI is not compared",
            ),
            (
                "rfc8707-several-not-conflated",
                "what follows the registered URI is not compared",
            ),
        ],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            known_as(context, facts, |own, asked| asked.starts_with(own))
        })],
    ),
    row(
        "resource-letter-case-ignored",
        &["rfc8707-unknown-resource"],
        &[],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            known_as(context, facts, str::eq_ignore_ascii_case)
        })],
    ),
    row(
        "resource-unchecked-at-authorization",
        &["rfc8707-unknown-resource"],
        &[],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            if facts.endpoint == Endpoint::Authorization {
                return Ok(());
            }
            known_as(context, facts, |own, asked| own == asked)
        })],
    ),
    row(
        "resource-scheme-supplied",
        &["rfc8707-not-absolute"],
        &[],
        &[Seam::Facts(|_, facts| {
            renamed(facts, |values| {
                let absolute = |value: String| match value.strip_prefix("//") {
                    Some(rest) => format!("https://{rest}"),
                    None => value,
                };
                values.into_iter().map(absolute).collect()
            });
        })],
    ),
    row(
        "resource-relative-left-out",
        &["rfc8707-not-absolute"],
        &[(
            "rfc8707-several-one-bad",
            "a malformed value is dropped beside a good one, too",
        )],
        &[Seam::Facts(|_, facts| {
            renamed(facts, |values| {
                let kept = values.into_iter().filter(|value| value.contains(':'));
                kept.collect()
            });
        })],
    ),
    row(
        "resource-fragment-cut-off",
        &["rfc8707-fragment"],
        &[("rfc8707-several-one-bad", "so it is beside a good value")],
        &[Seam::Facts(|_, facts| cut(facts, '#'))],
    ),
    row(
        "resource-query-outside-of-comparison",
        &["rfc8707-query"],
        &[],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            known_as(context, facts, |own, asked| {
                own == asked.split('?').next().unwrap_or_default()
            })
        })],
    ),
    row(
        "resource-known-in-query-of-another",
        &["rfc8707-query"],
        &[],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            known_as(context, facts, |own, asked| {
                own == asked || asked.contains(&format!("?{own}"))
            })
        })],
    ),
    row(
        "resource-of-web-only-parsed",
        &["rfc8707-non-http-schemes"],
        &[
            (
                "rfc8707-code-widening",
                "a registered URI of another scheme is not parsed either",
            ),
            (
                "rfc8707-refresh-subset",
                "a registered URI of another scheme is not parsed either",
            ),
            (
                "rfc8707-refresh-widening",
                "a registered URI of another scheme is not parsed either",
            ),
            (
                "rfc8707-several-accepted",
                "a registered URI of another scheme is not parsed either",
            ),
            (
                "rfc8707-several-one-bad",
                "a registered URI of another scheme is not parsed either",
            ),
            (
                "rfc8707-unknown-resource",
                "a registered URI of another scheme is not parsed either",
            ),
        ],
        &[Seam::Response(|_, facts, response| {
            let is_odd = |uri: &String| uri.contains(':') && !uri.contains("://");
            if asks(facts) && sent(facts).iter().any(is_odd) {
                return Response::empty(500);
            }
            response
        })],
    ),
    row(
        "resource-repetition-refused",
        &["rfc8707-several-accepted"],
        &[
            ("rfc8707-client-permission", "the requests have two values"),
            ("rfc8707-code-default", "the requests have two values"),
            ("rfc8707-code-subset", "the requests have two values"),
            ("rfc8707-code-widening", "the requests have two values"),
            ("rfc8707-refresh-subset", "the requests have two values"),
            ("rfc8707-refresh-widening", "the requests have two values"),
            ("rfc8707-several-one-bad", "the requests have two values"),
        ],
        &[Seam::Replace(CheckId::ResourceAbsolute, |_, facts| {
            if sent(facts).len() > 1 {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "A parameter is repeated",
                ));
            }
            if facts
                .manager_request
                .resources
                .iter()
                .any(|uri| uri.contains('#'))
            {
                return Err(INVALID_TARGET);
            }
            Ok(())
        })],
    ),
    row(
        "resource-last-value-survives",
        &["rfc8707-several-accepted", "rfc8707-several-one-bad"],
        &[
            ("rfc8707-code-subset", "of two values one is lost"),
            ("rfc8707-code-widening", "of two values one is lost"),
            ("rfc8707-refresh-subset", "of two values one is lost"),
        ],
        &[Seam::Facts(|_, facts| {
            renamed(facts, |values| {
                values.into_iter().next_back().into_iter().collect()
            });
        })],
    ),
    row(
        "resource-first-value-survives",
        &["rfc8707-several-accepted", "rfc8707-several-one-bad"],
        &[
            ("rfc8707-client-permission", "of two values one is lost"),
            ("rfc8707-code-widening", "of two values one is lost"),
            ("rfc8707-refresh-subset", "of two values one is lost"),
            ("rfc8707-refresh-widening", "of two values one is lost"),
        ],
        &[Seam::Facts(|_, facts| {
            renamed(facts, |values| values.into_iter().take(1).collect());
        })],
    ),
    row(
        "resource-last-value-checked",
        &["rfc8707-several-one-bad"],
        &[],
        &[Seam::Replace(CheckId::ResourceKnown, |context, facts| {
            let last = facts.manager_request.resources.last();
            known(context, last.into_iter())
        })],
    ),
    row(
        "resource-unknown-value-left-out",
        &["rfc8707-several-one-bad"],
        &[],
        &[Seam::Facts(|context, facts| {
            let known = |uri: &String| context.server.resources.iter().any(|own| own.uri == *uri);
            renamed(facts, |values| {
                if values.iter().any(known) {
                    values.into_iter().filter(known).collect()
                } else {
                    values
                }
            });
        })],
    ),
    row(
        "resource-split-on-spaces",
        &["rfc8707-several-not-conflated"],
        &[],
        &[Seam::Facts(|_, facts| split(facts, |c| c == ' '))],
    ),
    row(
        "resource-split-on-commas",
        &["rfc8707-several-not-conflated"],
        &[],
        &[Seam::Facts(|_, facts| split(facts, |c| c == ','))],
    ),
    row(
        "resource-name-with-brackets",
        &["rfc8707-several-not-conflated"],
        &[],
        &[Seam::Facts(|_, facts| {
            let more = facts.parameters.values("resource[]").map(str::to_owned);
            let more: Vec<String> = more.collect();
            facts.manager_request.resources.extend(more);
        })],
    ),
    row(
        "resource-many-values-crash",
        &["rfc8707-oversized"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if asks(facts) && sent(facts).len() > 100 {
                return Response::empty(500);
            }
            response
        })],
    ),
    row(
        "resource-long-value-crashes",
        &["rfc8707-oversized"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if asks(facts) && sent(facts).iter().any(|uri| uri.len() > 2048) {
                return Response::empty(500);
            }
            response
        })],
    ),
];

fn known<'u>(
    context: &Context<'_>,
    mut uris: impl Iterator<Item = &'u String>,
) -> Result<(), Refusal> {
    let resources = &context.server.resources;
    if uris.all(|uri| resources.iter().any(|own| own.uri == *uri)) {
        Ok(())
    } else {
        Err(INVALID_TARGET)
    }
}

/// Another comparison of a registered URI with one that is asked for.
fn known_as(
    context: &Context<'_>,
    facts: &Facts,
    fits: fn(&str, &str) -> bool,
) -> Result<(), Refusal> {
    let resources = &context.server.resources;
    let mut asked = facts.manager_request.resources.iter();
    if facts.is_grant(crate::vocabulary::GrantType::TokenExchange)
        || asked.all(|uri| resources.iter().any(|own| fits(&own.uri, uri)))
    {
        Ok(())
    } else {
        Err(INVALID_TARGET)
    }
}

fn cut(facts: &mut Facts, at: char) {
    renamed(facts, |values| {
        let cut = |value: String| value.split(at).next().unwrap_or_default().to_owned();
        values.into_iter().map(cut).collect()
    });
}

fn split(facts: &mut Facts, at: fn(char) -> bool) {
    renamed(facts, |values| {
        let parts = values.iter().flat_map(|value| value.split(at));
        parts.map(str::to_owned).collect()
    });
}
