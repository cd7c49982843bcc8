//! The operators that apply to a target, each for the clients and grants that it applies to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::made::Made;
use super::operator::{Effect, Operator, OperatorKind};
use super::sequence::Sequence;
use crate::plan::{self, Context, PlannedRule, Variant};
use crate::suite::model::{Case, Source};
use crate::suite::text::Text;
use crate::suite::{Rule, Suite};
use crate::target::Target;
use crate::target::capability::CapabilitySet;
use crate::vocabulary::{Grant, Level};

/// How often a mutation is drawn with another beside it that changes nothing.
const BESIDE: f64 = 0.25;

/// The most of them.
const MOST_BESIDE: usize = 2;

/// At least so many of the draws must be accepted: where most mutations are faults of the credentials, hardly a request would
/// reach what comes after them.
const ACCEPTED: f64 = 0.25;

/// One mutation, and whom it applies to.
#[derive(Debug)]
struct Mutation {
    operator: usize,
    /// The label of the deviation, where the operator has several.
    label: Option<String>,
    variants: Vec<Variant>,
    made: Arc<Made>,
}

impl Mutation {
    /// For whom else it is. The change is the mutation's: hundreds of thousands of variants need no copy each.
    fn add(&mut self, variant: Variant) {
        let changes = self.made.case().deviation.is_some();
        self.variants.push(Variant {
            id: String::new(),
            deviation: variant.deviation.filter(|_| !changes),
            ..variant
        });
    }
}

/// A mutation, and which of its variants.
type Place = (usize, usize);

/// The operators that apply to a target.
#[derive(Debug)]
pub struct Arsenal {
    operators: Vec<Operator>,
    mutations: Vec<Mutation>,
    /// Mutations that may stand beside others, by client and grant.
    preserving: HashMap<(Option<usize>, Option<Grant>), Vec<Place>>,
    /// Mutations that must be accepted.
    accepted: Vec<usize>,
    /// With this chance one of those is drawn, else any: together at least the share that is wanted.
    lift: f64,
}

/// What was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    made: Arc<Made>,
    /// For whom it is sent, the values bound.
    pub variant: Variant,
    /// The rule that a wrong answer breaks.
    pub rule: String,
    /// What the mutation makes of the request.
    pub effect: Effect,
}

impl Drawn {
    /// The case.
    #[must_use]
    pub fn case(&self) -> &Case {
        self.made.case()
    }

    /// The case, to be kept.
    #[must_use]
    pub fn shared_case(&self) -> Arc<Case> {
        Arc::clone(self.made.case())
    }

    /// The mutations by name.
    #[must_use]
    pub fn operators(&self) -> &[String] {
        self.made.operators()
    }

    /// What is kept of it.
    #[must_use]
    pub fn sequence(&self, target: &Target) -> Sequence {
        let name = |index: Option<usize>| {
            let client = index.and_then(|index| target.clients.get(index));
            client.map(|client| client.name.clone())
        };
        Sequence {
            rule: self.rule.clone(),
            operators: self.made.operators().to_vec(),
            client: name(self.variant.client),
            other: name(self.variant.other),
            grant: self.variant.grant.map(|grant| grant.name().to_owned()),
            values: self.variant.bindings.clone(),
            case: self.made.value(),
        }
    }
}

