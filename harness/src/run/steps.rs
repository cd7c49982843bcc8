//! Steps, one after the other (docs/writing-suites.md, "Steps").

use std::time::Duration;

use tokenspec_report::Role;

use super::around::Around;
use super::authorize::Authorized;
use super::halt::Halt;
use super::saved::Saved;
use super::session::{Session, plain};
use super::token::TokenRequest;
use crate::judge::{
    Judgement, Observation, RenderText as _, Value, holds, is_true, judge, scope_holds, scope_set,
};
use crate::plan::Variant;
use crate::suite::answer::{Answer, Grade};
use crate::suite::model::{
    Authorize, AuthorizeAnswer, Check, Inspect, InspectAnswer, Revoke, Send, Step,
};
use crate::suite::text::Text;

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

impl Session<'_> {
    /// One step.
    pub(super) async fn step(
        &mut self,
        step: &Step,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        match step {
            Step::Authorize(step) => self.authorize_step(step, course).await,
            Step::Check(step) => self.check_step(step, course),
            Step::Elapse(text) => {
                let text = self.values.text(text)?;
                let time = duration(&text)?;
                self.runner.elapse(time).await
            }
            Step::Fetch(step) => self.fetch_step(step, control, course).await,
            Step::Inspect(step) => self.inspect_step(step, course).await,
            Step::Obtain(step) => {
                let grant = self.grant(Some(&step.grant))?;
                let scope = step
                    .scope
                    .as_ref()
                    .map(|scope| self.values.text(scope))
                    .transpose()?;
                let mut saved = self.tokens(step.client, grant, scope.as_deref()).await?;
                if let Some(scope) = scope {
                    saved
                        .values
                        .entry("asked_scope".to_owned())
                        .or_insert_with(|| plain(scope));
                }
                self.save(step.name.as_ref(), saved);
                Ok(())
            }
            Step::Prepare(step) => {
                let grant = self.grant(step.baseline.as_ref())?;
                let credential = self.credential(step.client, grant, None).await?;
                let change = step.change.as_ref();
                let request = TokenRequest {
                    role: Role::Setup,
                    client: step.client,
                    grant,
                    credential,
                    change,
                };
                self.compose(&request)?;
                let mut saved = Saved::default();
                for (name, value) in self.values.sent.clone() {
                    saved.put(&format!("sent.{name}"), value);
                }
                self.save(Some(&step.name), saved);
                Ok(())
            }
            Step::Revoke(step) => self.revoke_step(step, control, course).await,
            Step::Sample(step) => self.sample_step(step, course).await,
            Step::Send(step) => self.send_step(step, control, course).await,
            Step::Together(step) => self.together_step(step, control, course).await,
        }
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
        Ok(TokenRequest {
            role,
            client: step.client,
            grant,
            credential,
            change: step.change.as_ref(),
        })
    }

    async fn send_step(
        &mut self,
        step: &Send,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let is_control = step.control.as_ref().is_some_and(is_true);
        let role = match (is_control, step.expect.is_empty()) {
            (true, _) => Role::Control,
            (false, true) => Role::Setup,
            (false, false) => Role::Probe,
        };
        let request = self.send_request(step, role).await?;
        let deadline = self.deadline(step.within.as_ref())?;
        loop {
            let (mut seen, mut saved) = self.token_request(&request).await?;
            if step.expect.is_empty() || is_control {
                must_succeed(self.values.variant, &seen, is_control)?;
            }
            if step.expect.is_empty() {
                self.save(step.name.as_ref(), saved);
                return Ok(());
            }
            if needs_token_facts(&step.expect) && seen.accepted() {
                seen.token = self.token_facts(&seen).await?;
                saved.observation = Some(seen.clone());
            }
            self.save(step.name.as_ref(), saved);
            let judgement = self.judge(&step.expect, &seen, control)?;
            if judgement.grade > Grade::Info && deadline.wait().await {
                continue;
            }
            return finish(judgement, seen, course);
        }
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

    async fn authorize_step(&mut self, step: &Authorize, course: &mut Course) -> Result<(), Halt> {
        let role = if step.expect.is_empty() {
            Role::Setup
        } else {
            Role::Probe
        };
        let request = self.authorize_request(step)?;
        if step.expect.is_empty() {
            let saved = self.authorization(step.client, request).await?;
            self.save(step.name.as_ref(), saved);
            return Ok(());
        }
        let authorized = self.authorize(role, step.client, request).await?;
        if let Authorized::Silent(cause) = &authorized {
            return Err(Halt::Broken {
                cause: cause.clone(),
                again: true,
            });
        }
        let found = step
            .expect
            .iter()
            .find(|answer| self.words(&answer.when) && authorize_matches(answer, &authorized));
        let summary = summary_of(&authorized);
        let (grade, because, ends) = match found {
            Some(answer) => (
                answer.grade,
                answer.because.clone(),
                answer.end.as_ref().is_some_and(is_true),
            ),
            None => (Grade::Fail, None, true),
        };
        let reason = because.map_or_else(
            || summary.clone(),
            |because| format!("{summary}: {because}"),
        );
        let expected = step.expect.iter().map(describe_authorize).collect();
        course.add(
            Judgement {
                grade,
                reason,
                expected,
                silent: false,
                end: false,
            },
            None,
        );
        match authorized {
            Authorized::Code(saved) => self.save(step.name.as_ref(), saved),
            // Without a code there is nothing to go on with.
            Authorized::Page(_) | Authorized::Refused(_) | Authorized::Silent(_) => {
                course.ended = true
            }
        }
        course.ended |= ends || grade == Grade::Fail;
        Ok(())
    }

    async fn inspect_step(&mut self, step: &Inspect, course: &mut Course) -> Result<(), Halt> {
        let token = self.values.text(&step.token)?;
        let deadline = self.deadline(step.within.as_ref())?;
        loop {
            let state = self.inspect(&token).await?;
            let mut saved = Saved::default();
            saved.put("active", plain(state.active.to_string()));
            if let Some(lifetime) = state.lifetime(self.runner.now()) {
                saved.put("lifetime", plain(lifetime.to_string()));
            }
            for (name, value) in &state.members {
                saved.put(
                    &format!("json.{name}"),
                    plain(crate::judge::json_text(value)),
                );
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
        state: &super::inspect::TokenState,
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
                all &=
                    super::inspect::managers_of(self.values.target, token, state).contains(&wanted);
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
                let reason = match &answer.because {
                    Some(because) => format!("{shown}: {because}"),
                    None => shown.to_owned(),
                };
                let end = answer.end.as_ref().is_some_and(is_true);
                return Ok(Judgement {
                    grade: answer.grade,
                    reason,
                    expected,
                    silent: false,
                    end,
                });
            }
        }
        let scope = state
            .scope()
            .map_or(String::new(), |scope| format!(", with scope `{scope}`"));
        let reason = format!("{shown}{scope}, which is not as it must be");
        Ok(Judgement {
            grade: Grade::Fail,
            reason,
            expected,
            silent: false,
            end: false,
        })
    }

    async fn revoke_step(
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

    fn check_step(&mut self, step: &Check, course: &mut Course) -> Result<(), Halt> {
        let value = self.values.text(&step.that)?;
        let mut misses = Vec::new();
        let mut test = |label: &str, text: &Option<Text>, holds: &dyn Fn(&str, &str) -> bool| {
            if let Some(text) = text {
                let operand = self.values.text(text)?;
                if !holds(&value, &operand) {
                    misses.push(format!("{label} `{operand}`"));
                }
            }
            Ok::<(), Halt>(())
        };
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        test("equal to", &step.equals, &|value, operand| value == operand)?;
        test("different from", &step.differs, &|value, operand| {
            value != operand
        })?;
        test("within", &step.within, &|value, operand| {
            scope_set(value).is_subset(&scope_set(operand))
        })?;
        test("containing", &step.contains, &|value, operand| {
            value.contains(operand)
        })?;
        test("at least", &step.at_least, &|value, operand| {
            number(value) >= number(operand)
        })?;
        test("at most", &step.at_most, &|value, operand| {
            number(value) <= number(operand)
        })?;
        test("matching", &step.matches, &|value, operand| {
            crate::judge::anchored(operand).is_ok_and(|pattern| pattern.is_match(value))
        })?;
        let rendered = self.values.render(&step.that)?;
        let shown = if rendered.secret.is_some() {
            "the value".to_owned()
        } else {
            format!("`{value}`")
        };
        let reason = |text: String| match &step.because {
            Some(because) => format!("{text}: {because}"),
            None => text,
        };
        let grade = step.grade.unwrap_or(Grade::Fail);
        let judgement = if misses.is_empty() {
            Judgement {
                grade: Grade::Pass,
                reason: format!("{shown} is as it must be"),
                expected: Vec::new(),
                silent: false,
                end: false,
            }
        } else {
            course.ended |= step.end.as_ref().is_some_and(is_true) || grade == Grade::Fail;
            let text = format!("{shown} of `{}` is not as it must be", step.that);
            Judgement {
                grade,
                reason: reason(text),
                expected: misses,
                silent: false,
                end: false,
            }
        };
        course.add(judgement, None);
        Ok(())
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

    /// Until when a look may be repeated.
    pub(super) fn deadline(&self, within: Option<&Text>) -> Result<Deadline, Halt> {
        let left = match within {
            Some(text) => duration(&self.values.text(text)?)?,
            None => Duration::ZERO,
        };
        Ok(Deadline {
            watch: crate::clock::Stopwatch::start(),
            left,
        })
    }
}

/// A time within which a look is repeated.
pub(super) struct Deadline {
    watch: crate::clock::Stopwatch,
    left: Duration,
}

impl Deadline {
    /// Waits a little; false when the time is over.
    pub(super) async fn wait(&self) -> bool {
        if self.watch.elapsed() >= self.left {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100).min(self.left)).await;
        true
    }
}

/// A duration as suites write it; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, Halt> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    seconds
        .or_else(|| humantime::parse_duration(text).ok())
        .ok_or_else(|| {
            Halt::Inconclusive(format!("`{text}` is no duration that can be waited for"))
        })
}

