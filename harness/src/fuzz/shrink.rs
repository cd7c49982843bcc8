//! Smaller sequences: what is tried in place of one that deviates, until nothing smaller does.

use std::collections::BTreeMap;

use serde_json::Value;

use super::draw::Draw;
use super::lines::{from_lines, to_lines};
use super::operator::Operator;
use super::sequence::Sequence;
use super::walk::WalkFacts;

/// Sequences that are simpler than this one, each in one respect, the boldest first.
#[must_use]
pub fn simpler(sequence: &Sequence, operators: &[Operator], facts: WalkFacts) -> Vec<Sequence> {
    let mut all = Vec::new();
    all.extend(alone(sequence, operators));
    all.extend(with_a_line_less(sequence, facts));
    all.extend(with_a_simpler_value(sequence, operators));
    all
}

fn operator<'a>(name: &str, operators: &'a [Operator]) -> Option<(&'a Operator, Option<String>)> {
    let (bare, label) = match name.split_once(": ") {
        Some((bare, label)) => (bare, Some(label.to_owned())),
        None => (name, None),
    };
    let operator = operators.iter().find(|operator| operator.name == bare)?;
    Some((operator, label))
}

/// The first mutation without those beside it; `None`: nothing is beside it.
#[must_use]
pub fn alone(sequence: &Sequence, operators: &[Operator]) -> Option<Sequence> {
    let [first, _, ..] = sequence.operators.as_slice() else {
        return None;
    };
    let (operator, label) = operator(first, operators)?;
    let mut smaller = sequence.clone();
    let mut case = operator.case.clone();
    if let (Some(label), Some(Value::Object(mut changes))) = (label, case.remove("deviations")) {
        case.insert("deviation".to_owned(), changes.remove(&label)?);
    }
    if let Some(expect) = sequence.case.get("expect") {
        case.insert("expect".to_owned(), expect.clone());
    }
    case.insert("name".to_owned(), Value::String(first.clone()));
    let lists = case.get("for_each").and_then(Value::as_object).cloned();
    smaller
        .values
        .retain(|name, _| lists.as_ref().is_some_and(|lists| lists.contains_key(name)));
    smaller.case = case;
    smaller.operators.truncate(1);
    Some(smaller)
}

/// A walk with one of its requests less. What the others must come to is another thing then: the model says it anew.
fn with_a_line_less(sequence: &Sequence, facts: WalkFacts) -> Vec<Sequence> {
    if sequence.operators != ["walk"] {
        return Vec::new();
    }
    let Some(text) = to_lines(sequence) else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().collect();
    let without = |at: usize| {
        let mut fewer = lines.clone();
        fewer.remove(at);
        let (mut smaller, _) = from_lines(&fewer.join("\n"), facts)?;
        smaller.rule.clone_from(&sequence.rule);
        end_alike(&mut smaller, sequence);
        let steps = |sequence: &Sequence| sequence.case.get("steps")?.as_array().map(Vec::len);
        (steps(&smaller) < steps(sequence)).then_some(smaller)
    };
    (0..lines.len()).filter_map(without).collect()
}

/// Takes off what the model looks at behind the step at which the other ends.
fn end_alike(smaller: &mut Sequence, sequence: &Sequence) {
    let kind = |step: &Value| {
        let (kind, body) = step.as_object()?.iter().next()?;
        Some((kind.clone(), body.get("baseline").cloned()))
    };
    let steps = sequence.case.get("steps").and_then(Value::as_array);
    let last = steps.and_then(|steps| steps.last()).and_then(kind);
    if let Some(Value::Array(steps)) = smaller.case.get_mut("steps") {
        while steps.last().is_some_and(|step| kind(step) != last) {
            steps.pop();
        }
    }
}

fn with_a_simpler_value(sequence: &Sequence, operators: &[Operator]) -> Vec<Sequence> {
    let mut draws: BTreeMap<&str, &Draw> = BTreeMap::new();
    for name in &sequence.operators {
        if let Some((operator, _)) = operator(name, operators) {
            draws.extend(
                operator
                    .draws
                    .iter()
                    .map(|(name, draw)| (name.as_str(), draw)),
            );
        }
    }
    let mut all = Vec::new();
    for (name, members) in &sequence.values {
        let (Some(draw), Some(value)) = (draws.get(name.as_str()), members.get("")) else {
            continue;
        };
        for simpler in draw.simpler(value) {
            let mut smaller = sequence.clone();
            let members = BTreeMap::from([(String::new(), simpler)]);
            smaller.values.insert(name.clone(), members);
            all.push(smaller);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn walk_without_a_request_expects_what_is_true_of_the_others() {
        let facts = WalkFacts {
            inspects: true,
            revokes: true,
            rotates: true,
            grace: false,
        };
        let text = "authorize basic\nredeem 0 basic\nauthorize basic\nredeem 0 basic\n";
        let (sequence, _) = from_lines(text, facts).expect("a walk");
        let smaller = simpler(&sequence, &[], facts);
        assert!(!smaller.is_empty());
        for one in smaller {
            let lines = to_lines(&one).expect("lines");
            let replays = lines.matches("redeem 0 basic").count() > 1;
            let refused = serde_json::to_string(&one.case).expect("JSON");
            assert_eq!(refused.contains("invalid_grant"), replays, "{lines}");
        }
    }

    #[test]
    fn what_follows_the_deviation_makes_no_walk_longer() {
        let facts = WalkFacts {
            inspects: true,
            ..WalkFacts::default()
        };
        let text = "authorize basic\nredeem 0 basic\nintrospect 0\nredeem 0 basic\n";
        let (mut sequence, _) = from_lines(text, facts).expect("a walk");
        if let Some(Value::Array(steps)) = sequence.case.get_mut("steps") {
            steps.truncate(4);
        }
        let smallest = "authorize basic\nredeem 0 basic\nredeem 0 basic\n";
        let all = simpler(&sequence, &[], facts);
        let mut lines = all.iter().filter_map(to_lines);
        assert!(lines.any(|lines| lines == smallest));
    }

    #[test]
    fn steps_of_an_operator_stay() {
        let mut sequence = Sequence::default();
        let steps = json!([{"authorize": {"as": "a"}}, {"send": {"with": "a", "baseline": "authorization_code"}}]);
        sequence.case.insert("steps".to_owned(), steps);
        assert!(simpler(&sequence, &[], WalkFacts::default()).is_empty());
    }
}