impl Arsenal {
    /// What applies to a target. `wanted` chooses among the operators by name.
    #[must_use]
    pub fn new(
        mut operators: Vec<Operator>,
        target: &Target,
        capabilities: &CapabilitySet<'_>,
        wanted: impl Fn(&str) -> bool,
    ) -> Self {
        let lockout = target.is_loopback() || capabilities.has("lockout");
        operators.retain(|operator| {
            wanted(&operator.name) && (lockout || !operator.case.contains_key("hurts"))
        });
        let rules = operators.iter().map(rule).collect();
        let suite = Suite {
            rules,
            ..Suite::default()
        };
        let planned: Vec<PlannedRule> = (0..suite.rules.len())
            .map(|rule| PlannedRule {
                rule,
                level: Level::Must,
            })
            .collect();
        let context = Context {
            suite: &suite,
            target,
            capabilities,
        };
        let mut mutations: Vec<Mutation> = Vec::new();
        let mut places: BTreeMap<(usize, Option<String>), usize> = BTreeMap::new();
        for planned in plan::expand(&planned, context) {
            if planned.skip.is_some() {
                continue;
            }
            let label = planned.variant.deviation.as_ref();
            let label = label.map(|(label, _)| label.clone());
            let label = label.filter(|label| !label.is_empty());
            let key = (planned.rule.rule, label.clone());
            let place = *places.entry(key).or_insert(mutations.len());
            if place == mutations.len() {
                let operator = operators.get(planned.rule.rule);
                let made = operator.and_then(|it| Made::of(it, label.as_deref()));
                let Some(made) = made else { continue };
                mutations.push(Mutation {
                    operator: planned.rule.rule,
                    label,
                    variants: Vec::new(),
                    made: Arc::new(made),
                });
            }
            if let Some(mutation) = mutations.get_mut(place) {
                mutation.add(planned.variant);
            }
        }
        let mut arsenal = Self {
            operators,
            mutations,
            preserving: HashMap::new(),
            accepted: Vec::new(),
            lift: 0.0,
        };
        arsenal.index_preserving();
        arsenal.index_accepted();
        arsenal
    }

    fn index_accepted(&mut self) {
        let effect = |at: usize| self.operators.get(at).map(|it| it.effect);
        let all = self.mutations.iter().enumerate();
        let accepted = all.filter(|(_, it)| effect(it.operator) == Some(Effect::Accepted));
        self.accepted = accepted.map(|(place, _)| place).collect();
        let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let (accepted, all) = (share(self.accepted.len()), share(self.mutations.len()));
        if accepted > 0.0 && accepted < all {
            self.lift = ((ACCEPTED * all - accepted) / (all - accepted)).clamp(0.0, 1.0);
        }
    }

    fn index_preserving(&mut self) {
        for (place, mutation) in self.mutations.iter().enumerate() {
            let operator = self.operators.get(mutation.operator);
            if operator.is_none_or(|operator| operator.kind != OperatorKind::Preserving) {
                continue;
            }
            for (at, variant) in mutation.variants.iter().enumerate() {
                let key = (variant.client, variant.grant);
                self.preserving.entry(key).or_default().push((place, at));
            }
        }
    }

    /// How many mutations apply.
    #[must_use]
    pub fn len(&self) -> usize {
        self.mutations.len()
    }

