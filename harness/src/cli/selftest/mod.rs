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

use super::embedded::{self, Deviation, Embedded};
use super::mutants::{Patience, Scope, Trial, against};
use super::output::{print, say};
use super::usage::UsageError;
use crate::clock::Stopwatch;
use crate::suite::{Suite, load};

/// The time for one exchange: what answers at all answers at once.
const EXCHANGE: Duration = Duration::from_millis(300);

/// The time for one server.
const TRIAL: Duration = Duration::from_secs(120);

/// Variants under way at once; most of them wait for answers that never come.
const CONCURRENCY: u32 = 16;

/// What one server did to the suites.
#[derive(Debug)]
pub struct Row {
    /// What stood there.
    pub server: String,
    /// The configuration whose target file was used.
    pub configuration: String,
    /// What the suites said.
    pub trial: Trial,
    /// Passes for refusals that never were.
    pub wrong: Vec<String>,
    /// What made the trial worth nothing.
    pub void: Option<String>,
}

/// Runs the command; the result is the exit code.
///
/// # Errors
/// A server can't be started.
pub async fn run() -> Result<super::exit_code::ExitCode, UsageError> {
    let suite = Arc::new(load::built_in()?);
    let mut rows = Vec::new();
    for configuration in embedded::configurations() {
        let server = Embedded::start(configuration, Deviation::None).await?;
        for impostor in impostor::ALL {
            let (listening, port) = impostor.start().await?;
            let mut row = row(&suite, &server, configuration, &impostor.name(), port).await?;
            row.wrong = wrong(&suite, &row.trial);
            drop(listening);
            say(&table::line(&row));
            rows.push(row);
        }
        for distortion in proxy::ALL {
            let proxy = distortion.before(server.address()).await?;
            let port = proxy.address.port();
            let mut row = row(&suite, &server, configuration, distortion.name(), port).await?;
            row.wrong = wrong(&suite, &row.trial);
            say(&table::line(&row));
            rows.push(row);
        }
        server.stop().await;
    }
    print(&table::render(&rows));
    let sound = rows
        .iter()
        .all(|row| row.wrong.is_empty() && row.void.is_none());
    Ok(if sound {
        super::exit_code::ExitCode::Success
    } else {
        super::exit_code::ExitCode::Deviation
    })
}

async fn row(
    suite: &Arc<Suite>,
    server: &Embedded,
    configuration: &str,
    name: &str,
    port: u16,
) -> Result<Row, UsageError> {
    let watch = Stopwatch::start();
    let target = server.target_at(port)?;
    let patience = Patience {
        concurrency: CONCURRENCY,
        exchange: EXCHANGE,
        trial: TRIAL,
    };
    let scope = Scope {
        thinned: suite.rules.iter().map(|rule| rule.id.clone()).collect(),
        ..Scope::default()
    };
    let mut trial = against(suite, target, configuration, &scope, patience).await?;
    trial.took = watch.elapsed();
    let void = trial
        .late
        .then(|| "the time was over before the end".to_owned());
    Ok(Row {
        server: name.to_owned(),
        configuration: configuration.to_owned(),
        trial,
        wrong: Vec::new(),
        void,
    })
}

fn wrong(suite: &Suite, trial: &Trial) -> Vec<String> {
    let mut all = Vec::new();
    for (id, variants) in &trial.rules {
        let Some(rule) = suite.rule_named(id) else {
            continue;
        };
        for (variant, outcome) in variants {
            let case = suite
                .cases_of(rule)
                .iter()
                .find(|case| case.name.value == outcome.case);
            let asks = case.is_some_and(refusal::asks_refusal);
            let other = outcome.seen.2.is_some_and(|seen| seen != "accepted");
            if outcome.verdict == Verdict::Pass && (asks || other) {
                all.push(format!("{variant} [{asks} {:?}]", outcome.seen));
            }
        }
    }
    all
}
