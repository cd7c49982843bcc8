//! Which cases ask for a refusal, and which answers they would take for one. Pure.

use crate::suite::answer::{Answer, Grade};
use crate::suite::model::Case;
use crate::suite::model::Step;

/// Whether a pass of the case means that something was refused: some step has refusals only among what conforms.
#[must_use]
pub(super) fn asks_refusal(case: &Case) -> bool {
    lists(case).iter().any(|list| list.asks())
        || case.steps.iter().any(|step| match step {
            Step::Authorize(authorize) => {
                let mut conforming = authorize.expect.iter().filter(|it| it.grade == Grade::Pass);
                let any = conforming.clone().next().is_some();
                any && conforming.all(|it| it.refused.is_some())
            }
            Step::Check(_)
            | Step::Elapse(_)
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

/// The answers of one expectation that conform.
struct Conforming<'c>(Vec<&'c Answer>);

impl<'c> Conforming<'c> {
    fn of(answers: impl Iterator<Item = &'c Answer>) -> Self {
        Self(answers.filter(|it| it.grade == Grade::Pass).collect())
    }

    fn asks(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|answer| refuses(answer))
    }
}

/// The expectations of token requests: of the case itself, or of each step.
fn lists(case: &Case) -> Vec<Conforming<'_>> {
    let mut lists = vec![Conforming::of(case.expect.iter())];
    for step in &case.steps {
        match step {
            Step::Send(send) => lists.push(Conforming::of(send.expect.iter())),
            Step::Together(together) => lists.push(Conforming::of(together.expect.others.iter())),
            Step::Authorize(_)
            | Step::Check(_)
            | Step::Elapse(_)
            | Step::Fetch(_)
            | Step::Inspect(_)
            | Step::Obtain(_)
            | Step::Prepare(_)
            | Step::Revoke(_)
            | Step::Sample(_) => {}
        }
    }
    lists
}

fn refuses(answer: &Answer) -> bool {
    let statuses_refuse = answer.status.as_ref().is_some_and(|statuses| {
        statuses
            .iter()
            .all(|status| !status.as_str().starts_with('2'))
    });
    answer.accepted.is_none()
        && (answer.refused.is_some()
            || answer.error.is_some()
            || statuses_refuse
            || !answer.silence.is_empty())
}
