//! The step `durations`: how long the answers to some requests take, compared pair by pair.

use std::collections::BTreeMap;

use tokenspec_report::Role;

use super::deadline::duration;
use super::halt::Halt;
use super::many::number;
use super::session::Session;
use super::steps::Course;
use crate::judge::{Effect, Judgement, Observation};
use crate::suite::answer::Grade;
use crate::suite::model::{Durations, DurationsAnswer, Send};

/// Nanoseconds of each request, round by round.
type Taken<'s> = BTreeMap<&'s str, Vec<i64>>;

impl Session<'_> {
    /// Every request once a round, in an order that turns, so that what a request does to the next one falls on all alike.
    pub(super) async fn durations_step(
        &mut self,
        step: &Durations,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let rounds = number(&step.rounds)?;
        let requests: Vec<(&str, &Send)> = step
            .of
            .iter()
            .map(|(name, send)| (name.as_str(), send))
            .collect();
        let mut taken = Taken::new();
        // The first round opens connections, and does not count.
        for round in 0..=rounds {
            let turned = requests.iter().cycle().skip(round % requests.len().max(1));
            for (name, send) in turned.take(requests.len()) {
                let nanoseconds = self.timed(name, send, control).await?;
                if round > 0 {
                    taken.entry(*name).or_default().push(nanoseconds);
                }
            }
            // All rounds send the same: one is enough for the report.
            self.log.truncate(requests.len());
        }
        let judgement = self.judge_durations(&step.expect, &taken, rounds)?;
        course.add(judgement, None);
        Ok(())
    }

    /// How long the answer took; one that is not as it should be has nothing to say.
    async fn timed(
        &mut self,
        name: &str,
        send: &Send,
        control: Option<&Observation>,
    ) -> Result<i64, Halt> {
        let role = match send.change {
            Some(_) => Role::Probe,
            None => Role::Control,
        };
        let request = self.send_request(send, role).await?;
        let (seen, _) = self.token_request(&request).await?;
        if seen.answer().is_none() {
            return Err(Halt::silent(seen.summary(), seen.outcome()));
        }
        let conforms = if send.expect.is_empty() {
            seen.accepted()
        } else {
            self.judge(&send.expect, &seen, control)?.grade == Grade::Pass
        };
        if !conforms {
            return Err(Halt::Inconclusive(format!(
                "`{name}` brought {}",
                seen.summary()
            )));
        }
        let elapsed = self
            .log
            .last()
            .map_or_else(Default::default, |last| last.exchange.elapsed);
        Ok(i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX))
    }

    fn judge_durations(
        &self,
        answers: &[DurationsAnswer],
        taken: &Taken<'_>,
        rounds: usize,
    ) -> Result<Judgement, Halt> {
        let shown = format!("{} ({rounds} rounds)", shown(taken));
        let expected = answers.iter().filter(|answer| answer.grade <= Grade::Info);
        let expected: Vec<String> = expected.filter_map(described).collect();
        for answer in answers.iter().filter(|answer| self.words(&answer.when)) {
            let holds = match (answer.between.as_slice(), &answer.within) {
                ([one, other], Some(within)) => {
                    let effect = effect(taken, one.as_str(), other.as_str());
                    let Some(effect) = effect else {
                        let few = format!("{rounds} rounds are too few to say anything");
                        return Err(Halt::Inconclusive(few));
                    };
                    effect.may_be_within(duration(within.as_str())?)
                }
                _ => true,
            };
            if holds {
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

fn described(answer: &DurationsAnswer) -> Option<String> {
    let ([one, other], Some(within)) = (answer.between.as_slice(), &answer.within) else {
        return None;
    };
    Some(format!("`{one}` and `{other}` less than {within} apart"))
}

fn effect(taken: &Taken<'_>, one: &str, other: &str) -> Option<Effect> {
    let pairs = taken.get(one)?.iter().zip(taken.get(other)?);
    Effect::of(pairs.map(|(one, other)| one - other).collect())
}

/// Every pair of requests, with the median of their difference and its interval.
fn shown(taken: &Taken<'_>) -> String {
    let names: Vec<&str> = taken.keys().copied().collect();
    let mut words = Vec::new();
    for (at, one) in names.iter().enumerate() {
        for other in names.iter().skip(at + 1) {
            if let Some(Effect {
                median,
                least,
                most,
            }) = effect(taken, one, other)
            {
                let (median, least, most) = (
                    milliseconds(median),
                    milliseconds(least),
                    milliseconds(most),
                );
                words.push(format!("`{one}` took {median} ms longer than `{other}` in the median, and {least} to {most} ms with near certainty"));
            }
        }
    }
    words.join("; ")
}

#[expect(clippy::cast_precision_loss, reason = "a text for people")]
fn milliseconds(nanoseconds: i64) -> String {
    format!("{:.3}", nanoseconds as f64 / 1e6)
}
