//! Findings: reproduced as a suite with fresh controls, made small, told apart by their cause.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ground::Ground;
use super::interruption::Interruption;
use crate::fuzz::{
    Broken, Cause, Operator, Sequence, Source, WalkFacts, alone, answer_class, simpler,
};
use crate::plan::{self, Context, Planned, PlannedRule};
use crate::run::{self, Finished, Progress};
use crate::suite::answer::Grade;
use crate::suite::{Suite, parse_rule};

/// A confirmed deviation.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) cause: Cause,
    pub(super) sequence: Sequence,
    /// The rule file that replays it.
    pub(super) text: String,
    pub(super) suite: Arc<Suite>,
    pub(super) planned: Planned,
    pub(super) finished: Finished,
    /// Other forms of the mutation that were answered in the same way; they were not sent again.
    pub(super) also: BTreeSet<String>,
}

impl Finding {
    /// The mutation with its form, or `any`: every answer is held against invariants.
    pub(super) fn mutation(&self) -> &str {
        let first = self.sequence.operators.first();
        let first = first.filter(|name| bare(name) == self.cause.mutation);
        first.map_or(self.cause.mutation.as_str(), String::as_str)
    }
}

/// The name of an operator without the form of its mutation.
pub(super) fn bare(mutation: &str) -> &str {
    mutation.split(": ").next().unwrap_or(mutation)
}

/// What confirms.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) built_in: Arc<Suite>,
    /// The most tries to make a finding smaller.
    pub(super) tries: usize,
    /// What ends the search for something smaller.
    pub(super) interruption: Arc<Interruption>,
}

struct Quiet;

impl Progress for Quiet {
    fn finished(&self, _index: usize, _finished: &Finished) {}
}

impl Bench {
    /// Sends it again as a suite, and makes it smaller while it still deviates in the same way.
    pub(super) async fn confirm(
        &self,
        ground: &Ground,
        operators: &[Operator],
        cause: &Cause,
        sequence: &Sequence,
    ) -> Option<Finding> {
        let mut best = self.replay(ground, cause, sequence).await?;
        // A mutation that leaves the request as it is says nothing, whatever stands beside it.
        if let Some(alone) = alone(sequence, operators) {
            let finding = self.finish(ground, cause, &alone).await?;
            finding.finished.result.as_ref().ok()?;
        }
        let facts = WalkFacts::new(&ground.capabilities());
        let mut left = self.tries;
        'smaller: while left > 0 {
            for candidate in simpler(&best.sequence, operators, facts) {
                left = left.saturating_sub(1);
                if left == 0 || self.interruption.has_come() {
                    break 'smaller;
                }
                if let Some(smaller) = self.replay(ground, cause, &candidate).await {
                    best = smaller;
                    continue 'smaller;
                }
            }
            break;
        }
        Some(best)
    }

    /// One replay, with controls of its own; `None`: it does not deviate as the cause says.
    async fn replay(&self, ground: &Ground, cause: &Cause, sequence: &Sequence) -> Option<Finding> {
        let finding = self.finish(ground, cause, sequence).await?;
        let finished = &finding.finished;
        let deviates = finished
            .result
            .as_ref()
            .is_ok_and(|judgement| matches!(judgement.grade, Grade::Fail | Grade::Warn));
        let same = answer_class(finished.observation.as_ref()) == cause.answer;
        (deviates && same).then_some(finding)
    }

    /// One replay, whatever comes of it; `None`: it can't be made a suite for this target.
    async fn finish(&self, ground: &Ground, cause: &Cause, sequence: &Sequence) -> Option<Finding> {
        let text = sequence.rule_text(&self.source(&sequence.rule)?);
        let slug = cause.slug();
        let rule = parse_rule(&text, "finding", "fuzz", &slug).ok()?;
        let level = rule.source.level;
        let suite = Suite {
            rules: vec![rule],
            ..Suite::default()
        };
        let capabilities = ground.capabilities();
        let context = Context {
            suite: &suite,
            target: &ground.target,
            capabilities: &capabilities,
        };
        let index = |name: &Option<String>| {
            let name = name.as_ref()?;
            ground
                .target
                .clients
                .iter()
                .position(|client| client.name == *name)
        };
        let (client, other) = (index(&sequence.client), index(&sequence.other));
        let planned = plan::expand(&[PlannedRule { rule: 0, level }], context);
        let mut planned = planned
            .into_iter()
            .filter(|planned| planned.skip.is_none())
            .find(|planned| planned.variant.client == client && same_values(planned, sequence))?;
        planned.variant.other = other;
        let runner = ground.runner(suite);
        let plan = Arc::new(vec![planned.clone()]);
        let progress: Arc<dyn Progress> = Arc::new(Quiet);
        let finished = run::run(&runner, &plan, &progress)
            .await
            .into_iter()
            .next()??;
        Some(Finding {
            cause: cause.clone(),
            sequence: sequence.clone(),
            text,
            suite: Arc::clone(&runner.suite),
            planned,
            finished,
            also: BTreeSet::new(),
        })
    }

    fn source(&self, rule: &str) -> Option<Source> {
        let rule = self.built_in.rule_named(rule)?;
        Some(Source {
            document: rule.source.document.value.clone(),
            section: rule.source.section.value.clone(),
            level: rule.source.level.name().to_owned(),
            statement: rule.statement.clone(),
        })
    }
}

/// Whether a variant has the values that were drawn; those of sources are among several.
fn same_values(planned: &Planned, sequence: &Sequence) -> bool {
    let bindings = &planned.variant.bindings;
    bindings
        .iter()
        .all(|(name, value)| sequence.values.get(name).is_none_or(|drawn| drawn == value))
}

/// The sequence, judged by an invariant alone.
pub(super) fn with_invariant(mut sequence: Sequence, broken: &Broken) -> Sequence {
    sequence.rule.clone_from(&broken.rule);
    if let Some(serde_json::Value::Array(steps)) = sequence.case.get_mut("steps") {
        for step in steps {
            if let Some(send) = step
                .get_mut("send")
                .and_then(serde_json::Value::as_object_mut)
            {
                send.insert("expect".to_owned(), broken.expect.clone());
            }
        }
    } else {
        sequence
            .case
            .insert("expect".to_owned(), broken.expect.clone());
    }
    sequence
}