    /// Whether nothing applies.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mutations.is_empty()
    }

    /// The operators that were chosen, those that apply to nobody included.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// Draws: each mutation once at first, in an order of the seed's, then any. `round` counts the draws from 0.
    pub fn draw(&self, order: &[usize], round: u64, random: &mut StdRng) -> Option<Drawn> {
        let turn = usize::try_from(round).ok();
        let first = turn.and_then(|turn| order.get(turn).copied());
        let place = first.unwrap_or_else(|| self.any(random));
        let mutation = self.mutations.get(place)?;
        let operator = self.operators.get(mutation.operator)?;
        let at = random.random_range(0..mutation.variants.len());
        let mut variant = mutation.variants.get(at)?.clone();
        let mut beside = Vec::new();
        if first.is_none() && operator.case.get("steps").is_none() && random.random_bool(BESIDE) {
            self.draw_beside(&mut variant, place, &mut beside, random);
        }
        let made = match self.beside(&mutation.made, &beside) {
            Some(together) => Arc::new(together),
            None => Arc::clone(&mutation.made),
        };
        if let Some(change) = made.change() {
            let label = mutation.label.clone().unwrap_or_default();
            variant.deviation = Some((label, Arc::clone(change)));
        }
        bind(&mut variant, operator, random);
        Some(Drawn {
            made,
            variant,
            rule: operator.rule.clone(),
            effect: operator.effect,
        })
    }

    /// The place of any mutation.
    fn any(&self, random: &mut StdRng) -> usize {
        if self.lift > 0.0 && random.random_bool(self.lift) {
            let at = random.random_range(0..self.accepted.len());
            return self.accepted.get(at).copied().unwrap_or_default();
        }
        random.random_range(0..self.mutations.len().max(1))
    }

    fn draw_beside(
        &self,
        variant: &mut Variant,
        place: usize,
        beside: &mut Vec<usize>,
        random: &mut StdRng,
    ) {
        let Some(choices) = self.preserving.get(&(variant.client, variant.grant)) else {
            return;
        };
        for _ in 0..random.random_range(1..=MOST_BESIDE) {
            let at = random.random_range(0..choices.len());
            let Some((other, arm)) = choices.get(at).copied() else {
                continue;
            };
            if other == place || beside.contains(&other) {
                continue;
            }
            let Some(mutation) = self.mutations.get(other) else {
                continue;
            };
            if let Some(chosen) = mutation.variants.get(arm) {
                variant.bindings.extend(chosen.bindings.clone());
            }
            if let Some(operator) = self.operators.get(mutation.operator) {
                bind(variant, operator, random);
            }
            beside.push(other);
        }
        beside.sort_unstable();
    }

    /// A mutation with others beside it; `None`: there are none, or they don't go together.
    fn beside(&self, first: &Arc<Made>, beside: &[usize]) -> Option<Made> {
        let others = beside.iter().filter_map(|at| self.mutations.get(*at));
        let others: Vec<&Arc<Made>> = others.map(|mutation| &mutation.made).collect();
        Made::together(first, &others)
    }
}

/// Draws the values of an operator.
fn bind(variant: &mut Variant, operator: &Operator, random: &mut StdRng) {
    for (name, draw) in &operator.draws {
        let value = BTreeMap::from([(String::new(), draw.draw(random))]);
        variant.bindings.insert(name.clone(), value);
    }
}

/// An operator as a rule, for the plan.
fn rule(operator: &Operator) -> Rule {
    Rule {
        id: operator.name.clone(),
        suite: "fuzz".to_owned(),
        own: false,
        file: "operators".to_owned(),
        source: Source {
            document: Text::new("fuzz"),
            section: Text::new("1"),
            level: Level::Must,
            url: None,
        },
        statement: String::new(),
        remedy: None,
        notes: None,
        needs: Vec::new(),
        cases: vec![operator.parsed.clone()],
        same_as: None,
        not_observable: None,
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;
    use crate::target::capability::{DerivedFacts, capabilities};

    const TARGET: &str = "name: it\ntoken_endpoint: http://127.0.0.1:1/token\nclients:\n  web: {id: web, auth: client_secret_post, secret: a-secret, grants: [client_credentials], scopes: [read]}\n";

    #[test]
    fn what_stands_beside_a_mutation_is_in_its_control_too() {
        let folder = std::path::Path::new(".");
        let target = crate::target::load_text(TARGET, "it.yaml", folder).expect("a target");
        let facts = DerivedFacts::none();
        let operators = crate::fuzz::operators().expect("operators");
        let arsenal = Arsenal::new(operators, &target, &capabilities(&target, &facts), |_| true);
        let mut random = StdRng::seed_from_u64(1);
        let mut together = 0;
        for round in 0..2000 {
            let drawn = arsenal.draw(&[], round, &mut random).expect("a draw");
            let case = drawn.case();
            if drawn.operators().len() > 1 {
                together += 1;
                assert!(case.control.is_some(), "{:?}", drawn.operators());
                let shown = |change| format!("{change:?}");
                assert_ne!(shown(&case.control), shown(&case.deviation));
            }
        }
        assert!(together > 50, "{together}");
    }
}
