//! One server with one deviation, and what the rules said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokenspec_report::{Level, Verdict};

use super::super::embedded::{Deviation, Embedded};
use super::super::engine::{Asking, Prepared, Settings, prepare};
use super::super::usage::UsageError;
use crate::clock::Stopwatch;
use crate::plan::{self, Planned, Selection};
use crate::report;
use crate::run::{self, Finished, Progress, Runner};
use crate::suite::Suite;
use crate::target::Target;

/// What a trial runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Rules whose every variant is run.
    pub whole: BTreeSet<String>,
    /// Rules of which one variant for each case and deviation is run.
    pub thinned: BTreeSet<String>,
}

/// How a trial is limited.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Variants under way at once.
    pub concurrency: u32,
    /// The time for one exchange.
    pub exchange: Duration,
    /// The time for all of it.
    pub trial: Duration,
}

/// What one variant came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The case's name.
    pub case: String,
    /// The level of its rule.
    pub level: Level,
    /// The verdict.
    pub verdict: Verdict,
    /// Status code, `error` member and outcome of the judged exchange.
    pub seen: (Option<u16>, Option<String>, Option<&'static str>),
    /// How many requests had been sent when it was known.
    pub after: u64,
}

/// What came of a trial.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Rule → variant → what it came to.
    pub rules: BTreeMap<String, BTreeMap<String, Outcome>>,
    /// How many requests were sent.
    pub requests: u64,
    /// How long it took.
    pub took: Duration,
    /// Whether the time was over before the end.
    pub late: bool,
}

/// Starts a server, runs the rules in scope that its profile contains, stops it.
///
/// # Errors
/// The server can't be started, or its target file can't be used.
pub async fn trial(
    suite: &Arc<Suite>,
    configuration: &str,
    deviation: Deviation<'_>,
    scope: &Scope,
    patience: Patience,
) -> Result<Trial, UsageError> {
    let watch = Stopwatch::start();
    let server = Embedded::start(configuration, deviation).await?;
    let outcome = match server.target() {
        Ok(target) => against(suite, target, configuration, scope, patience).await,
        Err(why) => Err(why),
    };
    server.stop().await;
    let mut trial = outcome?;
    trial.took = watch.elapsed();
    Ok(trial)
}

/// Runs the rules in scope that a profile contains against a target.
///
/// # Errors
/// The target can't be used.
pub async fn against(
    suite: &Arc<Suite>,
    target: Target,
    configuration: &str,
    scope: &Scope,
    patience: Patience,
) -> Result<Trial, UsageError> {
    let rules = within(suite, configuration, scope);
    if rules.is_empty() {
        return Ok(Trial::default());
    }
    let settings = Settings {
        selection: Selection {
            rules,
            ..Selection::default()
        },
        profiles: vec![configuration.to_owned()],
        jobs: Some(patience.concurrency),
        rate: None,
        timeout: Some(patience.exchange),
        shard: None,
        seed: 1,
        keep: true,
    };
    let preparing = prepare(suite, target, &settings, None, Asking::Ask);
    let Ok(prepared) = tokio::time::timeout(patience.trial, preparing).await else {
        return Ok(Trial {
            late: true,
            ..Trial::default()
        });
    };
    let prepared = prepared?;
    let whole: BTreeSet<usize> = prepared
        .rules
        .iter()
        .map(|planned| planned.rule)
        .filter(|rule| is_in(suite, *rule, &scope.whole))
        .collect();
    let plan: Vec<Planned> = prepared.plan.iter().cloned().collect();
    let plan = Arc::new(plan::thin(plan, |rule| whole.contains(&rule)));
    Ok(execute(&prepared, &plan, patience).await)
}

/// The rules in scope that the profile of a configuration contains. A configuration is called as its profile.
fn within(suite: &Suite, configuration: &str, scope: &Scope) -> Vec<String> {
    let profile = suite.profile(configuration);
    let rules = scope.whole.union(&scope.thinned);
    rules
        .filter(|rule| profile.is_some_and(|profile| profile.includes(rule)))
        .cloned()
        .collect()
}

fn is_in(suite: &Suite, rule: usize, ids: &BTreeSet<String>) -> bool {
    suite
        .rules
        .get(rule)
        .is_some_and(|rule| ids.contains(&rule.id))
}

async fn execute(prepared: &Prepared, plan: &Arc<Vec<Planned>>, patience: Patience) -> Trial {
    let runner = &prepared.runner;
    let counter = Arc::new(Counter {
        runner: Arc::clone(runner),
        after: plan.iter().map(|_| AtomicU64::new(0)).collect(),
    });
    let progress: Arc<dyn Progress> = Arc::clone(&counter) as Arc<dyn Progress>;
    let mut running = std::pin::pin!(run::run(runner, plan, &progress));
    let mut late = false;
    let finished = tokio::select! {
        finished = running.as_mut() => finished,
        () = tokio::time::sleep(patience.trial) => {
            late = true;
            runner.interrupt();
            // What is under way stops at its next exchange.
            tokio::time::timeout(patience.exchange, running).await.unwrap_or_default()
        }
    };
    let mut trial = Trial {
        requests: runner.requests(),
        late,
        ..Trial::default()
    };
    for ((planned, finished), after) in plan.iter().zip(&finished).zip(&counter.after) {
        let after = after.load(Ordering::Relaxed);
        if let Some((rule, outcome)) = outcome(&runner.suite, planned, finished.as_ref(), after) {
            let of_rule = trial.rules.entry(rule).or_default();
            of_rule.insert(planned.variant.id.clone(), outcome);
        }
    }
    trial
}

fn outcome(
    suite: &Suite,
    planned: &Planned,
    finished: Option<&Finished>,
    after: u64,
) -> Option<(String, Outcome)> {
    let rule = suite.rules.get(planned.rule.rule)?;
    let case = suite.case(planned.rule.rule, planned.case)?;
    let seen = finished.and_then(|finished| finished.observation.as_ref());
    let answer = seen.and_then(|seen| seen.answer());
    let outcome = Outcome {
        case: case.name.value.clone(),
        level: report::level(planned.rule.level),
        verdict: report::verdict(planned, finished),
        seen: (
            answer.map(|answer| answer.status),
            answer
                .and_then(|answer| answer.text_member("error"))
                .map(str::to_owned),
            seen.map(crate::judge::Observation::outcome),
        ),
        after,
    };
    Some((rule.id.clone(), outcome))
}

/// Notes how many requests had been sent when a variant was finished.
struct Counter {
    runner: Arc<Runner>,
    after: Vec<AtomicU64>,
}

impl Progress for Counter {
    fn finished(&self, index: usize, _finished: &Finished) {
        if let Some(after) = self.after.get(index) {
            after.store(self.runner.requests(), Ordering::Relaxed);
        }
    }
}
