//! Steps about the callback host: what is shown is one thing, and what is waited for is a time.

use super::Lint;
use crate::suite::model::{Publish, Received};
use crate::suite::text::Text;

impl Lint<'_> {
    pub(super) fn publish<'s>(&mut self, step: &'s Publish) -> Option<&'s Text> {
        for text in step.templates() {
            self.template(text);
        }
        let ways = [
            step.keys.is_some(),
            step.certificate.is_some(),
            step.body.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() > 1
            && let Some(place) = step.templates().next().or(step.name.as_ref())
        {
            let advice = "give it one of them, or none";
            self.problem(
                place,
                "what is published is either `keys`, `certificate` or `body`",
                advice,
            );
        }
        if let (Some(with), None) = (&step.with, &step.at) {
            let message = "nothing else asks at a fresh URL";
            self.problem(with, message, "add `at`, or remove `with`");
        }
        if let Some(delay) = &step.delay {
            self.time(delay);
        }
        if let Some(status) = &step.status
            && !status.value.contains('$')
            && status
                .as_str()
                .parse()
                .map_or(true, |status: u16| !(200..600).contains(&status))
        {
            let message = format!("`{status}` is no status");
            self.problem(status, message, "write three digits");
        }
        step.name.as_ref()
    }

    pub(super) fn received<'s>(&mut self, step: &'s Received) -> Option<&'s Text> {
        self.template(&step.at);
        self.templates(&[&step.with]);
        if let Some(within) = &step.within {
            self.time(within);
        }
        for answer in step.expect.iter() {
            self.capabilities(&answer.when);
            self.switch(answer.end.as_ref());
            if let Some(bounds) = &answer.count {
                self.bounds(bounds, &step.at);
            }
            let conditions = answer.method.iter().chain(answer.header.values());
            for condition in conditions.chain(answer.json.values()) {
                self.condition(condition);
            }
        }
        step.name.as_ref()
    }

    fn time(&mut self, text: &Text) {
        if !text.value.contains('$')
            && text.as_str().parse::<u64>().is_err()
            && humantime::parse_duration(text.as_str()).is_err()
        {
            let message = format!("`{text}` is no duration");
            self.problem(text, message, "write 500ms or 5s");
        }
    }
}
