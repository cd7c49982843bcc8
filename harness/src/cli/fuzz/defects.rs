//! `tokenspec fuzz --defects`: which seeded defects of the reference server does the fuzzer find, and in how many requests?
//!
//! Each trial is a server of its own with one defect. It ends at the first finding; rules are not run, they only tell in which
//! configurations a defect can be seen.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use tokio::task::JoinSet;

use super::super::embedded::{self, Deviation, Embedded, SeededDefect};
use super::super::exit_code::ExitCode;
use super::super::output::{print, say};
use super::super::usage::UsageError;
use super::Kit;
use super::budget::{Budget, Findings, Shrinking};
use super::campaign::Campaign;
use super::defect_table::table;
use crate::suite::model::Case;
use crate::suite::model::Step;
use crate::suite::{Suite, glob_matches};

/// The requests for one defect in one configuration.
const REQUESTS: u64 = 5000;

/// The time for one defect in one configuration. It is there for defects that hang.
const TIME: Duration = Duration::from_secs(90);

/// The share of the defects that must be found, in percent.
const WANTED: usize = 70;

/// What became of a defect.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) defect: SeededDefect,
    /// What it was found by, and in how many requests.
    pub(super) found: Option<(String, u64)>,
    /// The requests that were sent.
    pub(super) requests: u64,
}

/// Tries each defect that a glob matches.
///
/// # Errors
/// The glob matches nothing, or no server can be started.
pub(super) async fn run(kit: &Arc<Kit>, glob: &str) -> Result<ExitCode, UsageError> {
    let all: Vec<SeededDefect> = embedded::defects()
        .into_iter()
        .filter(|defect| glob_matches(glob, &defect.id))
        .collect();
    if all.is_empty() {
        return Err(UsageError::Flags(format!(
            "`--defects {glob}` matches nothing"
        )));
    }
    let (waiting, tried): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|defect| needs_waiting(defect, &kit.built_in));
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) + 2;
    let total = tried.len();
    // Where it is interrupted, what was tried by then is a fair sample.
    let mut order: Vec<_> = tried.into_iter().enumerate().collect();
    order.shuffle(&mut StdRng::seed_from_u64(kit.seed));
    let mut queue = order.into_iter();
    let mut rows: Vec<(usize, Row)> = Vec::new();
    let mut tasks: JoinSet<Result<(usize, Row), UsageError>> = JoinSet::new();
    loop {
        while tasks.len() < at_once && !kit.interruption.has_come() {
            let Some((place, defect)) = queue.next() else {
                break;
            };
            let kit = Arc::clone(kit);
            tasks.spawn(async move { Ok((place, tried_one(&kit, defect).await?)) });
        }
        let Some(ended) = tasks.join_next().await else {
            break;
        };
        let Ok(row) = ended else { continue };
        let (place, row) = row?;
        if row.found.is_none() && kit.interruption.has_come() {
            continue;
        }
        say(&format!("[{}/{total}] {}", rows.len() + 1, line(&row)));
        rows.push((place, row));
    }
    rows.sort_by_key(|(place, _)| *place);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    print(&table(&rows, waiting.len(), &kit.built_in, &kit.operators));
    let found = rows.iter().filter(|row| row.found.is_some()).count();
    Ok(if rows.len() == total && found * 100 >= WANTED * total {
        ExitCode::Success
    } else {
        ExitCode::Deviation
    })
}

/// Whether all that can show a defect has to wait for time to pass, or moves the server's clock.
fn needs_waiting(defect: &SeededDefect, suite: &Suite) -> bool {
    let waits = |case: &Case| {
        case.steps
            .iter()
            .any(|step| matches!(step, Step::Elapse(_)))
    };
    let rules = defect
        .kills
        .iter()
        .filter_map(|rule| suite.rule_named(rule));
    let mut cases = rules.flat_map(|rule| &rule.cases).peekable();
    cases.peek().is_some() && cases.all(waits)
}

/// The configurations that can show a defect, those of its own document first.
fn configurations(defect: &SeededDefect, suite: &Suite) -> Vec<&'static str> {
    let includes = |name: &str, rules: &[String]| {
        let profile = suite.profile(name);
        profile.is_some_and(|profile| rules.iter().any(|rule| profile.includes(rule)))
    };
    let mut able: Vec<&str> = embedded::configurations()
        .filter(|name| includes(name, &defect.kills))
        .collect();
    let own: BTreeSet<&str> = defect
        .kills
        .iter()
        .filter_map(|rule| suite.rule_named(rule))
        .map(|rule| rule.suite.as_str())
        .collect();
    able.sort_by_key(|name| !own.contains(name));
    able
}

async fn tried_one(kit: &Arc<Kit>, defect: SeededDefect) -> Result<Row, UsageError> {
    let mut row = Row {
        defect,
        found: None,
        requests: 0,
    };
    for configuration in configurations(&row.defect, &kit.built_in) {
        let server = Embedded::start(configuration, Deviation::Defect(&row.defect.id)).await?;
        let budget = Budget {
            time: Some(TIME),
            requests: Some(kit.args.requests.unwrap_or(REQUESTS)),
            findings: Findings::One,
            shrinking: Shrinking::Leave,
        };
        let target = server.target()?;
        if !kit.concerns(&target) {
            server.stop().await;
            continue;
        }
        let campaign = super::campaign(kit, target, budget).await?;
        super::workers(&campaign).join_all().await;
        server.stop().await;
        if let Some((cause, requests)) = found(&campaign) {
            row.requests += requests;
            row.found = Some((cause, row.requests));
            break;
        }
        row.requests += campaign.requests();
    }
    Ok(row)
}

/// What a campaign found first, and in how many requests.
fn found(campaign: &Campaign) -> Option<(String, u64)> {
    let yielded = campaign.locked();
    if let Some(finding) = yielded.findings.first() {
        let cause = format!("{} ({})", finding.mutation(), finding.cause.rule);
        return Some((cause, yielded.first.unwrap_or(campaign.requests())));
    }
    // Against the server without defects no valid request is refused.
    yielded.refused.first()?;
    Some(("a valid request is refused".to_owned(), campaign.requests()))
}

fn line(row: &Row) -> String {
    match &row.found {
        Some((by, requests)) => format!("{}: {requests} requests, {by}", row.defect.id),
        None => format!("{}: not found in {} requests", row.defect.id, row.requests),
    }
}
