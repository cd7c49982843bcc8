//! Lists that the target decides: `for_each: {x: @atms}` and so on (docs/writing-suites.md, "The case").

use super::Binding;
use super::applicable::Facts;
use crate::jose::Algorithm;
use crate::target::{AccessTokenManager, Client, resolve_atm};
use crate::vocabulary::Grant;

/// Why a source lists nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SourceProblem {
    /// The target has none of these; the text says what would grant them.
    Empty(String),
}

/// The names of all sources, for `check`.
pub const NAMES: &[&str] = &[
    "algorithms",
    "atm_pairs",
    "atm_path_uris",
    "atm_triples",
    "atm_uris",
    "atms",
    "audiences",
    "foreign_resources",
    "foreign_scopes",
    "grants",
    "ineligible_atm_uris",
    "ineligible_atms",
    "ineligible_nested",
    "locations",
    "nested_atm_uris",
    "redirect_uris",
    "resource_pairs",
    "resources",
    "same_atm_uris",
    "scopes",
    "shared_atm_uris",
];

/// The items of a source.
///
/// # Errors
/// It lists nothing for this client.
pub(super) fn list(source: &str, facts: &Facts<'_>) -> Result<Vec<Binding>, SourceProblem> {
    let items = match source {
        "scopes" => facts.scopes().iter().map(|scope| plain(scope)).collect(),
        "redirect_uris" => facts
            .own()
            .map(|client| client.redirect_uris.iter().map(|uri| plain(uri)).collect())
            .unwrap_or_default(),
        "locations" => facts
            .context
            .target
            .also_at
            .iter()
            .map(|url| members(&[("", &url.to_string()), ("url", &url.to_string())]))
            .collect(),
        "foreign_scopes" => {
            let own = facts.scopes();
            let other = facts
                .second()
                .map(|client| crate::probe::baseline::scopes(client, facts.grant));
            other
                .unwrap_or_default()
                .iter()
                .filter(|scope| !own.contains(scope))
                .map(|scope| plain(scope))
                .collect()
        }
        "audiences" => facts
            .context
            .target
            .token_exchange
            .iter()
            .flat_map(|exchange| &exchange.audiences)
            .map(|audience| plain(audience))
            .collect(),
        "resources" | "resource_pairs" | "foreign_resources" => resources(source, facts),
        "grants" => Grant::ALL
            .iter()
            .map(|grant| plain(grant.grant_type()))
            .collect(),
        "algorithms" => algorithms(facts),
        _ => managers(source, facts),
    };
    if items.is_empty() {
        return Err(SourceProblem::Empty(format!(
            "the target has no {}: set `access_token_managers` and the like in the target file",
            source.replace('_', " ")
        )));
    }
    Ok(items)
}

/// Resources (RFC 8707): each, each with the one that follows it, or those that exist for others only.
fn resources(source: &str, facts: &Facts<'_>) -> Vec<Binding> {
    let Some(resources) = &facts.context.target.resources else {
        return Vec::new();
    };
    let allowed = &resources.allowed;
    match source {
        "resources" => allowed.iter().map(|uri| plain(uri)).collect(),
        "resource_pairs" if allowed.len() > 1 => allowed
            .iter()
            .zip(allowed.iter().cycle().skip(1))
            .map(|(a, b)| members(&[("a", a), ("b", b)]))
            .collect(),
        "foreign_resources" => resources.foreign.iter().map(|uri| plain(uri)).collect(),
        _ => Vec::new(),
    }
}

/// The algorithms that the client's key allows, beside the one that it uses.
fn algorithms(facts: &Facts<'_>) -> Vec<Binding> {
    let Some(key) = facts.own().and_then(Client::assertion_key) else {
        return Vec::new();
    };
    Algorithm::ALL
        .iter()
        .filter(|algorithm| **algorithm != key.algorithm && key.key.check(**algorithm).is_ok())
        .map(|algorithm| plain(algorithm.name()))
        .collect()
}

fn has_path(uri: &str) -> bool {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    rest.split_once('/')
        .is_some_and(|(_, path)| !path.is_empty())
}

fn plain(value: &str) -> Binding {
    members(&[("", value)])
}

