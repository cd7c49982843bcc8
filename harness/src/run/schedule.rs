//! Chunks over tasks: concurrent under the target's limits, those that wait first; then races, clocks and lockouts, each alone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::chunk::{Chunk, Finished, run_chunk};
use super::grouping::{Chunks, chunks, twins};
use super::halt::Halt;
use super::lost::LostCauses;
use super::runner::Runner;
use crate::plan::Planned;

/// Told of each variant as it is finished.
pub trait Progress: Send + Sync {
    /// A variant is finished: its place in the plan, and what is kept of it.
    fn finished(&self, index: usize, finished: &Finished);

    /// All that runs side by side has begun: what is left is waiting, and one variant after the other.
    fn ebbs(&self) {}
}

/// Runs a plan. The results stand in plan order; skipped entries have none.
pub async fn run(
    runner: &Arc<Runner>,
    plan: &Arc<Vec<Planned>>,
    progress: &Arc<dyn Progress>,
) -> Vec<Option<Finished>> {
    runner.read_clock().await;
    let mut results: Vec<Option<Finished>> = plan.iter().map(|_| None).collect();
    let twins = twins(&runner.suite, plan);
    let Chunks {
        waiting,
        ordinary,
        alone,
    } = chunks(&runner.suite, &runner.target, plan, &twins);
    let shared = Arc::new(Shared::new(
        runner,
        plan,
        progress,
        (waiting.len(), ordinary.len()),
    ));
    let mut tasks = JoinSet::new();
    for chunk in waiting {
        tasks.spawn(beside_others(Arc::clone(&shared), chunk, Pace::Waits));
    }
    for chunk in ordinary {
        tasks.spawn(beside_others(Arc::clone(&shared), chunk, Pace::Works));
    }
    keep_all(&mut tasks, &mut results, progress.as_ref()).await;
    for chunk in alone {
        if runner.interrupted() {
            break;
        }
        let shared = Arc::clone(&shared);
        tasks.spawn(async move { by_itself(&shared, &chunk).await });
        keep_all(&mut tasks, &mut results, progress.as_ref()).await;
    }
    for (index, first) in twins {
        let copy = results.get(first).cloned().flatten();
        keep(
            copy.map(|finished| (index, finished)).into_iter().collect(),
            &mut results,
            progress.as_ref(),
        );
    }
    complete(runner, plan, &mut results);
    results
}

/// A planned variant that has no result is an error (design §2, "Completeness").
fn complete(runner: &Runner, plan: &[Planned], results: &mut [Option<Finished>]) {
    for (planned, result) in plan.iter().zip(results) {
        if planned.skip.is_none() && result.is_none() {
            let halt = if runner.interrupted() {
                Halt::Interrupted
            } else {
                Halt::Broken {
                    cause: "the variant was never run: a defect of tokenspec".to_owned(),
                    again: false,
                }
            };
            *result = Some(Finished::halted(halt, Vec::new()));
        }
    }
}

/// What a chunk spends its time with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Works,
    Waits,
}

/// What all tasks of a run share.
struct Shared {
    runner: Arc<Runner>,
    plan: Arc<Vec<Planned>>,
    lost: LostCauses,
    /// Variants under way at once.
    permits: Semaphore,
    /// Those among them that wait, at most half, so that others work meanwhile. When the last ones have begun, their permits go to
    /// the others.
    patience: Semaphore,
    /// One for each client whose authentication is made to fail.
    lanes: Mutex<BTreeMap<Option<usize>, Arc<tokio::sync::Mutex<()>>>>,
    /// Chunks that have not begun: those that wait, and all that run side by side.
    waiting: AtomicUsize,
    to_begin: AtomicUsize,
    progress: Arc<dyn Progress>,
}

impl Shared {
    fn new(
        runner: &Arc<Runner>,
        plan: &Arc<Vec<Planned>>,
        progress: &Arc<dyn Progress>,
        (waiting, ordinary): (usize, usize),
    ) -> Self {
        let most = runner.limits.concurrency.max(1);
        let patience = (most / 2).min(waiting);
        if waiting + ordinary == 0 {
            progress.ebbs();
        }
        Self {
            runner: Arc::clone(runner),
            plan: Arc::clone(plan),
            lost: LostCauses::default(),
            permits: Semaphore::new(most - patience),
            patience: Semaphore::new(patience),
            lanes: Mutex::default(),
            waiting: AtomicUsize::new(waiting),
            to_begin: AtomicUsize::new(waiting + ordinary),
            progress: Arc::clone(progress),
        }
    }

    /// Where a chunk gets its permit.
    fn permits(&self, pace: Pace) -> &Semaphore {
        match pace {
            // Of one permit nobody has half.
            Pace::Waits if self.runner.limits.concurrency > 1 => &self.patience,
            Pace::Waits | Pace::Works => &self.permits,
        }
    }

    fn begins(&self, pace: Pace) {
        if pace == Pace::Waits {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        if self.to_begin.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.progress.ebbs();
        }
    }

    /// Nobody waits any more for the permit of one that waited.
    fn is_free(&self, pace: Pace) -> bool {
        pace == Pace::Waits && self.waiting.load(Ordering::Relaxed) == 0
    }

    fn lane(&self, client: Option<usize>) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(client).or_default())
    }
}

async fn beside_others(shared: Arc<Shared>, chunk: Chunk, pace: Pace) -> Vec<(usize, Finished)> {
    let lane = chunk.lane.map(|client| shared.lane(client));
    // The lane comes first: who waits for it must not hold up others.
    let _lane = match &lane {
        Some(lane) => Some(lane.lock().await),
        None => None,
    };
    // A closed semaphore can't happen: nobody closes it.
    let Ok(permit) = shared.permits(pace).acquire().await else {
        return Vec::new();
    };
    shared.begins(pace);
    // In a box of its own: what it holds is much, and the tasks of all chunks are there from the beginning.
    let finished = Box::pin(by_itself(&shared, &chunk)).await;
    if shared.is_free(pace) {
        permit.forget();
        shared.permits.add_permits(1);
    }
    finished
}

async fn by_itself(shared: &Shared, chunk: &Chunk) -> Vec<(usize, Finished)> {
    let runner = &shared.runner;
    let finished = run_chunk(runner, &shared.plan, chunk, &shared.lost).await;
    let kept = |(index, finished): (usize, Finished)| (index, finished.kept(runner.kept));
    finished.into_iter().map(kept).collect()
}

/// Keeps what the tasks find, until all have ended.
async fn keep_all(
    tasks: &mut JoinSet<Vec<(usize, Finished)>>,
    results: &mut [Option<Finished>],
    progress: &dyn Progress,
) {
    while let Some(finished) = tasks.join_next().await {
        keep(finished.unwrap_or_default(), results, progress);
    }
}

fn keep(
    finished: Vec<(usize, Finished)>,
    results: &mut [Option<Finished>],
    progress: &dyn Progress,
) {
    for (index, finished) in finished {
        progress.finished(index, &finished);
        if let Some(place) = results.get_mut(index) {
            *place = Some(finished);
        }
    }
}
