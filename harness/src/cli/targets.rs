//! The targets of a command, and a run against all of them at once.

use std::path::Path;
use std::sync::Arc;

use tokenspec_report::VariantResult;
use tokio::task::JoinHandle;

use super::embedded::{self, Deviation, Embedded};
use super::engine::{Driven, Prepared, drive, results_of};
use super::output::say;
use super::progress::Bar;
use super::usage::UsageError;
use crate::baseline::Baseline;
use crate::report::{Redactor, Shown};
use crate::run::{Progress, Runner};
use crate::target::{self, Target};

/// The targets of a run: one, or the embedded server in each of its configurations that is one of the profiles; of all
/// where none is named.
///
/// # Errors
/// A target that can't be loaded, or no configuration for the profiles.
pub(super) async fn targets(
    argument: Option<&str>,
    profiles: &[String],
) -> Result<Vec<(Target, Option<Embedded>)>, UsageError> {
    if let Some(argument) = argument {
        return Ok(vec![(load_target(argument)?, None)]);
    }
    let mut targets = Vec::new();
    for configuration in embedded::configurations() {
        if !profiles.is_empty() && !profiles.iter().any(|profile| profile == configuration) {
            continue;
        }
        let server = Embedded::start(configuration, Deviation::None).await?;
        targets.push((server.target()?, Some(server)));
    }
    if targets.is_empty() {
        let known: Vec<&str> = embedded::configurations().collect();
        return Err(UsageError::Flags(format!(
            "the embedded server has no configuration for the profile; it has {}",
            known.join(", ")
        )));
    }
    Ok(targets)
}

/// A target file, or a bare URL.
///
/// # Errors
/// What is wrong with it.
pub(super) fn load_target(argument: &str) -> Result<Target, UsageError> {
    if argument.starts_with("http://") || argument.starts_with("https://") {
        return Target::bare(argument).map_err(|why| {
            UsageError::Flags(format!("`{argument}` is no token endpoint URL: {why}"))
        });
    }
    Ok(target::load(Path::new(argument))?)
}

/// A target with its plan, and the embedded server behind it.
pub(super) struct Entry {
    /// The plan, and what runs it.
    pub prepared: Prepared,
    /// Stopped when the target's last variant is done.
    pub server: Option<Embedded>,
}

/// What a run against some targets came to.
#[derive(Default)]
pub(super) struct Judged {
    /// In the order of the targets, each in the order of its plan.
    pub results: Vec<VariantResult>,
    /// What the report says beside the results.
    pub notices: Vec<String>,
    /// Whether Ctrl-C ended it early.
    pub interrupted: bool,
}

/// Runs against all targets side by side: they share nothing but this machine, and much of what a target takes is waiting. Ctrl-C
/// ends it early.
pub(super) async fn judge_all(
    entries: Vec<Entry>,
    baseline: Option<&Baseline>,
    shown: Shown,
) -> Judged {
    let bar = Arc::new(bar(&entries));
    let runners: Vec<Arc<Runner>> = entries
        .iter()
        .map(|entry| Arc::clone(&entry.prepared.runner))
        .collect();
    let interrupt = tokio::spawn(interrupted(runners));
    let start = |entry: Entry| {
        let progress: Arc<dyn Progress> = Arc::clone(&bar) as Arc<dyn Progress>;
        tokio::spawn(driven(entry, progress))
    };
    let running: Vec<_> = entries.into_iter().map(start).collect();
    let mut redactor = Redactor::default();
    let mut judged = Judged::default();
    for running in running {
        let (prepared, driven) = joined(running).await;
        let results = results_of(&prepared, &driven, baseline, shown, &mut redactor);
        judged.results.extend(results);
        judged.notices.extend(driven.notices);
        judged.interrupted |= prepared.runner.interrupted();
    }
    interrupt.abort();
    bar.finish();
    judged
}

async fn driven(entry: Entry, progress: Arc<dyn Progress>) -> (Prepared, Driven) {
    let driven = drive(&entry.prepared, progress).await;
    if let Some(server) = entry.server {
        server.stop().await;
    }
    (entry.prepared, driven)
}

/// What a task gave. Its panic is ours.
async fn joined<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(given) => given,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}

/// One bar for all variants.
fn bar(entries: &[Entry]) -> Bar {
    let planned = entries.iter().flat_map(|entry| entry.prepared.plan.iter());
    let planned = planned.filter(|planned| planned.skip.is_none()).count();
    match entries {
        [only] => Bar::new(&only.prepared.info.name, planned),
        several => Bar::new(&format!("{} targets", several.len()), planned),
    }
}

/// Ends all runs at the first Ctrl-C, and the program at the second.
async fn interrupted(runners: Vec<Arc<Runner>>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        say("interrupted: finishing the report (once more to stop at once)");
        for runner in &runners {
            runner.interrupt();
        }
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::abort();
    }
}