fn members(pairs: &[(&str, &str)]) -> Binding {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn managers(source: &str, facts: &Facts<'_>) -> Vec<Binding> {
    let all = &facts.context.target.access_token_managers;
    let target = facts.context.target;
    let Some(own) = facts.own() else {
        return Vec::new();
    };
    let eligible: Vec<&AccessTokenManager> = target.eligible_managers(own).collect();
    let ineligible: Vec<&AccessTokenManager> = all
        .iter()
        .filter(|manager| !eligible.iter().any(|able| able.id == manager.id))
        .collect();
    match source {
        "atms" => eligible
            .iter()
            .map(|manager| members(&[("", &manager.id), ("id", &manager.id)]))
            .collect(),
        "ineligible_atms" => ineligible
            .iter()
            .map(|manager| members(&[("", &manager.id), ("id", &manager.id)]))
            .collect(),
        "atm_uris" => uris(&eligible, all),
        "atm_path_uris" => uris(&eligible, all)
            .into_iter()
            .filter(|binding| binding.get("uri").is_some_and(|uri| has_path(uri)))
            .collect(),
        "ineligible_atm_uris" => uris(&ineligible, all),
        "nested_atm_uris" => nested(&eligible, &eligible),
        "ineligible_nested" => nested(&eligible, &ineligible),
        "atm_pairs" => tuples(&eligible, all, &["a", "b"]),
        "atm_triples" => tuples(&eligible, all, &["a", "b", "c"]),
        "same_atm_uris" => eligible
            .iter()
            .filter_map(|manager| match manager.resources.as_slice() {
                [first, second, ..] => Some(members(&[
                    ("id", &manager.id),
                    ("first", first),
                    ("second", second),
                ])),
                _ => None,
            })
            .collect(),
        "shared_atm_uris" => shared(&eligible),
        _ => Vec::new(),
    }
}

/// Whether documented matching of the URI leads to this one instance.
fn leads_to(uri: &str, id: &str, all: &[AccessTokenManager]) -> bool {
    resolve_atm(all, uri) == [id]
}

fn uris(some: &[&AccessTokenManager], all: &[AccessTokenManager]) -> Vec<Binding> {
    some.iter()
        .flat_map(|manager| manager.resources.iter().map(move |uri| (manager, uri)))
        .filter(|(manager, uri)| leads_to(uri, &manager.id, all))
        .map(|(manager, uri)| members(&[("", uri), ("id", &manager.id), ("uri", uri)]))
        .collect()
}

/// Pairs of URIs of different instances, one below the other.
fn nested(outer: &[&AccessTokenManager], inner: &[&AccessTokenManager]) -> Vec<Binding> {
    let mut pairs = Vec::new();
    for above in outer {
        for below in inner.iter().filter(|below| below.id != above.id) {
            for (top, deep) in above
                .resources
                .iter()
                .flat_map(|top| below.resources.iter().map(move |deep| (top, deep)))
                .filter(|(top, deep)| lies_below(deep, top))
            {
                pairs.push(members(&[
                    ("outer.id", &above.id),
                    ("outer.uri", top),
                    ("inner.id", &below.id),
                    ("inner.uri", deep),
                ]));
            }
        }
    }
    pairs
}

fn lies_below(deep: &str, top: &str) -> bool {
    deep.strip_prefix(top.trim_end_matches('/'))
        .is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
}

/// Different instances with URIs of their own, in rotating order, so that each comes first once.
fn tuples(
    some: &[&AccessTokenManager],
    all: &[AccessTokenManager],
    names: &[&str],
) -> Vec<Binding> {
    let with_uri: Vec<(&str, &str)> = some
        .iter()
        .filter_map(|manager| {
            let uri = manager
                .resources
                .iter()
                .find(|uri| leads_to(uri, &manager.id, all))?;
            Some((manager.id.as_str(), uri.as_str()))
        })
        .collect();
    if with_uri.len() < names.len() {
        return Vec::new();
    }
    (0..with_uri.len())
        .map(|start| {
            let mut binding = Binding::new();
            for (name, (id, uri)) in names.iter().zip(with_uri.iter().cycle().skip(start)) {
                binding.insert(format!("{name}.id"), (*id).to_owned());
                binding.insert(format!("{name}.uri"), (*uri).to_owned());
            }
            binding
        })
        .collect()
}

fn shared(some: &[&AccessTokenManager]) -> Vec<Binding> {
    let mut found: Vec<Binding> = Vec::new();
    for manager in some {
        for uri in &manager.resources {
            let ids: Vec<&str> = some
                .iter()
                .filter(|other| other.resources.contains(uri))
                .map(|other| other.id.as_str())
                .collect();
            let binding = members(&[("", uri), ("uri", uri), ("ids", &ids.join(" "))]);
            if ids.len() > 1 && !found.contains(&binding) {
                found.push(binding);
            }
        }
    }
    found
}
