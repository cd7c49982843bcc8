//! Mutation operators: cases in the language of suites, with values that are drawn and an effect.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::draw::Draw;
use super::sequence::parse_case;
use crate::suite::model::Case;

/// The operators that are compiled in, by file.
const FILES: &[(&str, &str)] = &[
    ("accepted.yaml", include_str!("operators/accepted.yaml")),
    ("assertions.yaml", include_str!("operators/assertions.yaml")),
    ("clients.yaml", include_str!("operators/clients.yaml")),
    ("codes.yaml", include_str!("operators/codes.yaml")),
    ("forms.yaml", include_str!("operators/forms.yaml")),
    ("framing.yaml", include_str!("operators/framing.yaml")),
    ("grants.yaml", include_str!("operators/grants.yaml")),
    ("managers.yaml", include_str!("operators/managers.yaml")),
    ("messages.yaml", include_str!("operators/messages.yaml")),
    ("metadata.yaml", include_str!("operators/metadata.yaml")),
    ("pingone.yaml", include_str!("operators/pingone.yaml")),
    ("resources.yaml", include_str!("operators/resources.yaml")),
    ("saml.yaml", include_str!("operators/saml.yaml")),
    ("scopes.yaml", include_str!("operators/scopes.yaml")),
];

/// What a mutation makes of a valid request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It must still be accepted.
    Accepted,
    /// It must be refused.
    Refused,
    /// It may be either, but the answer is one of a token endpoint, and no failure of the server.
    Open,
}

/// What an operator may be drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorKind {
    /// It is drawn by itself.
    Deviating,
    /// It changes nothing that matters, so it may also be drawn beside another.
    Preserving,
}

/// A way to change a valid request, or a sequence of requests.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Its name, unique.
    pub name: String,
    /// The rule that a wrong answer breaks.
    pub rule: String,
    /// What it may be drawn for.
    pub kind: OperatorKind,
    /// What it makes of a request.
    pub effect: Effect,
    /// Values that are drawn, by the names under which its texts ask for them.
    pub draws: BTreeMap<String, Draw>,
    /// The case, in the language of suites; drawn values stand under `for_each` with a sample.
    pub case: Map<String, Value>,
    /// The same, read.
    pub parsed: Case,
}

/// All operators.
///
/// # Errors
/// A mistake in one of the files: a defect of this program, which its tests find.
pub fn operators() -> Result<Vec<Operator>, String> {
    let mut all = Vec::new();
    for (file, text) in FILES {
        let entries: Vec<Map<String, Value>> =
            crate::yaml::from_str(text, file).map_err(|why| why.to_string())?;
        for entry in entries {
            let operator = operator(entry).map_err(|why| format!("{file}: {why}"))?;
            if all
                .iter()
                .any(|other: &Operator| other.name == operator.name)
            {
                return Err(format!("{file}: `{}` is there twice", operator.name));
            }
            all.push(operator);
        }
    }
    Ok(all)
}

fn operator(mut entry: Map<String, Value>) -> Result<Operator, String> {
    let mut text = |key: &str| match entry.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let name = text("operator").ok_or("an operator without a name")?;
    let rule = text("rule").ok_or_else(|| format!("`{name}` names no rule"))?;
    let kind = match entry.remove("preserves") {
        Some(Value::Bool(true)) => OperatorKind::Preserving,
        _ => OperatorKind::Deviating,
    };
    let draws = draws(entry.remove("draw")).map_err(|why| format!("`{name}`: {why}"))?;
    let mut effects = Vec::new();
    if let Some(expect) = entry.get_mut("expect") {
        effects.extend(spell_out(expect)?);
    }
    if let Some(Value::Array(steps)) = entry.get_mut("steps") {
        for step in steps {
            for expect in expectations(step) {
                effects.extend(spell_out(expect)?);
            }
        }
    }
    // Steps that only compare what came before have no answers: nothing of them is left open.
    let effect = match effects.last() {
        Some(effect) => *effect,
        None if entry.contains_key("steps") => Effect::Accepted,
        None => return Err(format!("`{name}` has no `expect`")),
    };
    let mut case = entry;
    case.insert("name".to_owned(), Value::String(name.clone()));
    let for_each = case
        .entry("for_each")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(lists) = for_each {
        for (name, draw) in &draws {
            lists.insert(name.clone(), json!([draw.sample()]));
        }
    }
    if for_each.as_object().is_some_and(Map::is_empty) {
        case.remove("for_each");
    }
    let parsed = parse_case(&case).map_err(|why| format!("`{name}`: {why}"))?;
    Ok(Operator {
        name,
        rule,
        kind,
        effect,
        draws,
        case,
        parsed,
    })
}

