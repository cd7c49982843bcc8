//! Resource URIs, matched where the documented comparison finds no match.

use std::sync::Arc;

use super::choice::{asked_uri, split, take};
use super::row;
use crate::access_token_manager::{Manager, Match, ResourceUri};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;

const AUTHORITY: &[&str] = &["pingfederate-atm-partial-scheme-authority"];
const BOUNDARY: &[&str] = &[
    "pingfederate-atm-partial-scheme-authority",
    "pingfederate-atm-segment-boundary",
];
const QUERY: &[&str] = &["pingfederate-atm-uri-query-fragment"];
const UPWARDS: &[&str] = &["pingfederate-atm-partial-not-upwards"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "atm-uri-by-text-prefix",
        BOUNDARY,
        &[
            (
                "pingfederate-atm-uri-equivalence",
                "a path that leaves the configured one begins with it",
            ),
            (
                "pingfederate-atm-uri-query-fragment",
                "with a fragment the URI begins with the configured one",
            ),
        ],
        &[Seam::Facts(by_text_prefix)],
    ),
    row(
        "atm-scheme-not-compared",
        AUTHORITY,
        &[],
        &[Seam::Facts(scheme_not_compared)],
    ),
    row(
        "atm-port-not-compared",
        AUTHORITY,
        &[],
        &[Seam::Facts(port_not_compared)],
    ),
    row(
        "atm-host-by-suffix",
        AUTHORITY,
        &[],
        &[Seam::Facts(host_by_suffix)],
    ),
    row(
        "atm-uri-found-inside",
        AUTHORITY,
        &[],
        &[Seam::Facts(found_inside)],
    ),
    row(
        "atm-scheme-relative-accepted",
        AUTHORITY,
        &[],
        &[Seam::Facts(scheme_relative)],
    ),
    row(
        "atm-parent-domain-matches",
        AUTHORITY,
        &[],
        &[Seam::Facts(parent_domain)],
    ),
    row(
        "atm-user-information-ignored",
        AUTHORITY,
        &[],
        &[Seam::Facts(user_ignored)],
    ),
    row(
        "atm-prefix-the-wrong-way-round",
        UPWARDS,
        &[(
            "pingfederate-atm-uri-trailing-slash",
            "a configured URI without its slash is a beginning of it",
        )],
        &[Seam::Facts(wrong_way_round)],
    ),
    row(
        "atm-path-found-in-query",
        QUERY,
        &[(
            "pingfederate-atm-partial-scheme-authority",
            "a foreign URI has the configured one in query or fragment",
        )],
        &[Seam::Facts(path_in_query)],
    ),
];

/// How well a requested URI fits an instance: by the documented comparison, or else by a sloppy one.
fn fit(manager: &Manager, uri: &str, sloppy: fn(&str, &str) -> bool) -> Option<(usize, bool)> {
    let parsed = ResourceUri::parse(uri);
    let own = manager.resources.iter().filter_map(|(text, configured)| {
        match parsed.as_ref().and_then(|uri| configured.matches(uri)) {
            Some(Match::Exact) => Some((usize::MAX, false)),
            Some(Match::Partial(_)) => Some((text.len(), false)),
            None => sloppy(text, uri).then_some((text.len(), true)),
        }
    });
    own.max()
}

/// Takes the instance that fits best, where only a sloppy comparison finds it.
fn also_by(context: &Context<'_>, facts: &mut Facts, sloppy: fn(&str, &str) -> bool) {
    let Some(uri) = asked_uri(facts) else { return };
    let mut best: Option<((usize, bool), &Arc<Manager>)> = None;
    for manager in &context.server.managers {
        if let Some(found) = fit(manager, &uri, sloppy)
            && best.is_none_or(|(have, _)| found > have)
        {
            best = Some((found, manager));
        }
    }
    if let Some(((_, true), manager)) = best {
        take(context, facts, manager);
    }
}

/// Whether a URI as mended fits a configured one as documented.
fn mended(configured: &str, uri: &str) -> bool {
    let parsed = ResourceUri::parse(configured).zip(ResourceUri::parse(uri));
    parsed.is_some_and(|(configured, uri)| configured.matches(&uri).is_some())
}

fn by_text_prefix(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        uri.starts_with(configured)
    });
}

fn scheme_not_compared(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        let parts = split(configured).zip(split(uri));
        parts.is_some_and(|((scheme, _, _), (_, authority, rest))| {
            mended(configured, &format!("{scheme}://{authority}{rest}"))
        })
    });
}

fn port_not_compared(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        split(uri).is_some_and(|(scheme, authority, rest)| {
            let host = authority.split(':').next().unwrap_or(authority);
            mended(configured, &format!("{scheme}://{host}{rest}"))
        })
    });
}

/// Compares hosts by a condition on the configured and the requested one.
fn hosts(configured: &str, uri: &str, same: fn(&str, &str) -> bool) -> bool {
    let parts = split(configured).zip(split(uri));
    parts.is_some_and(|((_, own, _), (scheme, other, rest))| {
        same(own, other) && mended(configured, &format!("{scheme}://{own}{rest}"))
    })
}

fn host_by_suffix(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        hosts(configured, uri, |own, other| other.ends_with(own))
    });
}

fn parent_domain(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        hosts(configured, uri, |own, other| {
            own.strip_suffix(other)
                .is_some_and(|rest| rest.ends_with('.'))
        })
    });
}

fn user_ignored(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        hosts(configured, uri, |own, other| {
            other.split_once('@').is_some_and(|(_, host)| host == own)
        })
    });
}

/// The configured URI stands anywhere in the requested one.
fn found_inside(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        uri.find(configured).is_some_and(|at| at > 0)
    });
}

fn scheme_relative(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        uri.starts_with("//") && mended(configured, &format!("https:{uri}"))
    });
}

/// The arguments of the comparison are swapped: what contains the configured URI matches.
fn wrong_way_round(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        configured.starts_with(uri)
    });
}

/// The path of a configured URI stands in query or fragment.
fn path_in_query(context: &Context<'_>, facts: &mut Facts) {
    also_by(context, facts, |configured, uri| {
        let tail = uri.find(['?', '#']).and_then(|at| uri.get(at..));
        let path = split(configured)
            .map(|(_, _, path)| path)
            .filter(|it| it.len() > 1);
        tail.zip(path).is_some_and(|(tail, path)| {
            tail.contains(path) && hosts(configured, configured, |_, _| true)
        })
    });
}
