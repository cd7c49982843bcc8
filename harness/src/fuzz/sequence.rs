//! What was drawn, in a form that is kept: a case of the language of suites, and for whom it is sent.
//!
//! As JSON it is an entry of a corpus; as a rule file it is a suite that `tokenspec run --suite` replays.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::plan::Variant;
use crate::suite::model::Case;
use crate::target::Target;
use crate::vocabulary::Grant;

/// A case, and the clients and values that it is sent with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The rule that a wrong answer breaks.
    pub rule: String,
    /// The mutations, by the names of their operators; the first one decides the effect.
    #[serde(default)]
    pub operators: Vec<String>,
    /// The client, by its name in the target file.
    pub client: Option<String>,
    /// The second client.
    #[serde(default)]
    pub other: Option<String>,
    /// The grant of the valid request; a sequence of several has none.
    #[serde(default)]
    pub grant: Option<String>,
    /// What the texts of the case ask for: a name, and its members (the empty one is the value itself).
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// The case (docs/writing-suites.md): `deviation` and `expect`, or `steps`.
    pub case: Map<String, Value>,
}

/// Where the rule of a saved sequence stands.
#[derive(Clone, Debug)]
pub struct Source {
    /// The document.
    pub document: String,
    /// The section.
    pub section: String,
    /// `must`, `should`, `may` or `vendor`.
    pub level: String,
    /// The requirement.
    pub statement: String,
}

/// Why a sequence can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceProblem {
    /// It is no JSON of this form.
    #[error("is no sequence: {0}")]
    Form(String),
    /// Its case is none.
    #[error("its case can't be read: {0}")]
    Case(String),
    /// The target has no such client or grant.
    #[error("the target has no {what} `{name}`")]
    Unknown {
        /// client or grant
        what: &'static str,
        /// Its name.
        name: String,
    },
}

impl Sequence {
    /// Reads an entry of a corpus.
    ///
    /// # Errors
    /// It has another form.
    pub fn from_json(text: &str) -> Result<Self, SequenceProblem> {
        serde_json::from_str(text).map_err(|why| SequenceProblem::Form(why.to_string()))
    }

    /// An entry of a corpus.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }

    /// The case, ready to be run.
    ///
    /// # Errors
    /// It is none.
    pub fn parsed_case(&self) -> Result<Case, SequenceProblem> {
        parse_case(&self.case)
    }

    /// For whom it is sent, at a target.
    ///
    /// # Errors
    /// The target has no such client, or no grant is called so.
    pub fn variant(&self, target: &Target, case: &Case) -> Result<Variant, SequenceProblem> {
        let client = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => target
                .clients
                .iter()
                .position(|client| client.name == *name)
                .map(Some)
                .ok_or_else(|| SequenceProblem::Unknown {
                    what: "client",
                    name: name.clone(),
                }),
        };
        let grant = match &self.grant {
            None => None,
            Some(name) => Some(
                name.parse::<Grant>()
                    .map_err(|_| SequenceProblem::Unknown {
                        what: "grant",
                        name: name.clone(),
                    })?,
            ),
        };
        let change = case.deviation.clone().map(Arc::new);
        Ok(Variant {
            id: self.operators.join("+"),
            stranger: self.client.is_none(),
            client: client(&self.client)?,
            other: client(&self.other)?,
            grant,
            bindings: self.values.clone(),
            deviation: change.map(|change| (String::new(), change)),
        })
    }

    /// A rule file that sends it again: the drawn values are those of `for_each`.
    #[must_use]
    pub fn rule_text(&self, source: &Source) -> String {
        let mut case = self.case.clone();
        if let Some(Value::Object(lists)) = case.get_mut("for_each") {
            for (name, list) in lists {
                // What a source says of a thing besides is not in a list of texts: then it is asked again.
                let members = self.values.get(name).filter(|members| members.len() == 1);
                let value = members.and_then(|members| members.get(""));
                if let Some(value) = value.filter(|value| !value.starts_with('@')) {
                    *list = json!([value]);
                }
            }
        }
        if let (Some(grant), true) = (&self.grant, case.contains_key("baseline")) {
            case.insert("baseline".to_owned(), json!(grant));
        }
        if self.client.is_none() {
            case.insert("baseline".to_owned(), json!("stranger"));
        }
        let head =
            json!({"document": source.document, "section": source.section, "level": source.level});
        let notes = match &self.client {
            Some(client) => format!(
                "Found by `tokenspec fuzz` with client `{client}`; mutation: {}.",
                self.operators.join(", ")
            ),
            None => format!(
                "Found by `tokenspec fuzz`; mutation: {}.",
                self.operators.join(", ")
            ),
        };
        let mut text = format!(
            "source: {head}\nrule: {}\nnotes: {}\ncases:\n",
            yaml(&json!(source.statement)),
            yaml(&json!(notes))
        );
        let name = case.remove("name").unwrap_or_else(|| json!("it"));
        text.push_str(&format!("  - name: {}\n", yaml(&name)));
        for (key, value) in &case {
            let steps = value.as_array().filter(|_| key == "steps");
            let Some(steps) = steps else {
                text.push_str(&format!("    {key}: {}\n", yaml(value)));
                continue;
            };
            text.push_str("    steps:\n");
            for step in steps {
                text.push_str(&format!("      - {}\n", yaml(step)));
            }
        }
        text
    }
}

