//! Steps, one after the other (docs/writing-suites.md, "Steps").

use std::time::Duration;

use tokenspec_report::Role;

use super::around::Around;
use super::deadline::duration;
use super::halt::Halt;
use super::polling::Decision;
use super::saved::Saved;
use super::session::{Session, plain};
use super::token::{TokenRequest, Unchanged};
use crate::judge::{Judgement, Observation, RenderText as _, is_true, json_text, judge, speaks_of};
use crate::plan::Variant;
use crate::suite::answer::{Answer, Grade};
use crate::suite::model::{Obtain, Prepare, Send, Step};
use crate::suite::text::Text;
use crate::template::RenderProblem;
use crate::vocabulary::Grant;

/// An answer that takes no longer did not wait for anything.
const MOMENT: Duration = Duration::from_millis(500);

/// What steps have concluded so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// The worst judgement.
    pub judgement: Option<Judgement>,
    /// The observation that it is about.
    pub observation: Option<Observation>,
    /// Nothing more is to be done.
    pub ended: bool,
}

impl Course {
    /// What the steps have come to, the last of them with this result. What was found before a later step broke stays found.
    pub(super) fn conclude(
        self,
        result: Result<(), Halt>,
    ) -> (Result<Judgement, Halt>, Option<Observation>) {
        let result = match (result, self.judgement) {
            (Err(_), Some(judgement)) if judgement.grade == Grade::Fail => Ok(judgement),
            (Err(halt), _) => Err(halt),
            (Ok(()), Some(judgement)) => Ok(judgement),
            (Ok(()), None) => Err(Halt::Inconclusive("no step judged anything".to_owned())),
        };
        (result, self.observation)
    }

    /// Adds a judgement; the worse one stays.
    pub(super) fn add(&mut self, judgement: Judgement, observation: Option<Observation>) {
        let worse = self
            .judgement
            .as_ref()
            .is_none_or(|have| judgement.grade > have.grade);
        if worse {
            self.judgement = Some(judgement);
            self.observation = observation.or_else(|| self.observation.take());
        } else if self.observation.is_none() {
            self.observation = observation;
        }
    }
}

/// A time that the target tells in none of its answers (`expires_in` is but recommended) can't be waited for.
fn untold(problem: RenderProblem) -> Halt {
    match problem {
        RenderProblem::Unknown(value) => Halt::Skipped(format!(
            "needs `{value}`, which says how long to wait: the target's answer does not tell it"
        )),
        RenderProblem::Filter { .. } => problem.into(),
    }
}