/// A set-up request or a control that must have succeeded.
fn must_succeed(variant: &Variant, seen: &Observation, is_control: bool) -> Result<(), Halt> {
    if super::control::holds(variant, seen) {
        return Ok(());
    }
    match &seen.reply {
        crate::judge::Reply::None { cause, .. } => Err(Halt::Broken {
            cause: cause.clone(),
            again: true,
        }),
        crate::judge::Reply::Answer(_) => {
            let what = if is_control {
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

/// Adds a judgement on a request; silence that no expectation names breaks the variant.
pub(super) fn finish(
    judgement: Judgement,
    seen: Observation,
    course: &mut Course,
) -> Result<(), Halt> {
    if judgement.silent {
        let again = seen.outcome() != "timeout";
        return Err(Halt::Broken {
            cause: judgement.reason,
            again,
        });
    }
    course.ended |= judgement.end || matches!(judgement.grade, Grade::Fail | Grade::Inconclusive);
    course.add(judgement, Some(seen));
    Ok(())
}

/// Whether an expectation asks for what only introspection or the claims of a JWT can tell.
pub(super) fn needs_token_facts(answers: &[Answer]) -> bool {
    answers.iter().any(|answer| {
        answer.like.is_some()
            || answer.accepted.as_ref().is_some_and(|accepted| {
                accepted.real_scope.is_some()
                    || accepted.issued_by.is_some()
                    || accepted.of_client.is_some()
            })
    })
}

fn authorize_matches(answer: &AuthorizeAnswer, authorized: &Authorized) -> bool {
    let code = answer.code.as_ref().map(is_true);
    match authorized {
        Authorized::Code(_) => code == Some(true),
        Authorized::Refused(error) => answer.refused.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| code.as_str() == "any" || code.as_str() == error)
        }),
        Authorized::Page(status) => answer.refused.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| matches!(code.as_str(), "any" | "page") && *status >= 400)
        }),
        Authorized::Silent(_) => false,
    }
}

fn summary_of(authorized: &Authorized) -> String {
    match authorized {
        Authorized::Code(_) => "the authorization endpoint gave a code".to_owned(),
        Authorized::Page(status) => {
            format!("the authorization endpoint answered {status} without a redirect to the client")
        }
        Authorized::Refused(error) => format!("the authorization was refused as `{error}`"),
        Authorized::Silent(cause) => format!("no answer: {cause}"),
    }
}

fn describe_authorize(answer: &AuthorizeAnswer) -> String {
    match (&answer.refused, &answer.code) {
        (Some(codes), _) => {
            let codes: Vec<&str> = codes.iter().map(Text::as_str).collect();
            format!("the authorization refused as {}", codes.join(" or "))
        }
        (None, Some(_)) => "a code".to_owned(),
        (None, None) => "any answer".to_owned(),
    }
}

fn describe_inspect(answer: &InspectAnswer) -> String {
    match answer.active.as_ref().map(is_true) {
        Some(true) => "the token is active".to_owned(),
        Some(false) => "the token is not active".to_owned(),
        None => "a token as described".to_owned(),
    }
}
