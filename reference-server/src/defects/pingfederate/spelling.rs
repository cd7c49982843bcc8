//! Resource URIs, spelt in another way than the configured one.

use super::choice::{asked_uri, by_uri, choose_as, fall_back, refuse, split};
use super::row;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;

const QUERY: &[&str] = &["pingfederate-atm-uri-query-fragment"];
const SLASH: &[&str] = &["pingfederate-atm-uri-trailing-slash"];
const SPELLING: &[&str] = &["pingfederate-atm-uri-equivalence"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
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
];

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
