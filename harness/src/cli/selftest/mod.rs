//! `tokenspec selftest`: the suites against servers that are no token endpoints, and against the reference server behind a
//! proxy that spoils its refusals. Nothing there is a refusal, so nothing may pass as one.

mod impostor;
mod proxy;
mod refusal;
mod socket;
mod table;

use std::sync::Arc;
use std::time::Duration;

use tokenspec_report::Verdict;
use tokio::task::JoinSet;

use super::embedded::{self, Deviation, Embedded};
use super::exit_code::ExitCode;
use super::mutants::{Order, Outcome, Patience, Scope, Trial, against};
use super::output::{print, say};
use super::usage::UsageError;
use crate::clock::Stopwatch;
use crate::suite::{Suite, load};
use impostor::Impostor;
use proxy::Distortion;

/// What answers at all answers at once; many variants wait for answers that never come.
const PATIENCE: Patience = Patience {
    concurrency: 16,
    exchange: Duration::from_millis(300),
    trial: Duration::from_secs(120),
};

/// Servers under way at once.
const SERVERS: usize = 6;

/// What stands where the target file says a token endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Behind(Distortion),
    Impostor(Impostor),
}

impl Server {
    fn all() -> Vec<Self> {
        let impostors = impostor::ALL.iter().copied().map(Self::Impostor);
        impostors
            .chain(proxy::ALL.iter().copied().map(Self::Behind))
            .collect()
    }

    fn name(self) -> String {
        match self {
            Self::Behind(distortion) => distortion.name().to_owned(),
            Self::Impostor(impostor) => impostor.name(),
        }
    }
}

/// What one server did to the suites.
#[derive(Debug)]
pub struct Row {
    /// What stood there.
    pub server: String,
    /// The configuration whose target file was used.
    pub configuration: String,
    /// What the suites said.
    pub trial: Trial,
    /// Variants that passed for refusals that never were.
    pub wrong: Vec<String>,
    /// How many passed with a spoilt refusal that their own expectation names.
    pub named: usize,
    /// What makes the trial worth nothing.
    pub void: Option<String>,
}

impl Row {
    /// How many variants came to a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let outcomes = self.trial.rules.values().flat_map(|rule| rule.values());
        outcomes
            .filter(|outcome| outcome.verdict == verdict)
            .count()
    }

    /// Whether nothing passed that must not, and the trial was worth something.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && self.void.is_none()
    }
}

/// Runs the command; the result is the exit code.
///
/// # Errors
/// A server can't be started.
pub async fn run() -> Result<ExitCode, UsageError> {
    let suite = Arc::new(load::built_in()?);
    let rules: Vec<String> = suite.rules.iter().map(|rule| rule.id.clone()).collect();
    let rows = rows(&suite, &rules, |row| say(&table::line(row))).await?;
    print(&table::render(&rows));
    Ok(if rows.iter().all(Row::holds) {
        ExitCode::Success
    } else {
        ExitCode::Deviation
    })
}

/// One row for each server and configuration, in order; tells of each as it is done.
///
/// # Errors
/// A server can't be started.
pub async fn rows(
    suite: &Arc<Suite>,
    rules: &[String],
    mut done: impl FnMut(&Row),
) -> Result<Vec<Row>, UsageError> {
    let mut waiting = embedded::configurations()
        .flat_map(|configuration| {
            let over_tls = embedded::is_over_tls(configuration);
            let servers = Server::all().into_iter();
            // The proxies read HTTP, not what is in TLS.
            let servers = servers.filter(move |it| !over_tls || matches!(it, Server::Impostor(_)));
            servers.map(move |server| (configuration, server))
        })
        .enumerate();
    let scope = Scope {
        thinned: rules.iter().cloned().collect(),
        ..Scope::default()
    };
    let mut tasks = JoinSet::new();
    let mut rows = Vec::new();
    loop {
        while tasks.len() < SERVERS {
            let Some((place, (configuration, server))) = waiting.next() else {
                break;
            };
            let (suite, scope) = (Arc::clone(suite), scope.clone());
            tasks.spawn(async move { (place, row(&suite, configuration, server, &scope).await) });
        }
        match tasks.join_next().await {
            Some(Ok((place, row))) => {
                let row = row?;
                done(&row);
                rows.push((place, row));
            }
            Some(Err(why)) => {
                return Err(UsageError::Flags(format!("a trial broke: {why}")));
            }
            None => break,
        }
    }
    rows.sort_by_key(|(place, _)| *place);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

async fn row(
    suite: &Arc<Suite>,
    configuration: &str,
    server: Server,
    scope: &Scope,
) -> Result<Row, UsageError> {
    let watch = Stopwatch::start();
    // It writes the target file, stands behind the proxies, and moves the clock.
    let reference = Embedded::start(configuration, Deviation::None).await?;
    let (listening, port) = match server {
        Server::Behind(distortion) => {
            let proxy = distortion.before(reference.address()).await?;
            let port = proxy.address.port();
            (proxy, port)
        }
        Server::Impostor(impostor) => impostor.start().await?,
    };
    let order = Order {
        configuration: configuration.to_owned(),
        scope: scope.clone(),
        patience: PATIENCE,
        until: None,
    };
    let mut trial = against(suite, &order, reference.target_at(port)?).await?;
    drop(listening);
    reference.stop().await;
    trial.took = watch.elapsed();
    let mut row = Row {
        server: server.name(),
        configuration: configuration.to_owned(),
        wrong: Vec::new(),
        named: 0,
        void: None,
        trial,
    };
    weigh(&mut row, suite, server);
    row.void = void(&row, server);
    Ok(row)
}

/// Looks at every pass.
fn weigh(row: &mut Row, suite: &Suite, server: Server) {
    for (id, variants) in &row.trial.rules {
        let Some(rule) = suite.rule_named(id) else {
            continue;
        };
        let passes = variants
            .iter()
            .filter(|(_, outcome)| outcome.verdict == Verdict::Pass);
        for (variant, outcome) in passes {
            let mut cases = suite.cases_of(rule).iter();
            let case = cases.find(|case| case.name.value == outcome.case);
            let asks = case.is_some_and(refusal::asks_refusal);
            if !asks && !is_refused(outcome) {
                continue;
            }
            let named = match server {
                Server::Behind(distortion) => {
                    case.is_some_and(|case| refusal::tolerates(case, distortion))
                }
                Server::Impostor(_) => false,
            };
            if named {
                row.named += 1;
            } else {
                row.wrong.push(variant.clone());
            }
        }
    }
}

/// Whether the judged exchange ended in something like a refusal.
fn is_refused(outcome: &Outcome) -> bool {
    let (status, error, seen) = &outcome.seen;
    *seen != Some("accepted") && (error.is_some() || status.is_some_and(|status| status >= 400))
}

/// Why a trial proves nothing: where controls succeed, some variants have to pass and some have to deviate.
fn void(row: &Row, server: Server) -> Option<String> {
    if row.trial.late {
        return Some("the time was over before the end".to_owned());
    }
    let fails = row.count(Verdict::Fail) + row.count(Verdict::Error);
    let passes = row.count(Verdict::Pass);
    match server {
        Server::Behind(_) if passes == 0 => Some("no control came through".to_owned()),
        Server::Behind(_) | Server::Impostor(Impostor::OneToken) if fails == 0 => {
            Some("no refusal was asked for".to_owned())
        }
        Server::Behind(_) | Server::Impostor(_) => None,
    }
}
