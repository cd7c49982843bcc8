//! Which clients of the target a case is about, each with which of its grants.

use std::collections::BTreeSet;

use super::expand::Context;
use super::one::ONE;
use crate::probe::baseline;
use crate::suite::model::Case;
use crate::target::Client;
use crate::vocabulary::Grant;

/// A word beside those which a client must have: of the clients that do, one for each method.
pub const ONE_PER_METHOD: &str = "one_per_method";

/// Whether a client has a word, or lacks one that begins with `-`.
fn client_fits(context: Context<'_>, client: &Client, grant: Option<Grant>, word: &str) -> bool {
    let (bare, wanted) = word
        .strip_prefix('-')
        .map_or((word, true), |bare| (bare, false));
    let has = match grant {
        Some(grant) => context.capabilities.client_has_for(client, bare, grant),
        None => context.capabilities.client_has(client, bare),
    };
    has == wanted
}

/// A client by its index, and a grant; a case without a baseline has no grant.
pub(super) type Pair = (Option<usize>, Option<Grant>);

/// The clients that fit, each with each of its grants that the case is about.
pub(super) fn clients_and_grants(case: &Case, context: Context<'_>) -> Result<Vec<Pair>, String> {
    if context.target.clients.is_empty() {
        return Err("needs `clients`: set a client under `clients` in a target file".to_owned());
    }
    let (selectors, words): (Vec<&str>, Vec<&str>) = case
        .client
        .iter()
        .map(crate::suite::text::Text::as_str)
        .partition(|word| [ONE, ONE_PER_METHOD].contains(word));
    let mut pairs = Vec::new();
    let mut clients = 0;
    for (index, client) in context.target.clients.iter().enumerate() {
        let fits = |grant: Option<Grant>| {
            words
                .iter()
                .all(|word| client_fits(context, client, grant, word))
        };
        let grants = grants_of(case, client);
        clients += usize::from(fits(None) || grants.iter().any(|grant| fits(*grant)));
        let fitting = grants.into_iter().filter(|grant| fits(*grant));
        pairs.extend(fitting.map(|grant| (Some(index), grant)));
    }
    if selectors.contains(&ONE_PER_METHOD) {
        one_per_method(&mut pairs, case, context);
    }
    if pairs.is_empty() {
        let grants: Vec<&str> = case
            .baseline
            .iter()
            .map(crate::suite::text::Text::as_str)
            .collect();
        return Err(if clients == 0 && !words.is_empty() {
            no_client(&words)
        } else {
            format!("no client has the grant {}", grants.join(" or "))
        });
    }
    Ok(pairs)
}

/// What no client is: "no client has `a` and `b` without `c`".
fn no_client(words: &[&str]) -> String {
    let (without, with): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| word.starts_with('-'));
    let quoted = |words: &[&str], last: &str| {
        let quoted = words
            .iter()
            .map(|word| format!("`{}`", word.trim_start_matches('-')));
        quoted.collect::<Vec<_>>().join(last)
    };
    let (has, lacks) = (quoted(&with, " and "), quoted(&without, " or "));
    match (with.is_empty(), without.is_empty()) {
        (true, _) => format!("no client is without {lacks}"),
        (false, true) => format!("no client has {has}"),
        (false, false) => format!("no client has {has} without {lacks}"),
    }
}

/// Leaves one client for each authentication method; where the case names grants, or `each`, one for each
/// method and grant.
fn one_per_method(
    pairs: &mut Vec<(Option<usize>, Option<Grant>)>,
    case: &Case,
    context: Context<'_>,
) {
    let any = case.baseline.iter().any(|word| word.as_str() == "any");
    let mut seen = BTreeSet::new();
    pairs.retain(|(client, grant)| {
        let client = client.and_then(|index| context.target.clients.get(index));
        let grant = grant.filter(|_| !any);
        seen.insert((client.map(|client| client.auth), grant))
    });
}

/// The grants of a client that the case's baseline names; one `None` where it names none.
fn grants_of(case: &Case, client: &Client) -> Vec<Option<Grant>> {
    if case.baseline.is_empty() {
        return vec![None];
    }
    let able: Vec<Grant> = client
        .grants
        .iter()
        .copied()
        .filter(|grant| baseline::can_send(*grant))
        .collect();
    let mut grants = Vec::new();
    for word in case.baseline.iter() {
        match word.as_str() {
            "each" => grants.extend(
                able.iter()
                    .copied()
                    .filter(|grant| baseline::issues(*grant)),
            ),
            "any" => grants.extend(baseline::cheapest(&able)),
            name => grants.extend(able.iter().copied().filter(|grant| grant.name() == name)),
        }
    }
    grants.sort_unstable();
    grants.dedup();
    grants.into_iter().map(Some).collect()
}

/// The other client of a case, by its index; `None` where the case names none.
pub(super) fn second_client(
    case: &Case,
    (client, grant): Pair,
    context: Context<'_>,
) -> Result<Option<usize>, String> {
    let Some(words) = &case.other else {
        return Ok(None);
    };
    let own = client.and_then(|index| context.target.clients.get(index));
    let related = |other: &Client, relation: &str| match relation {
        "further_scope" => Some(own.is_some_and(|own| {
            let scopes = |client| baseline::scopes(client, grant);
            let own = scopes(own);
            scopes(other).iter().any(|scope| !own.contains(scope))
        })),
        "same_key" => Some(own.is_some_and(|own| own.shares_key_with(other))),
        "same_method" => Some(own.is_some_and(|own| own.auth == other.auth)),
        "same_redirect_uri" => Some(own.is_some_and(|own| {
            own.redirect_uris
                .first()
                .is_some_and(|uri| other.redirect_uris.contains(uri))
        })),
        _ => None,
    };
    let fits = |other: &Client| {
        words.iter().all(|word| {
            let word = word.as_str();
            let (bare, wanted) = word
                .strip_prefix('-')
                .map_or((word, true), |bare| (bare, false));
            related(other, bare).map_or_else(
                || client_fits(context, other, None, word),
                |has| has == wanted,
            )
        })
    };
    let clients = context.target.clients.iter().enumerate();
    clients
        .filter(|(index, other)| Some(*index) != client && fits(other))
        .map(|(index, _)| index)
        .next()
        .map(Some)
        .ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(crate::suite::text::Text::as_str).collect();
            format!(
                "{} with {}",
                context.capabilities.reason_missing("second_client"),
                words.join(", ")
            )
        })
}
