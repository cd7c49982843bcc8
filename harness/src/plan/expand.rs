//! Cases over clients, grants, bindings and deviations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::applicable::{Facts, change_applies, step_applies};
use super::one::{ONE, of_one_client};
use super::sources::{self, SourceProblem};
use super::{Binding, Planned, PlannedRule, Variant};
use crate::probe::baseline;
use crate::suite::Suite;
use crate::suite::change::Change;
use crate::suite::model::Case;
use crate::target::capability::CapabilitySet;
use crate::target::{Client, Target};
use crate::vocabulary::Grant;

/// A word beside those which a client must have: of the clients that do, one for each method.
pub const ONE_PER_METHOD: &str = "one_per_method";

/// What a plan is made for.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The rules.
    pub suite: &'a Suite,
    /// The server under test.
    pub target: &'a Target,
    /// What it has.
    pub capabilities: &'a CapabilitySet<'a>,
}

/// Expands the rules over the target, in order. Each case has at least one entry: its variants, or one that says
/// why there is none.
#[must_use]
pub fn expand(rules: &[PlannedRule], context: Context<'_>) -> Vec<Planned> {
    let mut plan = Vec::new();
    for rule in rules {
        let Some(file) = context.suite.rules.get(rule.rule) else {
            continue;
        };
        let cases = context.suite.cases_of(file);
        for (index, case) in cases.iter().enumerate() {
            let entry = |variant, skip| Planned {
                rule: *rule,
                case: index,
                variant,
                skip,
            };
            match variants(&file.needs, case, context) {
                Ok(variants) => plan.extend(variants.into_iter().map(|mut variant| {
                    variant.id = format!("{}/{}{}", file.id, case.name, variant.id);
                    entry(variant, None)
                })),
                Err(reason) => {
                    let id = format!("{}/{}", file.id, case.name);
                    plan.push(entry(
                        Variant {
                            id,
                            ..Variant::default()
                        },
                        Some(reason),
                    ));
                }
            }
        }
    }
    plan
}

/// The variants of a case, or why there are none.
fn variants(
    needs: &[crate::suite::text::Text],
    case: &Case,
    context: Context<'_>,
) -> Result<Vec<Variant>, String> {
    for word in needs.iter().chain(&case.needs) {
        require(context.capabilities, word.as_str())?;
    }
    for word in &case.allow {
        require(context.capabilities, word.as_str())?;
    }
    if case
        .baseline
        .iter()
        .any(|grant| grant.as_str() == "stranger")
    {
        return of_stranger(case, context);
    }
    let mut why_none = None;
    let mut variants = Vec::new();
    let deviations = deviations(case);
    for (client, grant) in clients_and_grants(case, context)? {
        let other = match second_client(case, (client, grant), context) {
            Ok(other) => other,
            Err(reason) => {
                why_none.get_or_insert(reason);
                continue;
            }
        };
        let facts = Facts::new(context, client, other, grant);
        match bindings(case, &facts) {
            Ok(bound) => {
                for bindings in &bound {
                    variants.extend(with_deviations(case, &deviations, &facts, bindings));
                }
            }
            Err(reason) => {
                why_none.get_or_insert(reason);
            }
        }
    }
    if variants.is_empty() {
        return Err(why_none.unwrap_or_else(|| NOTHING_TO_CHANGE.to_owned()));
    }
    if case.client.iter().any(|word| word.as_str() == ONE) {
        of_one_client(&mut variants);
    }
    Ok(variants)
}

const NOTHING_TO_CHANGE: &str =
    "no request of this target has the parameters that the case deviates in";

/// The variants of a client that the target does not know.
fn of_stranger(case: &Case, context: Context<'_>) -> Result<Vec<Variant>, String> {
    let facts = Facts::of_stranger(context);
    let deviations = deviations(case);
    let mut variants: Vec<Variant> = bindings(case, &facts)?
        .into_iter()
        .flat_map(|bindings| with_deviations(case, &deviations, &facts, &bindings))
        .collect();
    for variant in &mut variants {
        variant.stranger = true;
    }
    if variants.is_empty() {
        return Err(NOTHING_TO_CHANGE.to_owned());
    }
    Ok(variants)
}

