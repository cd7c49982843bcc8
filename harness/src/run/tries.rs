//! The tries of one variant: what may be chance has to repeat before it is held against the server.

use super::chunk::{Finished, doubtful};
use super::control::{Control, Look, Twin, client_request, control};
use super::halt::Halt;
use super::lost::{Kind, LostCauses};
use super::runner::Runner;
use super::session::Session;
use super::steps::Course;
use crate::judge::{Observation, Reply};
use crate::plan::Planned;
use crate::suite::answer::Grade;
use crate::suite::change::Change;
use crate::suite::model::{Case, Send};
use crate::suite::text::Text;

/// A try that broke is repeated so often, where that is safe.
const TRIES: u32 = 3;

/// A variant of a chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    pub index: usize,
    pub planned: &'a Planned,
    pub case: &'a Case,
    pub kind: Kind,
}

/// The control that variants share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'a> {
    pub twin: Twin<'a>,
    /// What it saw before them.
    pub before: &'a Control,
}

/// One variant, repeated where an exchange broke and a repetition is safe, or where silence or an answer of the class 5xx is
/// held against the server.
pub(super) async fn attempts(
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
    let (mut attempt, mut deviations) = (0, 0);
    loop {
        let finished = attempt_once(runner, member.planned, member.case, before, attempt).await;
        attempt += 1;
        if may_be_chance(&finished) {
            lost.answered(member.kind);
            deviations += 1;
            if deviations >= TRIES {
                return each_time(finished);
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

/// Whether the case holds against the server that no answer came (design §2, "Silence"), or one of the class 5xx (RFC 9110
/// §15.6). One closed connection proves nothing, and a gateway, a restart or a busy database gives one 5xx to any request: it
/// has to repeat, between controls that succeed.
fn may_be_chance(finished: &Finished) -> bool {
    let chance = finished
        .observation
        .as_ref()
        .is_some_and(|seen| match &seen.reply {
            Reply::None { .. } => true,
            Reply::Answer(answer) => answer.status >= 500,
        });
    chance && deviates(finished)
}

fn deviates(finished: &Finished) -> bool {
    let grade = finished.result.as_ref().map(|judgement| judgement.grade);
    matches!(grade, Ok(Grade::Fail | Grade::Warn))
}

fn each_time(mut finished: Finished) -> Finished {
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
