//! The step `handshake`: words that stand for something, and conditions on what a handshake shows.

use super::Lint;
use crate::diagnostic::nearest;
use crate::suite::handshake::{Handshake, HandshakeAnswer, OUTCOMES, SHOWN};
use crate::suite::text::Text;
use crate::tls_hello::{codes, version_code};

impl Lint<'_> {
    pub(super) fn handshake<'s>(&mut self, step: &'s Handshake) -> Option<&'s Text> {
        self.templates(&[&step.url]);
        for text in step.alpn.iter() {
            self.template(text);
        }
        if let Some(hello) = &step.hello {
            for text in hello.texts() {
                self.template(text);
            }
            for version in hello.version.iter().chain(hello.versions.iter()) {
                let known = version.value.contains('$') || version_code(version.as_str()).is_some();
                self.unless(
                    known.then_some(()),
                    version,
                    "version",
                    "there are: SSL 2.0, SSL 3.0, TLS 1.0 to TLS 1.3",
                );
            }
            for word in hello.suites.iter().filter(|text| !text.value.contains('$')) {
                let known = word
                    .value
                    .split_whitespace()
                    .all(|word| codes(word).is_some());
                self.unless(
                    known.then_some(()),
                    word,
                    "suite",
                    "write families or registered names, with spaces between",
                );
            }
            let numbers = [&hello.octets, &hello.records];
            for number in numbers
                .into_iter()
                .flatten()
                .filter(|text| !text.value.contains('$'))
            {
                let known = number.as_str().parse::<u16>().is_ok();
                self.unless(known.then_some(()), number, "number", "write digits");
            }
        }
        for answer in step.expect.iter() {
            self.handshake_answer(answer);
        }
        step.name.as_ref()
    }

    fn handshake_answer(&mut self, answer: &HandshakeAnswer) {
        self.capabilities(&answer.when);
        self.switch(answer.end.as_ref());
        for outcome in answer.outcome.iter() {
            let known = OUTCOMES.contains(&outcome.as_str());
            self.unless(
                known.then_some(()),
                outcome,
                "outcome",
                "there are: negotiated, alert, closed, plain, broken",
            );
        }
        for (name, condition) in &answer.shows {
            self.condition(condition);
            if !SHOWN.contains(&name.as_str()) {
                let near = nearest(name, SHOWN.iter().copied());
                let advice = near.map_or_else(
                    || format!("there are: {}", SHOWN.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("a handshake does not show `{name}`");
                self.problem_of_case(&message, &advice);
            }
        }
    }

    fn unless(&mut self, known: Option<()>, text: &Text, kind: &str, advice: &str) {
        if known.is_none() {
            self.problem(text, format!("`{text}` is no {kind}"), advice);
        }
    }
}