/// Whether the target has a word, or lacks one that begins with `-`; else why not.
fn require(capabilities: &CapabilitySet<'_>, word: &str) -> Result<(), String> {
    match word.strip_prefix('-') {
        Some(bare) if capabilities.has(bare) => Err(format!(
            "is about targets without `{bare}`, which this one has"
        )),
        Some(_) => Ok(()),
        None if capabilities.has(word) => Ok(()),
        None => Err(capabilities.reason_missing(word)),
    }
}

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
type Pair = (Option<usize>, Option<Grant>);

/// The clients that fit, each with each of its grants that the case is about.
fn clients_and_grants(case: &Case, context: Context<'_>) -> Result<Vec<Pair>, String> {
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
        let wanted = words.join(", ");
        let grants: Vec<&str> = case
            .baseline
            .iter()
            .map(crate::suite::text::Text::as_str)
            .collect();
        return Err(if clients == 0 && !words.is_empty() {
            format!("no client has {wanted}")
        } else {
            format!("no client has the grant {}", grants.join(" or "))
        });
    }
    Ok(pairs)
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

fn second_client(
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

/// The product of `for_each`.
fn bindings(case: &Case, facts: &Facts<'_>) -> Result<Vec<BTreeMap<String, Binding>>, String> {
    let mut product = vec![BTreeMap::new()];
    for (name, values) in &case.for_each {
        let mut list = Vec::new();
        for value in values.iter() {
            match value.as_str().strip_prefix('@') {
                Some(source) => match sources::list(source, facts) {
                    Ok(items) => list.extend(items),
                    Err(SourceProblem::Empty(why)) => return Err(why),
                },
                None => list.push(Binding::from([(String::new(), value.value.clone())])),
            }
        }
        if name == "parameter" {
            list.retain(|item| item.get("").is_some_and(|value| facts.has_parameter(value)));
            if list.is_empty() {
                return Err("no request of this target has such a parameter".to_owned());
            }
        }
        product = product
            .into_iter()
            .flat_map(|bound: BTreeMap<String, Binding>| {
                list.iter().map(move |item| {
                    let mut bound = bound.clone();
                    bound.insert(name.clone(), item.clone());
                    bound
                })
            })
            .collect();
    }
    Ok(product)
}

/// A deviation with its label.
type Deviation = Option<(String, Arc<Change>)>;

/// The deviations of a case; a case without any has none that deviates.
fn deviations(case: &Case) -> Vec<Deviation> {
    let own = case.deviation.iter();
    let own = own.map(|change| Some((String::new(), Arc::new(change.clone()))));
    let labelled = case.deviations.0.iter();
    let labelled =
        labelled.map(|(label, change)| Some((label.value.clone(), Arc::new(change.clone()))));
    let mut deviations: Vec<_> = own.chain(labelled).collect();
    if deviations.is_empty() {
        deviations.push(None);
    }
    deviations
}

/// One variant for each deviation that applies.
fn with_deviations(
    case: &Case,
    deviations: &[Deviation],
    facts: &Facts<'_>,
    bindings: &BTreeMap<String, Binding>,
) -> Vec<Variant> {
    deviations
        .iter()
        .filter(|deviation| {
            deviation
                .as_ref()
                .is_none_or(|(_, change)| change_applies(change, facts, bindings))
                && case
                    .steps
                    .iter()
                    .all(|step| step_applies(step, facts, bindings))
        })
        .map(|deviation| {
            let mut variant = Variant {
                id: String::new(),
                stranger: false,
                client: facts.client,
                other: facts.other,
                grant: facts.grant,
                bindings: bindings.clone(),
                deviation: deviation.clone(),
            };
            variant.id = variant_id(&variant, facts);
            variant
        })
        .collect()
}

fn variant_id(variant: &Variant, facts: &Facts<'_>) -> String {
    let client = facts.client_name().map(str::to_owned);
    let grant = variant.grant.map(|grant| grant.name().to_owned());
    let parts = [client, grant, variant.parameter(), variant.position()];
    parts
        .into_iter()
        .flatten()
        .fold(String::new(), |id, part| id + "/" + &part)
}
