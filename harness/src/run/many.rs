//! Steps that send many requests: races and samples.

use std::sync::Arc;

use tokenspec_report::Role;

use super::authorize::Authorized;
use super::halt::Halt;
use super::observe;
use super::saved::Saved;
use super::session::{Logged, Session, plain};
use super::steps::Course;
use crate::judge::{HttpAnswer, Judgement, Observation, Value, holds, is_true, room_bits};
use crate::suite::answer::Grade;
use crate::suite::model::{Bounds, Sample, SampleAnswer, Together};
use crate::suite::text::Text;

impl Session<'_> {
    /// Requests in one instant, each on its own connection (design §2, "Races").
    pub(super) async fn together_step(
        &mut self,
        step: &Together,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let times = number(&step.times)?;
        let rounds = step.rounds.as_ref().map_or(Ok(1), number)?;
        let mut worst: Option<Judgement> = None;
        for _ in 0..rounds {
            let judgement = self.round(step, times, control).await?;
            let worse = worst
                .as_ref()
                .is_none_or(|worst| judgement.grade > worst.grade);
            if worse {
                worst = Some(judgement);
            }
            if worst
                .as_ref()
                .is_some_and(|worst| worst.grade == Grade::Fail)
            {
                break;
            }
        }
        let Some(mut judgement) = worst else {
            return Ok(());
        };
        if judgement.grade == Grade::Pass {
            judgement.reason = format!(
                "{} (not observed in {rounds} rounds of {times})",
                judgement.reason
            );
        }
        course.ended |= judgement.grade == Grade::Fail;
        course.add(judgement, None);
        Ok(())
    }

    async fn round(
        &mut self,
        step: &Together,
        times: usize,
        control: Option<&Observation>,
    ) -> Result<Judgement, Halt> {
        let mut request = self.send_request(&step.send, Role::Probe).await?;
        let mut messages = Vec::new();
        for _ in 0..times {
            messages.push(self.compose(&request)?);
        }
        request.change = None;
        let client = self.who(step.send.client)?;
        let bytes = messages.iter().map(|message| message.to_bytes()).collect();
        let url = messages
            .first()
            .map(|message| message.url.clone())
            .unwrap_or_default();
        let identity = messages
            .first()
            .and_then(|message| message.identity.clone());
        let exchanges = self.runner.together(&url, identity.as_ref(), bytes).await?;
        let mut successes = Vec::new();
        let mut others = Vec::new();
        for (exchange, message) in exchanges.into_iter().zip(messages) {
            let seen = observe::observation(&exchange, &message, request.credential.scope.clone());
            self.log.push(Logged {
                role: Role::Probe,
                exchange: Arc::new(exchange),
                message: Some(message),
                answer: None,
            });
            if seen.accepted() {
                successes.push(seen)
            } else {
                others.push(seen)
            }
        }
        if let Some(first) = successes.first() {
            let mut saved = observe::values(first);
            saved.observation = Some(first.clone());
            if let Some(answer) = first.answer() {
                self.runner.remember(answer, Some(client));
            }
            self.save(step.name.as_ref(), saved);
        }
        self.judge_round(step, &successes, &others, control)
    }

    fn judge_round(
        &self,
        step: &Together,
        successes: &[Observation],
        others: &[Observation],
        control: Option<&Observation>,
    ) -> Result<Judgement, Halt> {
        let total = successes.len() + others.len();
        let expected = vec![describe_bounds(
            &step.expect.successes,
            "of the simultaneous requests accepted",
        )];
        let tokens: std::collections::BTreeSet<String> = successes
            .iter()
            .filter_map(|seen| {
                seen.answer()?
                    .text_member("access_token")
                    .map(str::to_owned)
            })
            .collect();
        let mut reason = format!(
            "{} of {total} simultaneous requests were accepted",
            successes.len()
        );
        if successes.len() > 1 {
            reason = format!("{reason}, with {} different tokens", tokens.len());
        }
        if !within(&step.expect.successes, successes.len()) {
            return Ok(Judgement::unexplained(Grade::Fail, reason, expected));
        }
        // Requests that got no answer raced for nothing: the round proves nothing.
        if let Some(silent) = others.iter().find(|seen| seen.answer().is_none()) {
            return Err(Halt::silent(silent.summary(), silent.outcome()));
        }
        let mut worst = Judgement::unexplained(Grade::Pass, reason, expected);
        for seen in others {
            let judgement = if !step.expect.others.is_empty() {
                self.judge(&step.expect.others, seen, control)?
            } else if seen.answer().is_some_and(HttpAnswer::throttled) {
                throttled(seen)
            } else {
                continue;
            };
            // How the losers are refused is recorded: the race itself was lost or won above.
            let grade = match judgement.grade {
                Grade::Fail => Grade::Warn,
                grade @ (Grade::Pass | Grade::Info | Grade::Warn | Grade::Inconclusive) => grade,
            };
            if grade > worst.grade {
                worst.grade = grade;
                worst.reason = format!("{}; another: {}", worst.reason, judgement.reason);
            }
        }
        Ok(worst)
    }

    /// Many issued values, looked at together.
    pub(super) async fn sample_step(
        &mut self,
        step: &Sample,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let times = number(&step.times)?;
        let mut values = Vec::new();
        for _ in 0..times {
            let saved = if let Some(authorize) = &step.authorize {
                let request = self.authorize_request(authorize)?;
                match self
                    .authorize(Role::Probe, authorize.client, request)
                    .await?
                {
                    Authorized::Code(saved) => *saved,
                    Authorized::Page(_) | Authorized::Refused(_) | Authorized::Silent { .. } => {
                        return Err(Halt::Inconclusive(
                            "an authorization of the sample failed".to_owned(),
                        ));
                    }
                }
            } else if let Some(begin) = &step.begin {
                let beginning = self.beginning(begin, Role::Probe)?;
                let (seen, saved) = self.begin(&beginning).await?;
                super::polling::must_begin(&seen, &saved)?;
                saved
            } else if let Some(register) = &step.register {
                let (seen, saved) = self.register(register, Role::Probe).await?;
                super::register_step::must_register(&seen)?;
                saved
            } else if let Some(send) = &step.send {
                let request = self.send_request(send, Role::Probe).await?;
                let (seen, saved) = self.token_request(&request).await?;
                if !seen.accepted() {
                    return Err(Halt::Inconclusive(format!(
                        "a request of the sample failed: {}",
                        seen.summary()
                    )));
                }
                saved
            } else {
                return Err(Halt::Inconclusive(
                    "a sample needs `send`, `authorize`, `begin` or `register`".to_owned(),
                ));
            };
            let value = saved
                .values
                .get(step.collect.as_str())
                .map(crate::template::Rendered::text);
            values.extend(value);
        }
        // The evidence of a sample is its values, of which the report shows none: a few exchanges are enough.
        self.log.truncate(6);
        if values.is_empty() {
            return Err(Halt::Skipped(format!("no answer had `{}`", step.collect)));
        }
        let mut saved = Saved::default();
        saved.put("room", plain(room_bits(&values).to_string()));
        saved.put("distinct", plain(distinct(&values).to_string()));
        self.save(step.name.as_ref(), saved);
        let judgement = self.judge_sample(&step.expect, &values)?;
        course.ended |= judgement.grade == Grade::Fail;
        course.add(judgement, None);
        Ok(())
    }

    fn judge_sample(&self, answers: &[SampleAnswer], values: &[String]) -> Result<Judgement, Halt> {
        let (room, distinct) = (room_bits(values), distinct(values));
        let shown = format!(
            "{} values, {distinct} different, with room for {room} bits of unguessable content",
            values.len()
        );
        let expected: Vec<String> = answers
            .iter()
            .filter(|answer| answer.grade <= Grade::Info)
            .map(|answer| match &answer.room {
                Some(bounds) => describe_bounds(bounds, "bits of room"),
                None => "values as described".to_owned(),
            })
            .collect();
        for answer in answers.iter().filter(|answer| self.words(&answer.when)) {
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let mut all = answer
                .room
                .as_ref()
                .is_none_or(|bounds| within(bounds, room));
            if let Some(switch) = &answer.distinct {
                all &= is_true(switch) == (distinct == values.len());
            }
            if let Some(condition) = &answer.each {
                for value in values {
                    all &= holds(condition, &[Value::Text(value)], &self.values)?;
                }
            }
            if all {
                let because = answer.because.as_deref();
                return Ok(Judgement::explained(
                    answer.grade,
                    because,
                    &shown,
                    expected,
                ));
            }
        }
        Ok(Judgement::unexplained(Grade::Fail, shown, expected))
    }
}

