//! `aud` and `resource` that match no instance.

use super::choice::{aborted, asked, asked_uri, by_uri, choose_as, fall_back, is_known, take};
use super::row;
use crate::access_token_manager::{Abort, ManagerRequest, ResourceUri};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;

const NO_MATCH: &[&str] = &["pingfederate-atm-aud-no-match"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "atm-aud-without-match-falls-back",
        NO_MATCH,
        &[
            (
                "pingfederate-atm-partial-scheme-authority",
                "a foreign URI matches nothing",
            ),
            (
                "pingfederate-atm-uri-equivalence",
                "a spelling that does not count matches nothing",
            ),
            (
                "pingfederate-atm-uri-query-fragment",
                "a foreign URI has the configured path in its query or fragment",
            ),
        ],
        &[Seam::Facts(aud_falls_back)],
    ),
    row(
        "atm-resource-without-match-falls-back",
        NO_MATCH,
        &[
            (
                "pingfederate-atm-partial-scheme-authority",
                "a foreign URI matches nothing",
            ),
            (
                "pingfederate-atm-several-resources-differ",
                "of several values one may match nothing",
            ),
            (
                "pingfederate-atm-uri-equivalence",
                "a spelling that does not count matches nothing",
            ),
            (
                "pingfederate-atm-uri-query-fragment",
                "a foreign URI has the configured path in its query or fragment",
            ),
        ],
        &[Seam::Facts(resource_falls_back)],
    ),
    row(
        "atm-malformed-uri-ignored",
        NO_MATCH,
        &[(
            "pingfederate-atm-partial-scheme-authority",
            "a URI without its scheme is none",
        )],
        &[Seam::Facts(malformed_ignored)],
    ),
    row(
        "atm-relative-uri-resolved",
        NO_MATCH,
        &[],
        &[Seam::Facts(relative_resolved)],
    ),
    row(
        "atm-id-accepted-as-uri",
        NO_MATCH,
        &[],
        &[Seam::Facts(id_as_uri)],
    ),
    row(
        "atm-star-matches-all",
        NO_MATCH,
        &[],
        &[Seam::Facts(star_matches_all)],
    ),
];

fn aud_falls_back(context: &Context<'_>, facts: &mut Facts) {
    let by_aud = asked(facts).is_some_and(|it| it.id.is_none() && it.aud.is_some());
    if by_aud && aborted(facts, Abort::NoMatch) {
        fall_back(context, facts);
    }
}

fn resource_falls_back(context: &Context<'_>, facts: &mut Facts) {
    let by_resource = asked(facts).is_some_and(|it| it.id.is_none() && it.aud.is_none());
    if by_resource && aborted(facts, Abort::NoMatch) {
        fall_back(context, facts);
    }
}

/// What is no URI is taken for a parameter of somebody else.
fn malformed_ignored(context: &Context<'_>, facts: &mut Facts) {
    if asked_uri(facts).is_some_and(|uri| ResourceUri::parse(&uri).is_none()) {
        fall_back(context, facts);
    }
}

/// A path is resolved against each configured URI.
fn relative_resolved(context: &Context<'_>, facts: &mut Facts) {
    let path = asked_uri(facts).filter(|uri| uri.starts_with('/') && !uri.starts_with("//"));
    let Some(path) = path else { return };
    let managers = context.server.managers.iter();
    let mut all = managers.flat_map(|it| it.resources.iter().map(move |(text, _)| (text, it)));
    if let Some((_, manager)) = all.find(|(text, _)| text.ends_with(&path)) {
        take(context, facts, manager);
    }
}

/// The identifier is one more URI of an instance.
fn id_as_uri(context: &Context<'_>, facts: &mut Facts) {
    if let Some(id) = asked_uri(facts).filter(|uri| is_known(context, uri)) {
        choose_as(context, facts, ManagerRequest::by_id(id));
    }
}

fn star_matches_all(context: &Context<'_>, facts: &mut Facts) {
    let managers = context.server.managers.iter();
    let first = managers.flat_map(|it| it.resources.first()).next();
    if let Some((text, _)) = first.filter(|_| asked_uri(facts).as_deref() == Some("*")) {
        choose_as(context, facts, by_uri(text));
    }
}
