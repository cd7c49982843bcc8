//! The targets of a command, and a run against all of them at once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokenspec_report::VariantResult;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::embedded::{self, Deviation, Embedded};
use super::engine::{Driven, Prepared, drive, results_of};
use super::output::say;
use super::progress::Bar;
use super::usage::UsageError;
use crate::baseline::Baseline;
use crate::report::Redactor;
use crate::run::{Finished, Progress, Runner};
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

/// Runs against all targets: two of them keep the machine busy while others wait or send one request after the other. They share
/// nothing else. Ctrl-C ends it early.
pub(super) async fn judge_all(entries: Vec<Entry>, baseline: Option<&Baseline>) -> Judged {
    let bar = Arc::new(bar(&entries));
    let runners: Vec<Arc<Runner>> = entries
        .iter()
        .map(|entry| Arc::clone(&entry.prepared.runner))
        .collect();
    let interrupt = tokio::spawn(interrupted(runners));
    let turns = turns(&entries);
    let start = |(entry, turn): (Entry, Turn)| {
        let relay = Relay {
            bar: Arc::clone(&bar),
            next: Mutex::new(Some(turn.next)),
        };
        tokio::spawn(async move {
            // An error means that the one before has ended: it is our turn all the same.
            drop(turn.mine.await);
            driven(entry, Arc::new(relay)).await
        })
    };
    let running: Vec<_> = entries.into_iter().zip(turns).map(start).collect();
    let mut redactor = Redactor::default();
    let mut judged = Judged::default();
    for running in running {
        let (prepared, driven) = joined(running).await;
        let results = results_of(&prepared, &driven, baseline, &mut redactor);
        judged.results.extend(results);
        judged.notices.extend(driven.notices);
        judged.interrupted |= prepared.runner.interrupted();
    }
    interrupt.abort();
    bar.finish();
    judged
}

/// When a target's run begins, and who is told when the next one may.
struct Turn {
    mine: oneshot::Receiver<()>,
    next: oneshot::Sender<()>,
}

/// A turn for each target, in their order.
fn turns(entries: &[Entry]) -> Vec<Turn> {
    let sizes: Vec<usize> = entries.iter().map(planned).collect();
    let mut turns: Vec<(usize, Turn)> = rows(&sizes).into_iter().flat_map(queue).collect();
    turns.sort_by_key(|(index, _)| *index);
    turns.into_iter().map(|(_, turn)| turn).collect()
}

/// Two rows of targets, by how much there is to do: from the least up, and from the most down. A target begins when all that is sent
/// side by side to the one before it is under way, so that what is left of the long ones, races and waits one after the other, goes
/// on while others work, and none of them is begun last.
fn rows(sizes: &[usize]) -> [Vec<usize>; 2] {
    let mut least: Vec<usize> = (0..sizes.len()).collect();
    least.sort_by_key(|index| sizes.get(*index));
    let mut most = least.split_off(sizes.len().div_ceil(2));
    most.reverse();
    [least, most]
}

/// A turn for each of these, one after the other.
fn queue(row: Vec<usize>) -> Vec<(usize, Turn)> {
    // Nobody comes before the first.
    let (_, mut mine) = oneshot::channel();
    let after = |index| {
        let (next, after) = oneshot::channel();
        let mine = std::mem::replace(&mut mine, after);
        (index, Turn { mine, next })
    };
    row.into_iter().map(after).collect()
}

/// How many variants are to be run.
fn planned(entry: &Entry) -> usize {
    let plan = entry.prepared.plan.iter();
    plan.filter(|planned| planned.skip.is_none()).count()
}

/// One target's part of the bar, and the word to the next target.
struct Relay {
    bar: Arc<Bar>,
    next: Mutex<Option<oneshot::Sender<()>>>,
}

impl Progress for Relay {
    fn finished(&self, index: usize, finished: &Finished) {
        self.bar.finished(index, finished);
    }

    fn ebbs(&self) {
        // Sending and dropping say the same.
        drop(
            self.next
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
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
    let planned = entries.iter().map(planned).sum();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_targets_begin_and_middling_ones_end() {
        let none: Vec<usize> = Vec::new();
        assert_eq!(rows(&[90, 40, 10, 60, 20]), [vec![2, 4, 1], vec![0, 3]]);
        assert_eq!(rows(&[7]), [vec![0], none.clone()]);
        assert_eq!(rows(&[]), [none.clone(), none]);
    }
}