impl Session<'_> {
    /// One step.
    pub(super) async fn step(
        &mut self,
        step: &Step,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        match step {
            Step::Approve(step) => self.decide_step(step, Decision::Approve).await,
            Step::Authorize(step) => self.authorize_step(step, course).await,
            Step::Begin(step) => self.begin_step(step, course).await,
            Step::Check(step) => self.check_step(step, course),
            Step::Deny(step) => self.decide_step(step, Decision::Deny).await,
            Step::Durations(step) => self.durations_step(step, control, course).await,
            Step::Elapse(text) => {
                let text = self.values.text(text).map_err(untold)?;
                let time = duration(&text)?;
                self.runner.elapse(time).await
            }
            Step::Fetch(step) => self.fetch_step(step, control, course).await,
            Step::Handshake(step) => self.handshake_step(step, course).await,
            Step::Inspect(step) => self.inspect_step(step, course).await,
            Step::Obtain(step) => self.obtain_step(step).await,
            Step::Prepare(step) => self.prepare_step(step).await,
            Step::Publish(step) => self.publish_step(step),
            Step::Push(step) => self.push_step(step, course).await,
            Step::Register(step) => self.register_step(step, course).await,
            Step::Received(step) => self.received_step(step, course).await,
            Step::Revoke(step) => self.revoke_step(step, control, course).await,
            Step::Sample(step) => self.sample_step(step, course).await,
            Step::Send(step) => self.send_step(step, control, course).await,
            Step::Together(step) => self.together_step(step, control, course).await,
        }
    }

    async fn obtain_step(&mut self, step: &Obtain) -> Result<(), Halt> {
        let grant = self.grant(Some(&step.grant))?;
        let scope = step
            .scope
            .as_ref()
            .map(|scope| self.values.text(scope))
            .transpose()?;
        // A refresh of its own could hide what the first one of the case does.
        let mut saved = if grant == Grant::RefreshToken {
            self.refreshable(step.client, scope.as_deref()).await?
        } else {
            self.tokens(step.client, grant, scope.as_deref()).await?
        };
        if let Some(scope) = scope {
            saved
                .values
                .entry("asked_scope".to_owned())
                .or_insert_with(|| plain(scope));
        }
        self.save(step.name.as_ref(), saved);
        Ok(())
    }

    /// Judges what a step saw, where it expects anything.
    pub(super) fn settle(
        &self,
        expect: &[Answer],
        seen: Observation,
        course: &mut Course,
    ) -> Result<(), Halt> {
        if expect.is_empty() {
            return Ok(());
        }
        let judgement = self.judge(expect, &seen, None)?;
        finish(judgement, seen, course)
    }

    async fn prepare_step(&mut self, step: &Prepare) -> Result<(), Halt> {
        let grant = self.grant(step.baseline.as_ref())?;
        let request = TokenRequest {
            role: Role::Setup,
            client: step.client,
            grant,
            credential: self.credential(step.client, grant, None).await?,
            change: step.change.as_ref(),
            unchanged: Unchanged::Send,
        };
        self.compose(&request)?;
        let saved = Saved {
            sent: self.values.sent.clone(),
            ..Saved::default()
        };
        self.save(Some(&step.name), saved);
        Ok(())
    }

    /// The request of a `send` step, with its credential.
    pub(super) async fn send_request<'s>(
        &mut self,
        step: &'s Send,
        role: Role,
    ) -> Result<TokenRequest<'s>, Halt> {
        let grant = self.grant(step.baseline.as_ref())?;
        let credential = match &step.with {
            Some(name) => self
                .values
                .saved
                .get(name.as_str())
                .and_then(|saved| saved.credential.clone())
                .ok_or_else(|| {
                    Halt::Inconclusive(format!("`{name}` brought no code and no refresh token"))
                })?,
            None => self.credential(step.client, grant, None).await?,
        };
        let unchanged = match role {
            Role::Probe => Unchanged::of_probe(&step.expect, self.values.variant),
            Role::After | Role::Control | Role::Setup => Unchanged::Send,
        };
        Ok(TokenRequest {
            role,
            client: step.client,
            grant,
            credential,
            change: step.change.as_ref(),
            unchanged,
        })
    }

    async fn send_step(
        &mut self,
        step: &Send,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let role = role_of(step.control.as_ref(), &step.expect);
        let request = self.send_request(step, role).await?;
        let deadline = self.deadline(step.within.as_ref())?;
        loop {
            let (mut seen, mut saved) = match &step.elapse {
                Some(time) => self.waiting_request(&request, time).await?,
                None => self.token_request(&request).await?,
            };
            if role != Role::Probe && !self.is_success_in_name(&step.expect, &seen)? {
                must_succeed(self.values.variant, request.grant, &seen, role)?;
            }
            if step.expect.is_empty() {
                self.save(step.name.as_ref(), saved);
                return Ok(());
            }
            if needs_token_facts(&step.expect) && seen.accepted() {
                seen.token = self.token_facts(&seen).await?;
                save_claims(&step.expect, &seen, &mut saved);
                saved.observation = Some(seen.clone());
                self.look_at_compared(&step.expect).await?;
            }
            self.save(step.name.as_ref(), saved);
            let judgement = self.judge(&step.expect, &seen, control)?;
            // What is only recorded may still become what conforms.
            if judgement.grade > Grade::Pass && deadline.wait().await {
                continue;
            }
            return finish(judgement, seen, course);
        }
    }

    /// Looks at the tokens of the steps that an expectation compares with, as at its own.
    async fn look_at_compared(&mut self, answers: &[Answer]) -> Result<(), Halt> {
        for name in answers.iter().filter_map(|answer| answer.like.as_ref()) {
            let saved = self.values.saved.get(name.as_str());
            let Some(mut seen) = saved.and_then(|saved| saved.observation.clone()) else {
                continue;
            };
            if seen.accepted() && seen.token.scope.is_none() {
                seen.token = self.token_facts(&seen).await?;
                if let Some(saved) = self.values.saved.get_mut(name.as_str()) {
                    saved.observation = Some(seen);
                }
            }
        }
        Ok(())
    }

    /// Sends a request; where its answer takes more than a moment, this time passes meanwhile.
    async fn waiting_request(
        &mut self,
        request: &TokenRequest<'_>,
        time: &Text,
    ) -> Result<(Observation, Saved), Halt> {
        let time = duration(&self.values.text(time)?)?;
        let runner = self.runner;
        let passing = async {
            tokio::time::sleep(MOMENT).await;
            match runner.elapse(time).await {
                Ok(()) => std::future::pending().await,
                Err(halt) => halt,
            }
        };
        let patience = runner.wait_longer(time);
        let answered = tokio::select! {
            answered = self.token_request(request) => answered,
            halt = passing => Err(halt),
        };
        drop(patience);
        answered
    }

    /// Whether a request that is judged itself was answered as a success without a readable token, and the
    /// expectation has a word for that. A refusal stays a control that failed.
    fn is_success_in_name(&self, answers: &[Answer], seen: &Observation) -> Result<bool, Halt> {
        let around = Around {
            values: &self.values,
            capabilities: &self.capabilities,
            control: None,
        };
        let claimed = seen
            .answer()
            .is_some_and(|answer| matches!(answer.status, 200..400));
        Ok(claimed && !seen.accepted() && speaks_of(answers, seen, &around)?)
    }

    /// Judges with the values of this variant.
    pub(super) fn judge(
        &self,
        answers: &[Answer],
        seen: &Observation,
        control: Option<&Observation>,
    ) -> Result<Judgement, Halt> {
        let around = Around {
            values: &self.values,
            capabilities: &self.capabilities,
            control,
        };
        Ok(judge(answers, seen, &around)?)
    }

    /// Whether capability words hold for this variant.
    pub(super) fn words(&self, words: &[Text]) -> bool {
        use crate::judge::Surroundings as _;
        let around = Around {
            values: &self.values,
            capabilities: &self.capabilities,
            control: None,
        };
        words.iter().all(|word| around.word(word.as_str()))
    }
}

