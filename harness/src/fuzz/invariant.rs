//! What holds for every answer of a token endpoint, whatever was asked.

use serde_json::{Map, Value};

use crate::judge::{Observation, RenderText, Surroundings, judge};
use crate::suite::answer::{Answer, Grade};
use crate::suite::text::Text;
use crate::template::{RenderProblem, Rendered};

const TEXT: &str = include_str!("invariants.yaml");

/// One of them.
#[derive(Debug)]
struct Invariant {
    rule: String,
    answers: Vec<Answer>,
    value: Value,
}

/// All of them.
#[derive(Debug)]
pub struct Invariants(Vec<Invariant>);

/// One that is broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Its rule.
    pub rule: String,
    /// What is expected, in the language of suites.
    pub expect: Value,
}

impl Invariants {
    /// Those that are compiled in.
    ///
    /// # Errors
    /// A mistake in their file: a defect of this program, which its tests find.
    pub fn built_in() -> Result<Self, String> {
        let entries: Vec<Map<String, Value>> =
            crate::yaml::from_str(TEXT, "invariants.yaml").map_err(|why| why.to_string())?;
        let mut all = Vec::new();
        for entry in entries {
            let rule = entry
                .get("rule")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let value = entry.get("expect").cloned().unwrap_or_default();
            let case = Map::from_iter([
                ("name".to_owned(), Value::String("invariant".to_owned())),
                ("expect".to_owned(), value.clone()),
            ]);
            let case =
                super::sequence::parse_case(&case).map_err(|why| format!("{rule}: {why}"))?;
            all.push(Invariant {
                rule: rule.to_owned(),
                answers: case.expect.0,
                value,
            });
        }
        Ok(Self(all))
    }

    /// The rules.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|invariant| invariant.rule.as_str())
    }

    /// Those that an answer breaks.
    #[must_use]
    pub fn broken(&self, seen: &Observation) -> Vec<Broken> {
        self.0
            .iter()
            .filter(|invariant| {
                let judgement = judge(&invariant.answers, seen, &Nowhere);
                judgement.is_ok_and(|judgement| {
                    !judgement.silent && matches!(judgement.grade, Grade::Fail | Grade::Warn)
                })
            })
            .map(|invariant| Broken {
                rule: invariant.rule.clone(),
                expect: invariant.value.clone(),
            })
            .collect()
    }
}

/// Invariants ask for nothing around the answer.
struct Nowhere;

impl RenderText for Nowhere {
    fn render(&self, text: &Text) -> Result<Rendered, RenderProblem> {
        Ok(Rendered::plain(text.value.replace("$$", "$")))
    }
}

impl Surroundings for Nowhere {
    fn word(&self, word: &str) -> bool {
        word.starts_with('-')
    }

    fn saved(&self, _name: &str) -> Option<&Observation> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::judge::{HttpAnswer, Reply, TokenFacts};
    use crate::wire::json::Document;

    fn seen(status: u16, headers: &[(&str, &str)], body: &str) -> Observation {
        let json = Document::read(body.as_bytes()).ok();
        Observation {
            reply: Reply::Answer(Arc::new(HttpAnswer {
                status,
                headers: headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                    .collect(),
                body: body.as_bytes().to_vec(),
                strict_json: json.is_some(),
                json: json.map(|document| document.value),
                ..HttpAnswer::default()
            })),
            had_authorization: false,
            asked_scope: None,
            token: TokenFacts::default(),
            aftermath: None,
        }
    }

    const GOOD: &[(&str, &str)] = &[
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("Pragma", "no-cache"),
        ("Date", "Sat, 21 Nov 2026 07:15:27 GMT"),
    ];

    fn broken(seen: &Observation) -> Vec<String> {
        let invariants = Invariants::built_in().expect("invariants");
        let rules = invariants.broken(seen).into_iter();
        rules.map(|broken| broken.rule).collect()
    }

    #[test]
    fn good_answers_break_none() {
        let token = r#"{"access_token":"aaaaaaaaaaaaaaaaaaaaaaaaa","token_type":"Bearer","expires_in":600}"#;
        assert_eq!(broken(&seen(200, GOOD, token)), Vec::<String>::new());
        let refusal = r#"{"error":"invalid_request","error_description":"no grant_type"}"#;
        assert_eq!(broken(&seen(400, GOOD, refusal)), Vec::<String>::new());
    }

    #[test]
    fn bad_answers_break_the_rule_that_is_about_them() {
        let token = r#"{"access_token":"aaaaaaaaaaaaaaaaaaaaaaaaa","token_type":"Bearer","expires_in":"600"}"#;
        assert_eq!(
            broken(&seen(200, GOOD, token)),
            ["rfc6749-expires-in-is-number"]
        );
        let stored = broken(&seen(
            200,
            &[("Content-Type", "application/json")],
            r#"{"access_token":"aaaaaaaaaaaaaaaaaaaaaaaaa","token_type":"Bearer","expires_in":1}"#,
        ));
        assert!(
            stored.contains(&"rfc6749-cache-control-no-store".to_owned()),
            "{stored:?}"
        );
        let invented = broken(&seen(400, GOOD, r#"{"error":"no_luck"}"#));
        assert_eq!(invented, ["rfc6749-error-code-registered"]);
    }

    #[test]
    fn every_invariant_names_a_rule_that_exists() {
        let suite = crate::suite::load::built_in().expect("suite");
        for rule in Invariants::built_in().expect("invariants").rules() {
            assert!(suite.rule_named(rule).is_some(), "{rule}");
        }
    }
}
