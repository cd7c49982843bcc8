//! Resource URIs, compared in other ways than the documented one.

use std::sync::Arc;

use crate::access_token_manager::{Abort, Manager, Match, ResourceUri};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Facts, ManagerChoice};

use super::choice::{asked_uri, by_uri, choose_as, fall_back, take};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "atm-uri-by-text-prefix",
        BOUNDARY,
        &[],
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
        &[],
        &[Seam::Facts(wrong_way_round)],
    ),
    row(
        "atm-first-uri-of-an-instance-only",
        EXACT,
        &[],
        &[Seam::Facts(first_uri_only)],
    ),
    row(
        "atm-exact-match-only",
        PARTIAL,
        &[],
        &[Seam::Facts(exact_only)],
    ),
    row(
        "atm-one-level-below-only",
        PARTIAL,
        &[],
        &[Seam::Facts(one_level_only)],
    ),
    row(
        "atm-path-found-in-query",
        QUERY,
        &[],
        &[Seam::Facts(path_in_query)],
    ),
    row(
        "atm-query-makes-another-uri",
        QUERY,
        &[],
        &[Seam::Facts(query_refused)],
    ),
    row(
        "atm-fragment-ignored",
        QUERY,
        &[],
        &[Seam::Facts(fragment_ignored)],
    ),
    row(
        "atm-trailing-slash-falls-back",
        SLASH,
        &[],
        &[Seam::Facts(slash_falls_back)],
    ),
    row(
        "atm-trailing-slash-refused",
        SLASH,
        &[],
        &[Seam::Facts(slash_refused)],
    ),
    row(
        "atm-odd-spelling-falls-back",
        SPELLING,
        &[],
        &[Seam::Facts(odd_falls_back)],
    ),
    row(
        "atm-dot-segments-kept",
        SPELLING,
        &[],
        &[Seam::Facts(dots_kept)],
    ),
    row(
        "atm-host-case-compared",
        SPELLING,
        &[],
        &[Seam::Facts(host_case)],
    ),
    row(
        "atm-first-match-decides",
        DEPTH,
        &[],
        &[Seam::Facts(first_match)],
    ),
    row(
        "atm-deepest-configured-wins",
        DEEPEST,
        &[],
        &[Seam::Facts(deepest)],
    ),
    row(
        "atm-shortest-match-wins",
        SHORTEST,
        &[],
        &[Seam::Facts(shortest)],
    ),
];

const AUTHORITY: &[&str] = &["pingfederate-atm-partial-scheme-authority"];
const BOUNDARY: &[&str] = &[
    "pingfederate-atm-partial-scheme-authority",
    "pingfederate-atm-segment-boundary",
];
const DEEPEST: &[&str] = &["pingfederate-atm-exact-over-partial"];
const DEPTH: &[&str] = &[
    "pingfederate-atm-exact-over-partial",
    "pingfederate-atm-most-specific-partial",
];
const EXACT: &[&str] = &["pingfederate-atm-aud-exact"];
const PARTIAL: &[&str] = &["pingfederate-atm-partial-match"];
const QUERY: &[&str] = &["pingfederate-atm-uri-query-fragment"];
const SHORTEST: &[&str] = &["pingfederate-atm-most-specific-partial"];
const SLASH: &[&str] = &["pingfederate-atm-uri-trailing-slash"];
const SPELLING: &[&str] = &["pingfederate-atm-uri-equivalence"];
const UPWARDS: &[&str] = &["pingfederate-atm-partial-not-upwards"];

const fn row(
    id: &'static str,
    kills: &'static [&'static str],
    also: &'static [(&'static str, &'static str)],
    seams: &'static [Seam],
) -> Defect {
    Defect {
        id,
        kills,
        also,
        seams,
    }
}

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

/// Scheme, authority and the rest of a URI.
fn split(uri: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
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

fn refuse(facts: &mut Facts) {
    facts.manager = ManagerChoice::Aborted(Abort::NoMatch);
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

fn query_refused(_: &Context<'_>, facts: &mut Facts) {
    if asked_uri(facts).is_some_and(|uri| uri.contains('?')) {
        refuse(facts);
    }
}

fn fragment_ignored(context: &Context<'_>, facts: &mut Facts) {
    if let Some((uri, _)) = asked_uri(facts)
        .as_deref()
        .and_then(|uri| uri.split_once('#'))
    {
        choose_as(context, facts, by_uri(uri));
    }
}

fn slash_falls_back(context: &Context<'_>, facts: &mut Facts) {
    if asked_uri(facts).is_some_and(|uri| uri.ends_with('/')) {
        fall_back(context, facts);
    }
}

fn slash_refused(_: &Context<'_>, facts: &mut Facts) {
    if asked_uri(facts).is_some_and(|uri| uri.ends_with('/')) {
        refuse(facts);
    }
}

/// A URI that is not in normal form is no URI that the lookup knows.
fn odd_falls_back(context: &Context<'_>, facts: &mut Facts) {
    let odd = |uri: &str| {
        let upper = |text: &str| text.bytes().any(|octet| octet.is_ascii_uppercase());
        let shouted = split(uri).is_some_and(|(scheme, host, _)| upper(scheme) || upper(host));
        shouted || uri.contains('%') || uri.contains("/./") || uri.contains("/../")
    };
    if asked_uri(facts).as_deref().is_some_and(odd) {
        fall_back(context, facts);
    }
}

fn dots_kept(context: &Context<'_>, facts: &mut Facts) {
    let dots = |uri: &String| uri.contains("/./") || uri.contains("/../");
    if let Some(uri) = asked_uri(facts).filter(dots) {
        let kept = uri.replace("/..", "/dots").replace("/.", "/dot");
        choose_as(context, facts, by_uri(&kept));
    }
}

fn host_case(_: &Context<'_>, facts: &mut Facts) {
    let shouted = |uri: &str| {
        let host = split(uri).map(|(_, host, _)| host);
        host.is_some_and(|host| host.bytes().any(|octet| octet.is_ascii_uppercase()))
    };
    if asked_uri(facts).as_deref().is_some_and(shouted) {
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