/// A set-up request or a control that must have succeeded.
fn must_succeed(
    variant: &Variant,
    grant: Grant,
    seen: &Observation,
    role: Role,
) -> Result<(), Halt> {
    if super::control::holds(variant, Some(grant), seen) {
        return Ok(());
    }
    match &seen.reply {
        crate::judge::Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
        crate::judge::Reply::Answer(_) => {
            let what = if role == Role::Control {
                "the control"
            } else {
                "a request that sets the case up"
            };
            Err(Halt::Inconclusive(format!(
                "{what} did not succeed: {}",
                seen.summary()
            )))
        }
    }
}

/// Why a step sends its request: as a control, to be judged, or to set the stage for those that are.
pub(super) fn role_of<T>(control: Option<&Text>, expect: &[T]) -> Role {
    match (control.is_some_and(is_true), expect.is_empty()) {
        (true, _) => Role::Control,
        (false, true) => Role::Setup,
        (false, false) => Role::Probe,
    }
}

/// Adds a judgement on a request; silence that no expectation names breaks the variant.
pub(super) fn finish(
    judgement: Judgement,
    seen: Observation,
    course: &mut Course,
) -> Result<(), Halt> {
    if judgement.silent {
        return Err(Halt::silent(judgement.reason, seen.outcome()));
    }
    course.ended |= judgement.end || matches!(judgement.grade, Grade::Fail | Grade::Inconclusive);
    course.add(judgement, Some(seen));
    Ok(())
}

/// Saves the claims that an expectation speaks of; those that are not there are empty.
fn save_claims(answers: &[Answer], seen: &Observation, saved: &mut Saved) {
    let accepted = answers.iter().filter_map(|answer| answer.accepted.as_ref());
    for name in accepted.flat_map(|accepted| accepted.claims.keys()) {
        let claim = seen.token.claims.iter().find(|(own, _)| own == name);
        let text = claim.map(|(_, value)| json_text(value)).unwrap_or_default();
        saved.put(&format!("claims.{name}"), plain(text));
    }
}

/// Whether an expectation asks for what only introspection or the claims of a JWT can tell.
pub(super) fn needs_token_facts(answers: &[Answer]) -> bool {
    answers.iter().any(|answer| {
        answer.like.is_some()
            || answer.accepted.as_ref().is_some_and(|accepted| {
                accepted.real_scope.is_some()
                    || accepted.issued_by.is_some()
                    || accepted.of_client.is_some()
                    || !accepted.claims.is_empty()
            })
    })
}
