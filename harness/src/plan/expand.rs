//! Cases over clients, grants, bindings and deviations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::applicable::{Facts, change_applies, step_applies};
use super::clients::{clients_and_grants, second_client};
use super::one::{ONE, of_one_client};
use super::sources::{self, SourceProblem};
use super::{Binding, Planned, PlannedRule, Variant};
use crate::suite::Suite;
use crate::suite::change::Change;
use crate::suite::model::Case;
use crate::target::Target;
use crate::target::capability::CapabilitySet;

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