fn draws(value: Option<Value>) -> Result<BTreeMap<String, Draw>, String> {
    let Some(Value::Object(members)) = value else {
        return Ok(BTreeMap::new());
    };
    members
        .into_iter()
        .map(|(name, value)| Ok((name, Draw::parse(&value)?)))
        .collect()
}

/// What a step expects.
fn expectations(step: &mut Value) -> Vec<&mut Value> {
    let Some(members) = step.as_object_mut() else {
        return Vec::new();
    };
    members
        .values_mut()
        .filter_map(|body| body.get_mut("expect"))
        .collect()
}

/// Writes out what stands for answers: `accepted`, `open`, `rejected`, or `refused` with error codes.
fn spell_out(expect: &mut Value) -> Result<Option<Effect>, String> {
    let Value::String(short) = &*expect else {
        return Ok(Some(effect_of(expect)));
    };
    let mut words = short.split(' ');
    let silence = json!({"silence": ["closed", "cut", "malformed"], "grade": "fail"});
    let (answers, effect) = match words.next() {
        Some("accepted") => (json!([{"accepted": {}}, silence]), Effect::Accepted),
        Some("open") => {
            let either = json!([{"accepted": {}}, {"refused": "any"}, {"status": "4xx"}, silence]);
            (either, Effect::Open)
        }
        Some("rejected") => {
            let rejected = json!([{"refused": "any"}, {"status": "4xx"}, silence]);
            (rejected, Effect::Refused)
        }
        Some("refused") => {
            let codes: Vec<&str> = words.collect();
            let other = json!({"refused": "any", "grade": "warn", "because": "refused, but with another error code"});
            let bare = json!({"status": "4xx", "grade": "warn", "because": "refused, but not as RFC 6749 section 5.2 has it"});
            let refused = json!([{"refused": codes}, other, bare, silence]);
            (refused, Effect::Refused)
        }
        Some(_) | None => return Err(format!("`expect: {short}` stands for no answers")),
    };
    *expect = answers;
    Ok(Some(effect))
}

/// The effect that a list of answers speaks of.
fn effect_of(expect: &Value) -> Effect {
    let answers = match expect {
        Value::Array(answers) => answers.iter().collect::<Vec<_>>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![expect]
        }
    };
    let conforms = |answer: &&Value| {
        let grade = answer.get("grade").and_then(Value::as_str);
        matches!(grade, None | Some("pass" | "info"))
    };
    let mut accepts = false;
    let mut refuses = false;
    for answer in answers.into_iter().filter(conforms) {
        if answer.get("like").is_some() || answer.get("accepted").is_some() {
            accepts = true;
        } else {
            refuses = true;
        }
    }
    match (accepts, refuses) {
        (true, false) => Effect::Accepted,
        (false, true) => Effect::Refused,
        (true, true) | (false, false) => Effect::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_at_least_forty_operators_and_every_effect_among_them() {
        let all = operators().expect("operators");
        assert!(all.len() >= 40, "{}", all.len());
        for effect in [Effect::Accepted, Effect::Refused, Effect::Open] {
            assert!(
                all.iter().any(|operator| operator.effect == effect),
                "{effect:?}"
            );
        }
    }

    #[test]
    fn every_operator_names_a_rule_that_exists() {
        let suite = crate::suite::load::built_in().expect("suite");
        let unknown: Vec<String> = operators()
            .expect("operators")
            .into_iter()
            .filter(|operator| suite.rule_named(&operator.rule).is_none())
            .map(|operator| format!("{}: {}", operator.name, operator.rule))
            .collect();
        assert_eq!(unknown, Vec::<String>::new());
    }

    #[test]
    fn every_operator_is_a_case_that_the_lint_of_suites_accepts() {
        for operator in operators().expect("operators") {
            let file = json!({
                "source": {"document": "RFC 6749", "section": "1", "level": "must"},
                "rule": "An operator.",
                "cases": [operator.case],
            });
            let parsed = crate::suite::parse_rule(
                &crate::fuzz::sequence::yaml(&file),
                "operator",
                "fuzz",
                "it",
            );
            assert!(parsed.is_ok(), "{}: {}", operator.name, parsed.unwrap_err());
        }
    }
}
