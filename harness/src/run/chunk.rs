//! Variants that share a control: one before them, one after, and each alone if the last one fails.

use std::sync::Arc;

use super::control::{Control, ControlKey, FailedControls, control};
use super::halt::Halt;
use super::runner::Runner;
use super::session::{Logged, Session};
use super::steps::Course;
use crate::judge::{Judgement, Observation};
use crate::plan::Planned;
use crate::suite::model::{Case, Send};
use crate::suite::text::Text;

/// What became of a variant.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The judgement, or why there is none.
    pub result: Result<Judgement, Halt>,
    /// What the judged exchange saw.
    pub observation: Option<Observation>,
    /// The exchanges in the order in which they were started.
    pub log: Vec<Logged>,
}

impl Finished {
    /// A variant that was not judged.
    #[must_use]
    pub fn halted(halt: Halt, log: Vec<Logged>) -> Self {
        Self {
            result: Err(halt),
            observation: None,
            log,
        }
    }
}

/// Variants of one control, by their places in the plan.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub key: ControlKey,
    pub members: Vec<usize>,
    /// Nothing else may run beside it: races, and steps that move the clock.
    pub alone: bool,
}

/// A try that broke is repeated so often, where that is safe.
const TRIES: u32 = 3;

/// Runs a chunk. Every member gets a result.
pub(super) async fn run_chunk(
    runner: &Runner,
    plan: &[Planned],
    chunk: &Chunk,
    failed: &FailedControls,
) -> Vec<(usize, Finished)> {
    let members: Vec<(usize, &Planned, &Case)> = chunk
        .members
        .iter()
        .filter_map(|index| {
            let planned = plan.get(*index)?;
            Some((
                *index,
                planned,
                runner.suite.case(planned.rule.rule, planned.case)?,
            ))
        })
        .collect();
    let Some((_, first, first_case)) = members.first() else {
        return Vec::new();
    };
    if chunk.key == ControlKey::Own {
        return each_alone(runner, &members, None).await;
    }
    let before = match control(runner, &chunk.key, first, first_case, failed).await {
        Ok(before) => before,
        Err(halt) => {
            return members
                .iter()
                .map(|(index, _, _)| (*index, Finished::halted(halt.clone(), Vec::new())))
                .collect();
        }
    };
    let finished = each_alone(runner, &members, Some(&before)).await;
    if runner.interrupted() {
        return finished;
    }
    match control(runner, &chunk.key, first, first_case, failed).await {
        Ok(_) | Err(Halt::Interrupted | Halt::Skipped(_)) => finished,
        Err(halt @ (Halt::Inconclusive(_) | Halt::Broken { .. })) if members.len() == 1 => finished
            .into_iter()
            .map(|(index, finished)| (index, doubtful(finished, &halt)))
            .collect(),
        Err(Halt::Inconclusive(_) | Halt::Broken { .. }) => {
            singly(runner, &members, &chunk.key, failed).await
        }
    }
}

/// A judgement that its control before allowed and its control after takes back.
fn doubtful(mut finished: Finished, halt: &Halt) -> Finished {
    let why = match halt {
        Halt::Inconclusive(why) | Halt::Broken { cause: why, .. } | Halt::Skipped(why) => {
            why.clone()
        }
        Halt::Interrupted => "interrupted".to_owned(),
    };
    if finished.result.is_ok() {
        finished.result = Err(Halt::Inconclusive(format!(
            "the control succeeded before the probe and not after it ({why}): the client may be locked out or throttled"
        )));
    }
    finished
}

/// Each member between controls of its own.
async fn singly(
    runner: &Runner,
    members: &[(usize, &Planned, &Case)],
    key: &ControlKey,
    failed: &FailedControls,
) -> Vec<(usize, Finished)> {
    let mut all = Vec::new();
    for (index, planned, case) in members {
        let before = match control(runner, key, planned, case, failed).await {
            Ok(before) => before,
            Err(halt) => {
                all.push((*index, Finished::halted(halt, Vec::new())));
                continue;
            }
        };
        let finished = attempts(runner, planned, case, Some(&before)).await;
        let finished = match control(runner, key, planned, case, failed).await {
            Ok(_) => finished,
            Err(halt) => doubtful(finished, &halt),
        };
        all.push((*index, finished));
    }
    all
}

async fn each_alone(
    runner: &Runner,
    members: &[(usize, &Planned, &Case)],
    before: Option<&Control>,
) -> Vec<(usize, Finished)> {
    let mut all = Vec::new();
    for (index, planned, case) in members {
        all.push((*index, attempts(runner, planned, case, before).await));
    }
    all
}

/// One variant, repeated where an exchange broke and a repetition is safe.
async fn attempts(
    runner: &Runner,
    planned: &Planned,
    case: &Case,
    before: Option<&Control>,
) -> Finished {
    let mut attempt = 0;
    loop {
        let finished = attempt_once(runner, planned, case, before, attempt).await;
        attempt += 1;
        match &finished.result {
            Err(Halt::Broken { again: true, .. }) if attempt < TRIES => {}
            Ok(_) | Err(_) => return finished,
        }
    }
}

async fn attempt_once(
    runner: &Runner,
    planned: &Planned,
    case: &Case,
    before: Option<&Control>,
    attempt: u32,
) -> Finished {
    let mut session = Session::new(runner, &planned.variant, attempt);
    session.control_change = case.control.as_ref();
    session.log.extend(
        before
            .iter()
            .flat_map(|control| control.log.iter().cloned()),
    );
    let control = before.map(|control| &control.seen);
    let mut course = Course::default();
    let result = if case.steps.is_empty() {
        let send = desugared(planned, case);
        let step = crate::suite::model::Step::Send(send);
        session.step(&step, control, &mut course).await
    } else {
        let mut result = Ok(());
        for step in &case.steps {
            result = session.step(step, control, &mut course).await;
            if result.is_err() || course.ended {
                break;
            }
        }
        result
    };
    let result = match (result, course.judgement) {
        // What was found before a later step broke stays found.
        (Err(_), Some(judgement)) if judgement.grade == crate::suite::answer::Grade::Fail => {
            Ok(judgement)
        }
        (Err(halt), _) => Err(halt),
        (Ok(()), Some(judgement)) => Ok(judgement),
        (Ok(()), None) => Err(Halt::Inconclusive("no step judged anything".to_owned())),
    };
    Finished {
        result,
        observation: course.observation,
        log: session.log,
    }
}

/// A case without steps as one: the baseline, its change, the expectation.
fn desugared(planned: &Planned, case: &Case) -> Send {
    let change = planned
        .variant
        .deviation
        .as_ref()
        .map(|(_, change)| change.clone());
    let own_control = change.is_none() && case.control.is_none();
    Send {
        baseline: planned.variant.grant.map(|grant| Text::new(grant.name())),
        control: own_control.then(|| Text::new("true")),
        change,
        expect: case.expect.clone(),
        ..Send::default()
    }
}

/// For schedules: the plan shared by all tasks.
pub(super) type SharedPlan = Arc<Vec<Planned>>;