fn throttled(seen: &Observation) -> Judgement {
    let reason = format!("throttled: {}", seen.summary());
    Judgement::unexplained(Grade::Inconclusive, reason, Vec::new())
}

/// A number of rounds or requests.
pub(super) fn number(text: &Text) -> Result<usize, Halt> {
    text.as_str()
        .parse()
        .ok()
        .filter(|number| (1..=1000).contains(number))
        .ok_or_else(|| Halt::Inconclusive(format!("`{text}` is no number from 1 to 1000")))
}

fn distinct(values: &[String]) -> usize {
    values
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

fn within(bounds: &Bounds, value: usize) -> bool {
    let bound = |text: &Option<Text>| {
        text.as_ref()
            .and_then(|text| text.as_str().parse::<usize>().ok())
    };
    bound(&bounds.at_least).is_none_or(|least| value >= least)
        && bound(&bounds.at_most).is_none_or(|most| value <= most)
}

fn describe_bounds(bounds: &Bounds, what: &str) -> String {
    let least = bounds
        .at_least
        .as_ref()
        .map(|text| format!("at least {text}"));
    let most = bounds
        .at_most
        .as_ref()
        .map(|text| format!("at most {text}"));
    let words: Vec<String> = [least, most].into_iter().flatten().collect();
    format!("{} {what}", words.join(" and "))
}
