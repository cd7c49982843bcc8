//! Steps: what they name must be there when they run, and one of them must judge something.

use super::Lint;
use crate::suite::change::Change;
use crate::suite::model::{
    Begin, Bounds, Check, Decide, Durations, Inspect, Prepare, Sample, Send, Step, Together,
};
use crate::suite::text::Text;

impl Lint<'_> {
    pub(super) fn step(&mut self, step: &Step) {
        let saved = match step {
            Step::Approve(step) | Step::Deny(step) => self.decide(step),
            Step::Authorize(step) => self.authorize(step),
            Step::Begin(step) => self.begin(step),
            Step::Check(step) => self.check(step),
            Step::Elapse(text) => self.elapse(text),
            Step::Fetch(step) => {
                self.template(&step.url);
                if let Some(headers) = &step.headers {
                    let change = Change {
                        headers: Some(headers.clone()),
                        ..Change::default()
                    };
                    self.change(&change);
                }
                self.answers(&step.expect);
                step.name.as_ref()
            }
            Step::Durations(step) => self.durations(step),
            Step::Handshake(step) => self.handshake(step),
            Step::Inspect(step) => self.inspect(step),
            Step::Obtain(step) => {
                self.grant(&step.grant);
                self.templates(&[&step.scope]);
                step.name.as_ref()
            }
            Step::Prepare(step) => self.prepare(step),
            Step::Publish(step) => self.publish(step),
            Step::Push(step) => self.push(step),
            Step::Received(step) => self.received(step),
            Step::Register(step) => self.register(step),
            Step::Revoke(step) => {
                self.template(&step.token);
                self.templates(&[&step.hint]);
                self.answers(&step.expect);
                step.name.as_ref()
            }
            Step::Sample(step) => self.sample(step),
            Step::Send(step) => {
                self.send(step);
                step.name.as_ref()
            }
            Step::Together(step) => self.together(step),
        };
        self.names.extend(saved.map(|name| name.value.clone()));
    }

    fn begin<'s>(&mut self, step: &'s Begin) -> Option<&'s Text> {
        if !matches!(step.grant.as_str(), "device_code" | "ciba") {
            let message = format!("nothing is begun for the grant `{}`", step.grant);
            self.problem(&step.grant, message, "there are: device_code, ciba");
        }
        self.templates(&[&step.scope]);
        for text in step.set.texts() {
            self.template(text);
        }
        self.switch(step.control.as_ref());
        self.answers(&step.expect);
        step.name.as_ref()
    }

    fn decide<'s>(&mut self, step: &'s Decide) -> Option<&'s Text> {
        self.name(&step.with, step.with.as_str());
        self.switch(step.may_fail.as_ref());
        None
    }

    fn check<'s>(&mut self, step: &'s Check) -> Option<&'s Text> {
        let operands = [
            &step.equals,
            &step.differs,
            &step.within,
            &step.contains,
            &step.lacks,
            &step.at_least,
            &step.at_most,
        ];
        let patterns = [&step.matches, &step.not_matches, &step.charset];
        self.template(&step.that);
        self.templates(&operands);
        for text in step.one_of.iter().flatten() {
            self.template(text);
        }
        self.pattern(step.matches.as_ref());
        self.pattern(step.not_matches.as_ref());
        self.charset(step.charset.as_ref());
        self.switch(step.end.as_ref());
        let compares = operands
            .iter()
            .chain(&patterns)
            .any(|operand| operand.is_some())
            || step.one_of.is_some();
        if !compares {
            let advice = "give it equals, differs, matches, within, contains or the like";
            self.problem(
                &step.that,
                "a check compares its value with nothing",
                advice,
            );
        }
        None
    }

    fn elapse<'s>(&mut self, text: &'s Text) -> Option<&'s Text> {
        self.template(text);
        let seconds = text.as_str().parse::<u64>().is_ok();
        if !text.value.contains('$')
            && !seconds
            && humantime::parse_duration(text.as_str()).is_err()
        {
            self.problem(
                text,
                format!("`{text}` is no duration"),
                "write 90s, 12m or 1h",
            );
        }
        None
    }

    fn inspect<'s>(&mut self, step: &'s Inspect) -> Option<&'s Text> {
        self.template(&step.token);
        for answer in step.expect.iter() {
            self.capabilities(&answer.when);
            self.switch(answer.active.as_ref());
            self.switch(answer.end.as_ref());
            self.scope_condition(answer.scope.as_ref());
            self.templates(&[&answer.issued_by]);
            for condition in answer.json.values() {
                self.condition(condition);
            }
        }
        step.name.as_ref()
    }

    fn prepare<'s>(&mut self, step: &'s Prepare) -> Option<&'s Text> {
        if let Some(grant) = &step.baseline {
            self.grant(grant);
        }
        if let Some(change) = &step.change {
            self.change(change);
        }
        Some(&step.name)
    }

    fn durations<'s>(&mut self, step: &'s Durations) -> Option<&'s Text> {
        for send in step.of.values() {
            self.send(send);
        }
        for answer in step.expect.iter() {
            self.capabilities(&answer.when);
            for name in &answer.between {
                if !step.of.contains_key(name.as_str()) {
                    let names: Vec<&str> = step.of.keys().map(String::as_str).collect();
                    let message = format!("`of` has no request `{name}`");
                    self.problem(name, message, format!("there are: {}", names.join(", ")));
                }
            }
            let pairs = answer.between.len() == 2;
            if pairs != answer.within.is_some() || !(pairs || answer.between.is_empty()) {
                let advice = "give it two names under `between`, and a time under `within`";
                self.problem(
                    answer.between.first().unwrap_or(&step.rounds),
                    "a difference is between two requests and within a time",
                    advice,
                );
            }
        }
        None
    }

    fn sample<'s>(&mut self, step: &'s Sample) -> Option<&'s Text> {
        if let Some(send) = &step.send {
            self.send(send);
        }
        if let Some(authorize) = &step.authorize {
            let _unsaved = self.authorize(authorize);
        }
        if let Some(begin) = &step.begin {
            let _unsaved = self.begin(begin);
        }
        if let Some(register) = &step.register {
            let _unsaved = self.register(register);
        }
        let ways = [
            step.send.is_some(),
            step.authorize.is_some(),
            step.begin.is_some(),
            step.register.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() != 1 {
            let advice = "give it one of them";
            self.problem(
                &step.collect,
                "a sample has either `send`, `authorize`, `begin` or `register`",
                advice,
            );
        }
        for answer in step.expect.iter() {
            self.capabilities(&answer.when);
            self.switch(answer.distinct.as_ref());
            if let Some(condition) = &answer.each {
                self.condition(condition);
            }
            if let Some(bounds) = &answer.room {
                self.bounds(bounds, &step.collect);
            }
        }
        self.number(&step.times);
        step.name.as_ref()
    }

    fn together<'s>(&mut self, step: &'s Together) -> Option<&'s Text> {
        self.send(&step.send);
        self.answers(&step.expect.others);
        self.number(&step.times);
        self.bounds(&step.expect.successes, &step.times);
        if let Some(rounds) = &step.rounds {
            self.number(rounds);
        }
        step.name.as_ref()
    }

    fn send(&mut self, send: &Send) {
        // A step may ask for what it saw itself.
        self.names
            .extend(send.name.iter().map(|name| name.value.clone()));
        if let Some(grant) = &send.baseline {
            self.grant(grant);
        }
        if let Some(with) = &send.with {
            self.name(with, with.as_str());
        }
        if let Some(change) = &send.change {
            self.change(change);
        }
        self.switch(send.control.as_ref());
        self.templates(&[&send.elapse]);
        self.answers(&send.expect);
    }

    /// Bounds that bound nothing would let everything pass.
    pub(super) fn bounds(&mut self, bounds: &Bounds, place: &Text) {
        if bounds.at_least.is_none() && bounds.at_most.is_none() {
            self.problem(
                place,
                "these bounds bound nothing",
                "give at_least or at_most",
            );
        }
        for bound in [&bounds.at_least, &bounds.at_most].into_iter().flatten() {
            if bound.as_str().parse::<usize>().is_err() {
                self.problem(bound, format!("`{bound}` is no number"), "write digits");
            }
        }
    }

    fn number(&mut self, text: &Text) {
        let fits = text
            .as_str()
            .parse()
            .is_ok_and(|number: usize| (1..=1000).contains(&number));
        if !fits {
            let message = format!("`{text}` is no number from 1 to 1000");
            self.problem(text, message, "write digits");
        }
    }
}

/// Whether a step judges something.
pub(super) fn has_expectation(step: &Step) -> bool {
    match step {
        Step::Authorize(step) => !step.expect.is_empty(),
        Step::Begin(step) => !step.expect.is_empty(),
        Step::Check(_) | Step::Together(_) => true,
        Step::Approve(_)
        | Step::Deny(_)
        | Step::Elapse(_)
        | Step::Obtain(_)
        | Step::Prepare(_)
        | Step::Publish(_) => false,
        Step::Push(step) => !step.expect.is_empty(),
        Step::Received(step) => !step.expect.is_empty(),
        Step::Register(step) => !step.expect.is_empty(),
        Step::Fetch(step) => !step.expect.is_empty(),
        Step::Handshake(step) => !step.expect.is_empty(),
        Step::Inspect(step) => !step.expect.is_empty(),
        Step::Revoke(step) => !step.expect.is_empty(),
        Step::Durations(step) => !step.expect.is_empty(),
        Step::Sample(step) => !step.expect.is_empty(),
        Step::Send(step) => !step.expect.is_empty(),
    }
}
