//! Resource URIs, one below the other: which match counts.

use std::sync::Arc;

use super::choice::{asked_uri, refuse, take};
use super::row;
use crate::access_token_manager::{Manager, Match, ResourceUri};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;

const BELOW: &str = "it asks for URIs below configured ones, too";
const DEEPEST: &[&str] = &["pingfederate-atm-exact-over-partial"];
const DEPTH: &[&str] = &[
    "pingfederate-atm-exact-over-partial",
    "pingfederate-atm-most-specific-partial",
];
const EXACT: &[&str] = &["pingfederate-atm-aud-exact"];
const INNER: &str = "it asks for the URI of an inner instance, or for one below it";
const OTHER: &str = "it asks for every configured URI of an instance";
const OUTER: &str = "it asks for the URI of an outer instance, too";
const PARTIAL: &[&str] = &["pingfederate-atm-partial-match"];
const SHORTEST: &[&str] = &["pingfederate-atm-most-specific-partial"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "atm-first-uri-of-an-instance-only",
        EXACT,
        &[
            (
                "pingfederate-token-exchange-audience-atm",
                "the audience there is another URI of an instance",
            ),
            ("pingfederate-atm-aud-beats-resource", OTHER),
            ("pingfederate-atm-empty-values", OTHER),
            ("pingfederate-atm-partial-match", OTHER),
            ("pingfederate-atm-segment-boundary", OTHER),
            ("pingfederate-atm-uri-equivalence", OTHER),
            ("pingfederate-atm-uri-query-fragment", OTHER),
            ("pingfederate-atm-uri-trailing-slash", OTHER),
        ],
        &[Seam::Facts(first_uri_only)],
    ),
    row(
        "atm-exact-match-only",
        PARTIAL,
        &[
            ("pingfederate-atm-most-specific-partial", BELOW),
            ("pingfederate-atm-same-uri-twice", BELOW),
            ("pingfederate-atm-segment-boundary", BELOW),
            ("pingfederate-atm-uri-equivalence", BELOW),
            ("pingfederate-atm-uri-query-fragment", BELOW),
            ("pingfederate-atm-uri-trailing-slash", BELOW),
        ],
        &[Seam::Facts(exact_only)],
    ),
    row(
        "atm-one-level-below-only",
        PARTIAL,
        &[
            ("pingfederate-atm-segment-boundary", BELOW),
            ("pingfederate-atm-uri-equivalence", BELOW),
            (
                "pingfederate-atm-uri-trailing-slash",
                "two slashes are two levels",
            ),
        ],
        &[Seam::Facts(one_level_only)],
    ),
    row(
        "atm-first-match-decides",
        DEPTH,
        &[
            (
                "pingfederate-validate-bearer-atm",
                "the instance of the token to be validated is chosen so, too",
            ),
            ("pingfederate-atm-at-authorization", INNER),
            ("pingfederate-atm-aud-beats-resource", INNER),
            ("pingfederate-atm-aud-exact", INNER),
            ("pingfederate-atm-best-match-ineligible", INNER),
            ("pingfederate-atm-eligibility-acl", INNER),
            ("pingfederate-atm-empty-values", INNER),
            ("pingfederate-atm-partial-match", INNER),
            ("pingfederate-atm-partial-not-upwards", INNER),
            ("pingfederate-atm-segment-boundary", INNER),
            ("pingfederate-atm-uri-equivalence", INNER),
            ("pingfederate-atm-uri-query-fragment", INNER),
            ("pingfederate-atm-uri-trailing-slash", INNER),
        ],
        &[Seam::Facts(first_match)],
    ),
    row(
        "atm-deepest-configured-wins",
        DEEPEST,
        &[
            ("pingfederate-atm-at-authorization", OUTER),
            ("pingfederate-atm-aud-beats-resource", OUTER),
            ("pingfederate-atm-aud-exact", OUTER),
            ("pingfederate-atm-empty-values", OUTER),
            ("pingfederate-atm-partial-not-upwards", OUTER),
            ("pingfederate-atm-uri-trailing-slash", OUTER),
        ],
        &[Seam::Facts(deepest)],
    ),
    row(
        "atm-shortest-match-wins",
        SHORTEST,
        &[
            ("pingfederate-atm-best-match-ineligible", INNER),
            ("pingfederate-atm-partial-match", INNER),
            ("pingfederate-atm-segment-boundary", INNER),
            ("pingfederate-atm-uri-equivalence", INNER),
            ("pingfederate-atm-uri-query-fragment", INNER),
            ("pingfederate-atm-uri-trailing-slash", INNER),
        ],
        &[Seam::Facts(shortest)],
    ),
];

/// The documented matches of the URI that is asked for: the configured texts, each with its instance.
fn matches<'m>(context: &Context<'m>, uri: &str) -> Vec<(&'m str, Match, &'m Arc<Manager>)> {
    let Some(uri) = ResourceUri::parse(uri) else {
        return Vec::new();
    };
    let managers = context.server.managers.iter();
    let all = managers.flat_map(|it| it.resources.iter().map(move |(text, own)| (text, own, it)));
    all.filter_map(|(text, own, manager)| Some((text.as_str(), own.matches(&uri)?, manager)))
        .collect()
}

/// Of the URIs of an instance the first one is looked at.
fn first_uri_only(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    let is_first = |(text, _, manager): &(&str, Match, &Arc<Manager>)| {
        manager
            .resources
            .first()
            .is_some_and(|(first, _)| first == text)
    };
    let all = matches(context, &uri);
    let best = all
        .iter()
        .filter(|found| is_first(found))
        .max_by_key(|(_, how, _)| *how);
    match best {
        Some((_, _, manager)) => take(context, facts, manager),
        None if all.is_empty() => {}
        None => refuse(facts),
    }
}

fn exact_only(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    if matches(context, &uri)
        .iter()
        .all(|(_, how, _)| *how != Match::Exact)
    {
        refuse(facts);
    }
}

/// What lies more than one segment below a configured path does not match.
fn one_level_only(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    let deep = |text: &str| {
        let below = uri.strip_prefix(text.trim_end_matches('/'));
        below.is_some_and(|below| below.matches('/').count() > 1)
    };
    let best = matches(context, &uri)
        .into_iter()
        .max_by_key(|(_, how, _)| *how);
    if best.is_some_and(|(text, how, _)| how != Match::Exact && deep(text)) {
        refuse(facts);
    }
}

/// The first configured instance that matches in any way is taken.
fn first_match(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    if let Some((_, _, manager)) = matches(context, &uri).first() {
        take(context, facts, manager);
    }
}

/// Of all configured URIs that begin with the requested one the longest is taken.
fn deepest(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    let managers = context.server.managers.iter();
    let all = managers.flat_map(|it| it.resources.iter().map(move |(text, _)| (text, it)));
    let below = all.filter(|(text, _)| text.starts_with(&uri));
    if let Some((_, manager)) = below.max_by_key(|(text, _)| text.len()) {
        take(context, facts, manager);
    }
}

/// Of several partial matches the shortest is taken.
fn shortest(context: &Context<'_>, facts: &mut Facts) {
    let Some(uri) = asked_uri(facts) else { return };
    let all = matches(context, &uri);
    if all.iter().any(|(_, how, _)| *how == Match::Exact) {
        return;
    }
    if let Some((_, _, manager)) = all.iter().min_by_key(|(text, _, _)| text.len()) {
        take(context, facts, manager);
    }
}