/// JSON that is YAML too: what JSON may hold and YAML may not is escaped.
pub(super) fn yaml(value: &Value) -> String {
    let mut text = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '\u{7f}'..='\u{9f}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{2028}'
            | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            _ => text.push(letter),
        }
    }
    text
}

/// Reads a case from its JSON form.
///
/// # Errors
/// It is none.
pub(super) fn parse_case(case: &Map<String, Value>) -> Result<Case, SequenceProblem> {
    let text = yaml(&Value::Object(case.clone()));
    crate::yaml::from_str(&text, "sequence").map_err(|why| SequenceProblem::Case(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence() -> Sequence {
        Sequence {
            rule: "rfc6749-duplicate-param-rejected".to_owned(),
            operators: vec!["parameter-twice".to_owned()],
            client: Some("basic".to_owned()),
            grant: Some("client_credentials".to_owned()),
            values: BTreeMap::from([(
                "parameter".to_owned(),
                BTreeMap::from([(String::new(), "scope".to_owned())]),
            )]),
            case: serde_json::from_str(
                r#"{"name":"parameter-twice","baseline":"each","for_each":{"parameter":["scope","grant_type"]},"deviation":{"append":[{"${parameter}":"${value.parameter}"}]},"expect":[{"refused":"invalid_request"}]}"#,
            )
            .expect("a case"),
            ..Sequence::default()
        }
    }

    #[test]
    fn corpus_entry_is_read_as_it_was_written() {
        let sequence = sequence();
        assert_eq!(Sequence::from_json(&sequence.to_json()), Ok(sequence));
    }

    #[test]
    fn saved_sequence_is_a_rule_file_with_the_values_that_were_drawn() {
        let source = Source {
            document: "RFC 6749".to_owned(),
            section: "3.2".to_owned(),
            level: "must".to_owned(),
            statement: "A parameter is there once.".to_owned(),
        };
        let text = sequence().rule_text(&source);
        let rule = crate::suite::parse_rule(&text, "saved.yaml", "fuzz", "saved").expect("a rule");
        let case = rule.cases.first().expect("a case");
        let values = case.for_each.get("parameter").expect("values");
        assert_eq!(
            values.iter().map(|text| text.as_str()).collect::<Vec<_>>(),
            ["scope"]
        );
        assert_eq!(
            case.baseline.first().map(|text| text.as_str()),
            Some("client_credentials")
        );
    }

    #[test]
    fn what_is_no_sequence_is_told() {
        assert!(matches!(
            Sequence::from_json("{}"),
            Err(SequenceProblem::Form(_))
        ));
        let wrong = Sequence {
            case: serde_json::from_str(r#"{"nmae": "x"}"#).expect("a map"),
            ..Sequence::default()
        };
        assert!(matches!(wrong.parsed_case(), Err(SequenceProblem::Case(_))));
    }
}
