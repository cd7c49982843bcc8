//! The step `handshake`: what a server negotiates, and what its certificates are.

use std::net::IpAddr;

use rand::RngExt as _;

use super::halt::Halt;
use super::runner::Shown;
use super::saved::Saved;
use super::session::{Session, plain};
use super::steps::Course;
use crate::judge::{Judgement, RenderText as _, Value, describe_condition, holds, is_true};
use crate::suite::answer::Grade;
use crate::suite::model::{Handshake, HandshakeAnswer, Hello};
use crate::suite::text::Text;
use crate::tls_hello::{Offer, Randomness};

impl Session<'_> {
    /// A handshake.
    pub(super) async fn handshake_step(
        &mut self,
        step: &Handshake,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let url = match &step.url {
            Some(url) => self.values.text(url)?,
            None => self.runner.target.token_endpoint.to_string(),
        };
        let shown = match &step.hello {
            Some(hello) => {
                let octets = self.offer(hello, &url)?.octets(&self.randomness());
                let octets = octets.map_err(|why| Halt::Inconclusive(why.to_string()))?;
                self.runner.hello(&url, &octets).await?
            }
            None => {
                let alpn = step.alpn.iter().map(|text| self.values.text(text));
                let alpn = alpn.collect::<Result<Vec<String>, _>>()?;
                self.runner.look(&url, &alpn).await?
            }
        };
        let outcome = fact(&shown, "outcome");
        if outcome == Some("silent") {
            return Err(Halt::silent("nothing came to the ClientHello", "timeout"));
        }
        let mut saved = Saved::default();
        // What was not negotiated is of no version.
        saved.put("version", plain("none"));
        for (name, value) in &shown {
            saved.put(name, plain(value.clone()));
        }
        self.save(step.name.as_ref(), saved);
        if step.expect.is_empty() {
            return match outcome {
                Some("negotiated") => Ok(()),
                _ => Err(Halt::Inconclusive(format!(
                    "no TLS handshake to compare with: {}",
                    told(&shown)
                ))),
            };
        }
        let judgement = self.handshake_judgement(&step.expect, &shown)?;
        course.ended |=
            judgement.end || matches!(judgement.grade, Grade::Fail | Grade::Inconclusive);
        course.add(judgement, None);
        Ok(())
    }

    fn offer(&self, hello: &Hello, url: &str) -> Result<Offer, Halt> {
        let text =
            |text: &Option<Text>| text.as_ref().map(|text| self.values.text(text)).transpose();
        let words = |several: &Option<Text>| {
            text(several).map(|text| {
                let text = text.unwrap_or_default();
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<String>>()
            })
        };
        let number = |digits: &Option<Text>| -> Result<usize, Halt> {
            Ok(text(digits)?
                .and_then(|digits| digits.parse().ok())
                .unwrap_or(0))
        };
        let versions = hello
            .versions
            .iter()
            .map(|version| self.values.text(version));
        let name = match text(&hello.name)? {
            Some(none) if none == "none" => None,
            Some(name) => Some(name),
            None => host(url),
        };
        Ok(Offer {
            version: text(&hello.version)?.unwrap_or_default(),
            versions: versions.collect::<Result<_, _>>()?,
            suites: words(&hello.suites)?,
            compression: words(&hello.compression)?,
            signatures: words(&hello.signatures)?,
            alpn: words(&hello.alpn)?,
            name,
            extensions: words(&hello.extensions)?,
            octets: number(&hello.octets)?,
            records: number(&hello.records)?,
        })
    }

    fn randomness(&self) -> Randomness {
        let random = self.values.random.lock();
        let mut random = random.unwrap_or_else(std::sync::PoisonError::into_inner);
        Randomness {
            random: random.random(),
            session: random.random(),
            share: random.random(),
        }
    }

    fn handshake_judgement(
        &self,
        answers: &[HandshakeAnswer],
        shown: &Shown,
    ) -> Result<Judgement, Halt> {
        if fact(shown, "trusted") == Some("unchecked")
            && answers
                .iter()
                .any(|answer| answer.shows.contains_key("trusted"))
        {
            return Err(Halt::Skipped(
                "needs certificates that are checked: `tls.insecure` is in the target file"
                    .to_owned(),
            ));
        }
        let counted = || answers.iter().filter(|answer| self.words(&answer.when));
        let conforming =
            counted().filter(|answer| matches!(answer.grade, Grade::Pass | Grade::Info));
        let expected = conforming.map(|answer| self.described(answer)).collect();
        for answer in counted() {
            if self.matches(answer, shown)? {
                let because = answer.because.as_deref();
                return Ok(Judgement {
                    end: answer.end.as_ref().is_some_and(is_true),
                    ..Judgement::explained(answer.grade, because, &told(shown), expected)
                });
            }
        }
        Ok(Judgement::unexplained(Grade::Fail, told(shown), expected))
    }

    fn matches(&self, answer: &HandshakeAnswer, shown: &Shown) -> Result<bool, Halt> {
        let outcome = fact(shown, "outcome").unwrap_or_default();
        if !answer.outcome.is_empty() && !answer.outcome.iter().any(|it| it.as_str() == outcome) {
            return Ok(false);
        }
        for (name, condition) in &answer.shows {
            let value = fact(shown, name).map(Value::Text);
            if !holds(condition, value.as_slice(), &self.values)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn described(&self, answer: &HandshakeAnswer) -> String {
        let outcomes: Vec<&str> = answer.outcome.iter().map(Text::as_str).collect();
        let mut words = vec![outcomes.join(" or ")];
        for (name, condition) in &answer.shows {
            words.push(format!(
                "{name} {}",
                describe_condition(condition, &self.values)
            ));
        }
        words.retain(|word| !word.is_empty());
        words.join(", ")
    }
}

fn fact<'s>(shown: &'s Shown, name: &str) -> Option<&'s str> {
    let found = shown.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

/// What a handshake showed, in words.
fn told(shown: &Shown) -> String {
    let others = shown.iter().filter(|(name, _)| *name != "outcome");
    let others: Vec<String> = others
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let outcome = match fact(shown, "outcome") {
        Some("alert") => "the server refused the handshake",
        Some("closed") => "the server closed the connection",
        Some("plain") => "the server answered in clear text",
        Some("broken") => "the handshake broke",
        Some(_) | None => "the server went on with the handshake",
    };
    if others.is_empty() {
        outcome.to_owned()
    } else {
        format!("{outcome} ({})", others.join(", "))
    }
}

/// The host of a URL, where it is a name: addresses are not sent as one (RFC 6066 §3).
fn host(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let host = parsed.host_str()?.trim_matches(['[', ']']);
    host.parse::<IpAddr>().is_err().then(|| host.to_owned())
}
