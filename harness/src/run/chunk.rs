//! Variants that share a control: one before them, one after, and each alone if the last one fails.

use super::control::{Control, ControlKey, Look, Twin, client_request, control};
use super::halt::Halt;
use super::lost::{Kind, LostCauses};
use super::runner::Runner;
use super::session::{Logged, Session};
use super::steps::Course;
use crate::judge::{Judgement, Observation, Reply};
use crate::plan::Planned;
use crate::suite::answer::Grade;
use crate::suite::change::Change;
use crate::suite::model::{Case, Send};
use crate::suite::text::Text;

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

/// A try that broke is repeated so often, where that is safe.
const TRIES: u32 = 3;

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

/// A variant of a chunk.
#[derive(Clone, Copy, Debug)]
struct Member<'a> {
    index: usize,
    planned: &'a Planned,
    case: &'a Case,
    kind: Kind,
}

/// A judgement that its control before allowed and its control after takes back. A token that came for a request that
/// deserves none stays proven: neither lockout nor throttling issues one.
fn doubtful(mut finished: Finished, halt: &Halt) -> Finished {
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

/// The control that variants share.
#[derive(Clone, Copy, Debug)]
struct Shared<'a> {
    twin: Twin<'a>,
    /// What it saw before them.
    before: &'a Control,
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

/// One variant, repeated where an exchange broke and a repetition is safe, or where silence is held against the server.
async fn attempts(
    runner: &Runner,
    member: Member<'_>,
    shared: Option<Shared<'_>>,
    lost: &LostCauses,
) -> Finished {
    if lost.is_silent(member.kind) {
        let halt = Halt::Broken {
            cause: "not tried: three before it of the same kind got no answer in time".to_owned(),
            again: false,
        };
        return Finished::halted(halt, Vec::new());
    }
    let finished = repeated(runner, member, shared, lost).await;
    vouched(runner, member, finished, lost).await
}

/// A refusal as `invalid_client` is held against the server only while the second client can authenticate.
async fn vouched(
    runner: &Runner,
    member: Member<'_>,
    finished: Finished,
    lost: &LostCauses,
) -> Finished {
    let answer = finished.observation.as_ref().and_then(Observation::answer);
    let suspect = deviates(&finished)
        && answer.and_then(|answer| answer.text_member("error")) == Some("invalid_client");
    let other = member.planned.variant.other.filter(|_| suspect);
    let Some(key) = other.and_then(|other| client_request(&runner.target, other)) else {
        return finished;
    };
    let twin = Twin {
        runner,
        key: &key,
        planned: member.planned,
        case: member.case,
        look: Look::Answer,
    };
    match control(twin, lost).await {
        Ok(_) | Err(Halt::Interrupted | Halt::Skipped(_)) => finished,
        Err(Halt::Inconclusive(why) | Halt::Broken { cause: why, .. }) => Finished::halted(
            Halt::Inconclusive(format!(
                "the second client can't authenticate at the time ({why}): it may be locked out or throttled"
            )),
            finished.log,
        ),
    }
}

async fn repeated(
    runner: &Runner,
    member: Member<'_>,
    shared: Option<Shared<'_>>,
    lost: &LostCauses,
) -> Finished {
    let before = shared.map(|shared| shared.before);
    let (mut attempt, mut silences) = (0, 0);
    loop {
        let finished = attempt_once(runner, member.planned, member.case, before, attempt).await;
        attempt += 1;
        if is_owed_an_answer(&finished) {
            lost.answered(member.kind);
            silences += 1;
            if silences >= TRIES {
                return silent_each_time(finished);
            }
            if let Some(shared) = shared
                && let Err(halt) = control(shared.twin, lost).await
            {
                return doubtful(finished, &halt);
            }
            continue;
        }
        match &finished.result {
            Err(Halt::Broken { again: true, .. }) if attempt < TRIES => continue,
            Err(Halt::Broken { again: false, .. }) if !runner.unreachable() => {
                lost.timed_out(member.kind);
            }
            Ok(_) | Err(_) => lost.answered(member.kind),
        }
        return finished;
    }
}

/// Whether no answer came where the case holds that against the server (design §2, "Silence"). One closed connection
/// proves nothing: it has to repeat, between controls that succeed.
fn is_owed_an_answer(finished: &Finished) -> bool {
    let silent = finished.observation.as_ref().map(|seen| &seen.reply);
    deviates(finished) && matches!(silent, Some(Reply::None { .. }))
}

fn deviates(finished: &Finished) -> bool {
    let grade = finished.result.as_ref().map(|judgement| judgement.grade);
    matches!(grade, Ok(Grade::Fail | Grade::Warn))
}

fn silent_each_time(mut finished: Finished) -> Finished {
    if let Ok(judgement) = &mut finished.result {
        judgement.reason = format!("{} ({TRIES} times in a row)", judgement.reason);
    }
    finished
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
    let (result, observation) = course.conclude(result);
    Finished {
        result,
        observation,
        log: session.log,
    }
}

/// A case without steps as one: the baseline, its change, the expectation.
fn desugared(planned: &Planned, case: &Case) -> Send {
    let change = planned
        .variant
        .deviation
        .as_ref()
        .map(|(_, change)| Change::clone(change));
    let own_control = change.is_none() && case.control.is_none();
    Send {
        baseline: planned.variant.grant.map(|grant| Text::new(grant.name())),
        control: own_control.then(|| Text::new("true")),
        change,
        expect: case.expect.clone(),
        ..Send::default()
    }
}
