//! Chunks over tasks: concurrent under the target's limits, races alone, clocks last.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{RwLock, Semaphore};
use tokio::task::JoinSet;

use super::chunk::{Chunk, Finished, SharedPlan, run_chunk};
use super::control::{ControlKey, FailedControls, key};
use super::halt::Halt;
use super::runner::Runner;
use crate::judge::is_true;
use crate::plan::Planned;
use crate::suite::model::{Case, Step};

/// Told of each variant as it is finished.
pub trait Progress: Send + Sync {
    /// A variant is finished: its place in the plan.
    fn finished(&self, index: usize, finished: &Finished);
}

/// The most variants that share a control.
const CHUNK: usize = 16;

/// Runs a plan. The results stand in plan order; skipped entries have none.
pub async fn run(
    runner: &Arc<Runner>,
    plan: &Arc<Vec<Planned>>,
    progress: &Arc<dyn Progress>,
) -> Vec<Option<Finished>> {
    let mut results: Vec<Option<Finished>> = plan.iter().map(|_| None).collect();
    let (ordinary, last) = chunks(runner, plan);
    let failed = Arc::new(FailedControls::default());
    let permits = Arc::new(Semaphore::new(runner.limits.concurrency.max(1)));
    let alone = Arc::new(RwLock::new(()));
    let mut tasks = JoinSet::new();
    for chunk in ordinary {
        tasks.spawn(task(
            Arc::clone(runner),
            Arc::clone(plan),
            chunk,
            Arc::clone(&failed),
            Arc::clone(&permits),
            Arc::clone(&alone),
        ));
    }
    while let Some(finished) = tasks.join_next().await {
        keep(
            finished.unwrap_or_default(),
            &mut results,
            progress.as_ref(),
        );
    }
    for chunk in last {
        let finished = if runner.interrupted() {
            Vec::new()
        } else {
            run_chunk(runner, plan, &chunk, &failed).await
        };
        keep(finished, &mut results, progress.as_ref());
    }
    for (planned, result) in plan.iter().zip(&mut results) {
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
    results
}

async fn task(
    runner: Arc<Runner>,
    plan: SharedPlan,
    chunk: Chunk,
    failed: Arc<FailedControls>,
    permits: Arc<Semaphore>,
    alone: Arc<RwLock<()>>,
) -> Vec<(usize, Finished)> {
    // A closed semaphore can't happen: nobody closes it.
    let Ok(_permit) = permits.acquire().await else {
        return Vec::new();
    };
    if chunk.alone {
        let _guard = alone.write().await;
        run_chunk(&runner, &plan, &chunk, &failed).await
    } else {
        let _guard = alone.read().await;
        run_chunk(&runner, &plan, &chunk, &failed).await
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

/// The plan in chunks: those that run at any time, and those that move the clock and run last.
fn chunks(runner: &Runner, plan: &[Planned]) -> (Vec<Chunk>, Vec<Chunk>) {
    let mut open: BTreeMap<(ControlKey, bool), Chunk> = BTreeMap::new();
    let mut ordinary = Vec::new();
    let mut last = Vec::new();
    for (index, planned) in plan.iter().enumerate() {
        let Some(case) = runner.suite.case(planned.rule.rule, planned.case) else {
            continue;
        };
        if planned.skip.is_some() {
            continue;
        }
        let key = key(planned, case);
        let chunk = Chunk {
            key: key.clone(),
            members: vec![index],
            alone: races(case),
        };
        if moves_clock(case) {
            last.push(chunk);
        } else if chunk.alone || key == ControlKey::Own {
            ordinary.push(chunk);
        } else {
            let hurts = case.hurts.as_ref().is_some_and(is_true);
            let most = if hurts && !runner.target.is_loopback() {
                3
            } else {
                CHUNK
            };
            let place = open.entry((key, hurts)).or_insert_with(|| Chunk {
                members: Vec::new(),
                ..chunk
            });
            place.members.push(index);
            if place.members.len() >= most {
                let full = std::mem::take(&mut place.members);
                ordinary.push(Chunk {
                    key: place.key.clone(),
                    members: full,
                    alone: false,
                });
            }
        }
    }
    ordinary.extend(open.into_values().filter(|chunk| !chunk.members.is_empty()));
    (ordinary, last)
}

fn races(case: &Case) -> bool {
    case.steps
        .iter()
        .any(|step| matches!(step, Step::Together(_)))
}

/// Whether a case lets more time pass than a short wait.
#[must_use]
pub(super) fn moves_clock(case: &Case) -> bool {
    case.steps.iter().any(|step| match step {
        Step::Elapse(text) => humantime::parse_duration(text.as_str())
            .map_or(true, |time| time > std::time::Duration::from_secs(5)),
        Step::Authorize(_)
        | Step::Check(_)
        | Step::Fetch(_)
        | Step::Inspect(_)
        | Step::Obtain(_)
        | Step::Prepare(_)
        | Step::Revoke(_)
        | Step::Sample(_)
        | Step::Send(_)
        | Step::Together(_) => false,
    })
}
