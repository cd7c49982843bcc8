//! Cases that are made of operators: of one form of one, or of that and others beside it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::merge::{beside, merge};
use super::operator::Operator;
use crate::suite::change::Change;
use crate::suite::model::{Case, Changes};
use crate::suite::text::Text;

/// A case that is made.
#[derive(Debug)]
pub(super) struct Made {
    case: Arc<Case>,
    /// The deviation of the case.
    change: Option<Arc<Change>>,
    operators: Vec<String>,
    source: Source,
}

/// What it is made of, as it is written.
#[derive(Debug)]
enum Source {
    One(Map<String, Value>),
    Several(Vec<Arc<Made>>),
}

impl Made {
    /// Of one operator, in the form that has this label where there are several.
    pub(super) fn of(operator: &Operator, label: Option<&str>) -> Option<Self> {
        let mut case = operator.parsed.clone();
        let mut value = operator.case.clone();
        let mut name = operator.name.clone();
        if let Some(label) = label {
            let mut changes = std::mem::take::<Changes>(&mut case.deviations)
                .0
                .into_iter();
            let (_, change) = changes.find(|(name, _)| name.value == label)?;
            case.deviation = Some(change);
            let Some(Value::Object(mut changes)) = value.remove("deviations") else {
                return None;
            };
            value.insert("deviation".to_owned(), changes.remove(label)?);
            name = format!("{name}: {label}");
        }
        case.name = Text::new(name.as_str());
        value.insert("name".to_owned(), Value::String(name.clone()));
        Some(Self {
            change: case.deviation.clone().map(Arc::new),
            case: Arc::new(case),
            operators: vec![name],
            source: Source::One(value),
        })
    }

    /// Of one and others beside it; `None`: there are no others, or they don't go together. The control has the others, too,
    /// so that the first is the one difference: where it leaves a request as it is, there is nothing to judge.
    pub(super) fn together(first: &Arc<Self>, others: &[&Arc<Self>]) -> Option<Self> {
        if others.is_empty() {
            return None;
        }
        let mut case = (*first.case).clone();
        let mut change = case.deviation.take().unwrap_or_default();
        let mut control = case.control.take().unwrap_or_default();
        let mut operators = first.operators.clone();
        for other in others {
            let more = other.case.deviation.as_ref()?;
            if !beside(&mut change, more) || !beside(&mut control, more) {
                return None;
            }
            case.for_each.extend(other.case.for_each.clone());
            operators.extend_from_slice(&other.operators);
        }
        case.deviation = Some(change);
        case.control = Some(control);
        case.name = Text::new(operators.join(", "));
        let parts = std::iter::once(first).chain(others.iter().copied());
        Some(Self {
            change: case.deviation.clone().map(Arc::new),
            case: Arc::new(case),
            operators,
            source: Source::Several(parts.cloned().collect()),
        })
    }

    /// The case, ready to be run.
    pub(super) const fn case(&self) -> &Arc<Case> {
        &self.case
    }

    /// What it changes.
    pub(super) const fn change(&self) -> Option<&Arc<Change>> {
        self.change.as_ref()
    }

    /// The mutations by name.
    pub(super) fn operators(&self) -> &[String] {
        &self.operators
    }

    /// The case as it is written.
    pub(super) fn value(&self) -> Map<String, Value> {
        let parts = match &self.source {
            Source::One(value) => return value.clone(),
            Source::Several(parts) => parts,
        };
        let mut parts = parts.iter().map(|part| part.value());
        let mut whole = parts.next().unwrap_or_default();
        for part in parts {
            for (key, more) in ["deviation", "control"].map(|key| (key, part.get("deviation"))) {
                add(&mut whole, key, more);
            }
            if let Some(Value::Object(lists)) = part.get("for_each") {
                let own = whole.entry("for_each").or_insert_with(empty);
                if let Some(own) = own.as_object_mut() {
                    own.extend(lists.clone());
                }
            }
        }
        whole.insert("name".to_owned(), Value::String(self.operators.join(", ")));
        whole
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

/// Adds a change to one of a case. That they go together was found out before.
fn add(case: &mut Map<String, Value>, key: &str, more: Option<&Value>) {
    let own = case.entry(key).or_insert_with(empty).as_object_mut();
    if let (Some(own), Some(more)) = (own, more.and_then(Value::as_object)) {
        merge(own, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::sequence::parse_case;
    use crate::fuzz::{OperatorKind, operators};

    #[test]
    fn case_that_is_made_is_the_one_that_is_written() {
        let operators = operators().expect("operators");
        let forms = |operator: &Operator| -> Vec<Arc<Made>> {
            let labels = operator.parsed.deviations.0.iter();
            let labels: Vec<&str> = labels.map(|(label, _)| label.as_str()).collect();
            let made = |label| Made::of(operator, label).map(Arc::new);
            match labels.as_slice() {
                [] => made(None).into_iter().collect(),
                labels => labels
                    .iter()
                    .filter_map(|label| made(Some(label)))
                    .collect(),
            }
        };
        let preserving = |operator: &&Operator| operator.kind == OperatorKind::Preserving;
        let others: Vec<_> = operators
            .iter()
            .filter(preserving)
            .flat_map(forms)
            .collect();
        let mut together = 0;
        let text = |case: &Case| {
            let shown = format!("{case:?}");
            let mut parts = shown.split("line: ");
            let first = parts.next().unwrap_or_default().to_owned();
            let without = |part: &str| part.split_once(" }").map(|(_, rest)| rest.to_owned());
            parts.fold(first, |text, part| {
                text + &without(part).unwrap_or_default()
            })
        };
        for (at, first) in operators.iter().flat_map(forms).enumerate() {
            let other = &others[at % others.len()];
            let whole = match Made::together(&first, &[other]) {
                Some(whole) if first.case.steps.is_empty() => whole,
                _ => continue,
            };
            together += 1;
            let written = parse_case(&whole.value()).expect("a case");
            assert_eq!(text(&whole.case), text(&written), "{:?}", whole.operators);
        }
        assert!(together > 200, "{together}");
    }
}
