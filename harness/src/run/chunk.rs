//! Variants that share a control: one before them, one after, and each alone if the last one fails.

use super::control::{ControlKey, Look, Twin, control};
use super::halt::Halt;
use super::lost::{Kind, LostCauses};
use super::runner::Runner;
use super::session::Logged;
use super::tries::{Member, Shared, attempts};
use crate::judge::{Judgement, Observation};
use crate::plan::Planned;
use crate::suite::answer::Grade;

/// Whose exchanges are kept for the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// Those of all variants.
    #[default]
    All,
    /// Those of variants that did not pass: nobody sees the others, and they are nearly all of what a run holds.
    NotPassed,
}

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
    /// What is kept of it.
    pub(super) fn kept(mut self, kept: Kept) -> Self {
        if let Ok(judgement) = &mut self.result
            && judgement.grade == Grade::Pass
            && kept == Kept::NotPassed
        {
            (judgement.reason, judgement.expected) = (String::new(), Vec::new());
            (self.observation, self.log) = (None, Vec::new());
        }
        self
    }

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
    /// The client whose authentication it makes fail, where one chunk of this client must wait for the other.
    pub lane: Option<Option<usize>>,
}

/// Runs a chunk. Every member gets a result.
pub(super) async fn run_chunk(
    runner: &Runner,
    plan: &[Planned],
    chunk: &Chunk,
    lost: &LostCauses,
) -> Vec<(usize, Finished)> {
    let members = members(runner, plan, chunk);
    let Some(first) = members.first() else {
        return Vec::new();
    };
    if chunk.key == ControlKey::Own {
        return each_alone(runner, &members, None, lost).await;
    }
    let twin = Twin {
        runner,
        key: &chunk.key,
        planned: first.planned,
        case: first.case,
        look: Look::of(members.iter().map(|member| member.case)),
    };
    let before = match control(twin, lost).await {
        Ok(before) => before,
        Err(halt) => {
            return members
                .iter()
                .map(|member| (member.index, Finished::halted(halt.clone(), Vec::new())))
                .collect();
        }
    };
    let shared = Shared {
        twin,
        before: &before,
    };
    let finished = each_alone(runner, &members, Some(shared), lost).await;
    if runner.interrupted() {
        return finished;
    }
    match control(twin, lost).await {
        Ok(_) | Err(Halt::Interrupted | Halt::Skipped(_)) => finished,
        Err(halt @ (Halt::Inconclusive(_) | Halt::Broken { .. })) if members.len() == 1 => finished
            .into_iter()
            .map(|(index, finished)| (index, doubtful(finished, &halt)))
            .collect(),
        Err(Halt::Inconclusive(_) | Halt::Broken { .. }) => {
            let again = singly(twin, &members, lost).await;
            finished
                .into_iter()
                .zip(again)
                .map(|((index, first), (_, again))| (index, keep_proof(first, again)))
                .collect()
        }
    }
}

/// The variants of a chunk.
fn members<'a>(runner: &'a Runner, plan: &'a [Planned], chunk: &Chunk) -> Vec<Member<'a>> {
    chunk
        .members
        .iter()
        .filter_map(|index| {
            let planned = plan.get(*index)?;
            let case = runner.suite.case(planned.rule.rule, planned.case)?;
            let kind = Kind::of(&chunk.key, planned);
            Some(Member {
                index: *index,
                planned,
                case,
                kind,
            })
        })
        .collect()
}

/// A judgement that its control before allowed and its control after takes back. A token that came for a request that
/// deserves none stays proven: neither lockout nor throttling issues one.
pub(super) fn doubtful(mut finished: Finished, halt: &Halt) -> Finished {
    let why = match halt {
        Halt::Inconclusive(why) | Halt::Broken { cause: why, .. } | Halt::Skipped(why) => {
            why.clone()
        }
        Halt::Interrupted => "interrupted".to_owned(),
    };
    if finished.result.is_ok() && !is_proof(&finished) {
        finished.result = Err(Halt::Inconclusive(format!(
            "the control succeeded before the probe and not after it ({why}): the client may be locked out or throttled"
        )));
    }
    finished
}

/// Whether a failure is one whatever became of the control afterwards: the request was accepted.
fn is_proof(finished: &Finished) -> bool {
    let failed = matches!(&finished.result, Ok(judgement) if judgement.grade == Grade::Fail);
    failed
        && finished
            .observation
            .as_ref()
            .is_some_and(Observation::accepted)
}

/// The repetition of a variant; what its first try has proven, a second one does not undo.
fn keep_proof(first: Finished, again: Finished) -> Finished {
    if is_proof(&first) { first } else { again }
}

/// Each member between controls of its own.
async fn singly(
    chunk: Twin<'_>,
    members: &[Member<'_>],
    lost: &LostCauses,
) -> Vec<(usize, Finished)> {
    let mut all = Vec::new();
    for member in members {
        let twin = Twin {
            planned: member.planned,
            case: member.case,
            ..chunk
        };
        let before = match control(twin, lost).await {
            Ok(before) => before,
            Err(halt) => {
                all.push((member.index, Finished::halted(halt, Vec::new())));
                continue;
            }
        };
        let shared = Shared {
            twin,
            before: &before,
        };
        let finished = attempts(chunk.runner, *member, Some(shared), lost).await;
        let finished = match control(twin, lost).await {
            Ok(_) => finished,
            Err(halt) => doubtful(finished, &halt),
        };
        all.push((member.index, finished));
    }
    all
}

async fn each_alone(
    runner: &Runner,
    members: &[Member<'_>],
    shared: Option<Shared<'_>>,
    lost: &LostCauses,
) -> Vec<(usize, Finished)> {
    let mut all = Vec::new();
    for member in members {
        all.push((member.index, attempts(runner, *member, shared, lost).await));
    }
    all
}
