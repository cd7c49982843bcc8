//! The steps `inspect` and `revoke`: the state of a token, and its end (RFC 7662, RFC 7009).

use super::halt::Halt;
use super::inspect::{TokenState, managers_of};
use super::saved::Saved;
use super::session::{Session, plain};
use super::steps::{Course, finish};
use crate::judge::{Judgement, Observation, RenderText as _, Value, holds, is_true, scope_holds};
use crate::suite::answer::Grade;
use crate::suite::change::Who;
use crate::suite::model::{Inspect, InspectAnswer, Revoke};

impl Session<'_> {
    /// Looks at a token.
    pub(super) async fn inspect_step(
        &mut self,
        step: &Inspect,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let token = self.values.text(&step.token)?;
        let deadline = self.deadline(step.within.as_ref())?;
        loop {
            let state = match &step.certificate {
                Some(certificate) => {
                    let own = self.who(Who::Own)?;
                    let identity = self.changed_certificate(own, certificate)?;
                    self.present_with(&token, identity).await?
                }
                None => self.inspect(&token).await?,
            };
            let mut saved = Saved::default();
            saved.put("active", plain(state.active.to_string()));
            if let Some(lifetime) = state.lifetime(self.runner.now()) {
                saved.put("lifetime", plain(lifetime.to_string()));
            }
            for (name, value) in &state.members {
                saved.put_member(&format!("json.{name}"), value);
            }
            self.save(step.name.as_ref(), saved);
            if step.expect.is_empty() {
                if state.active || deadline.wait().await {
                    if state.active {
                        return Ok(());
                    }
                    continue;
                }
                return Err(Halt::Inconclusive(
                    "the token is not active, though it was just issued".to_owned(),
                ));
            }
            let judgement = self.inspect_judgement(&step.expect, &token, &state)?;
            if judgement.grade > Grade::Info && deadline.wait().await {
                continue;
            }
            course.ended |= judgement.end || judgement.grade == Grade::Fail;
            course.add(judgement, None);
            return Ok(());
        }
    }

    fn inspect_judgement(
        &self,
        answers: &[InspectAnswer],
        token: &str,
        state: &TokenState,
    ) -> Result<Judgement, Halt> {
        let expected = answers.iter().map(describe_inspect).collect();
        let shown = if state.active {
            "the token is active"
        } else {
            "the token is not active"
        };
        for answer in answers.iter().filter(|answer| self.words(&answer.when)) {
            let mut all = answer
                .active
                .as_ref()
                .is_none_or(|wanted| is_true(wanted) == state.active);
            if let Some(condition) = &answer.scope {
                all &= scope_holds(condition, &state.scope().unwrap_or_default(), &self.values)?;
            }
            if let Some(manager) = &answer.issued_by {
                let wanted = self.values.text(manager)?;
                all &= managers_of(self.values.target, token, state).contains(&wanted);
            }
            for (name, condition) in &answer.json {
                let values: Vec<Value<'_>> = state
                    .members
                    .iter()
                    .filter(|(member, _)| member == name)
                    .map(|(_, value)| Value::Json(value))
                    .take(1)
                    .collect();
                all &= holds(condition, &values, &self.values)?;
            }
            if all {
                let because = answer.because.as_deref();
                return Ok(Judgement {
                    end: answer.end.as_ref().is_some_and(is_true),
                    ..Judgement::explained(answer.grade, because, shown, expected)
                });
            }
        }
        let scope = state
            .scope()
            .map_or(String::new(), |scope| format!(", with scope `{scope}`"));
        let reason = format!("{shown}{scope}, which is not as it must be");
        Ok(Judgement::unexplained(Grade::Fail, reason, expected))
    }

    /// Revokes a token.
    pub(super) async fn revoke_step(
        &mut self,
        step: &Revoke,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let token = self.values.text(&step.token)?;
        let hint = step
            .hint
            .as_ref()
            .map(|hint| self.values.text(hint))
            .transpose()?;
        let client = self.who(step.client)?;
        let seen = self.revoke(&token, hint.as_deref(), client).await?;
        let mut saved = super::observe::values(&seen);
        saved.observation = Some(seen.clone());
        self.save(step.name.as_ref(), saved);
        if step.expect.is_empty() {
            return match seen.answer().map(|answer| answer.status) {
                Some(200..300) => Ok(()),
                _ => Err(Halt::Inconclusive(format!(
                    "the revocation failed: {}",
                    seen.summary()
                ))),
            };
        }
        let judgement = self.judge(&step.expect, &seen, control)?;
        finish(judgement, seen, course)
    }
}

fn describe_inspect(answer: &InspectAnswer) -> String {
    match answer.active.as_ref().map(is_true) {
        Some(true) => "the token is active".to_owned(),
        Some(false) => "the token is not active".to_owned(),
        None => "a token as described".to_owned(),
    }
}
