//! One server with one deviation, and what the rules said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokenspec_report::{Level, Verdict};

use super::super::embedded::{Deviation, Embedded};
use super::super::engine::{Asking, LimitFlags, Prepared, Settings, prepare};
use super::super::usage::UsageError;
use crate::clock::Stopwatch;
use crate::plan::{self, Planned, Selection};
use crate::report;
use crate::run::{self, Finished, Kept, Progress, Runner};
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

/// One trial to be made.
#[derive(Clone)]
pub struct Order {
    /// The configuration of the server, which is called as the profile that is run.
    pub configuration: String,
    /// Which rules.
    pub scope: Scope,
    /// The limits.
    pub patience: Patience,
    /// Ends the trial early: at the first variant of which this holds.
    pub until: Option<Until>,
}

/// A condition on a rule, one of its variants, and what that came to.
pub type Until = Arc<dyn Fn(&str, &str, &Outcome) -> bool + Send + Sync>;

impl std::fmt::Debug for Order {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Order")
            .field("configuration", &self.configuration)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
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
    /// What the suite says of the answer that matched: choices that look alike from outside.
    pub because: Option<String>,
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
    order: &Order,
    deviation: Deviation<'_>,
) -> Result<Trial, UsageError> {
    let watch = Stopwatch::start();
    let server = Embedded::start(&order.configuration, deviation).await?;
    let outcome = match server.target() {
        Ok(target) => against(suite, order, target).await,
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
    order: &Order,
    target: Target,
) -> Result<Trial, UsageError> {
    let (scope, patience) = (&order.scope, order.patience);
    let rules = within(suite, &order.configuration, scope);
    if rules.is_empty() {
        return Ok(Trial::default());
    }
    let settings = Settings {
        selection: Selection {
            rules,
            ..Selection::default()
        },
        profiles: vec![order.configuration.clone()],
        limits: LimitFlags {
            jobs: Some(patience.concurrency),
            rate: None,
            timeout: Some(patience.exchange),
        },
        shard: None,
        seed: 1,
        keep: true,
        shown: Kept::All,
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
    Ok(execute(&prepared, &plan, order).await)
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

async fn execute(prepared: &Prepared, plan: &Arc<Vec<Planned>>, order: &Order) -> Trial {
    let (runner, patience) = (&prepared.runner, order.patience);
    let counter = Arc::new(Counter {
        runner: Arc::clone(runner),
        plan: Arc::clone(plan),
        until: order.until.clone(),
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
            of_rule.insert(name(runner, planned), outcome);
        }
    }
    trial
}

/// The name of a variant at every server of a configuration: one that names a location has the port in it, which is
/// another at each start.
fn name(runner: &Runner, planned: &Planned) -> String {
    let port = runner.target.token_endpoint.port();
    planned.variant.id.replace(&format!(":{port}/"), "/")
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
        because: finished
            .and_then(|finished| finished.result.as_ref().ok())
            .and_then(|judgement| judgement.because.clone()),
        after,
    };
    Some((rule.id.clone(), outcome))
}

/// Notes how many requests had been sent when a variant was finished, and ends the run where that is asked for.
struct Counter {
    runner: Arc<Runner>,
    plan: Arc<Vec<Planned>>,
    until: Option<Until>,
    after: Vec<AtomicU64>,
}

impl Progress for Counter {
    fn finished(&self, index: usize, finished: &Finished) {
        let requests = self.runner.requests();
        if let Some(after) = self.after.get(index) {
            after.store(requests, Ordering::Relaxed);
        }
        let (Some(until), Some(planned)) = (&self.until, self.plan.get(index)) else {
            return;
        };
        let outcome = outcome(&self.runner.suite, planned, Some(finished), requests);
        let name = name(&self.runner, planned);
        if outcome.is_some_and(|(rule, outcome)| until(&rule, &name, &outcome)) {
            self.runner.interrupt();
        }
    }
}
