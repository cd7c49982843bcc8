//! Cases of sequences that are drawn anew each time, of steps that are not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::sequence::{Sequence, SequenceProblem, parse_case};
use crate::suite::model::Case;

/// The most parts that are kept. The walks at a target are made of some hundred.
const MOST: usize = 4096;

/// Parts of cases that were read before, by their text.
#[derive(Debug, Default)]
pub struct CasesRead(Mutex<HashMap<String, Case>>);

impl CasesRead {
    /// The case of a sequence, ready to be run; [`Sequence::parsed_case`] comes to the same, but for the places of its texts.
    ///
    /// # Errors
    /// It is none.
    pub fn case(&self, sequence: &Sequence) -> Result<Case, SequenceProblem> {
        let mut rest = sequence.case.clone();
        let Some(Value::Array(steps)) = rest.remove("steps") else {
            return sequence.parsed_case();
        };
        let mut case = self.part(&rest)?;
        for step in steps {
            let name = ("name".to_owned(), Value::String("step".to_owned()));
            let step = ("steps".to_owned(), Value::Array(vec![step]));
            case.steps
                .extend(self.part(&Map::from_iter([name, step]))?.steps);
        }
        Ok(case)
    }

    fn part(&self, part: &Map<String, Value>) -> Result<Case, SequenceProblem> {
        let text = serde_json::to_string(&part).unwrap_or_default();
        if let Some(case) = self.locked().get(&text) {
            return Ok(case.clone());
        }
        let case = parse_case(part)?;
        let mut known = self.locked();
        if known.len() < MOST {
            known.insert(text, case.clone());
        }
        Ok(case)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Case>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sequence(case: Value) -> Sequence {
        let Value::Object(case) = case else {
            panic!("a map");
        };
        Sequence {
            case,
            ..Sequence::default()
        }
    }

    #[test]
    fn case_of_parts_is_the_whole_one() {
        let read = CasesRead::default();
        let one = json!({"send": {"as": "s0", "baseline": "client_credentials", "expect": [{"accepted": {}}]}});
        let other =
            json!({"inspect": {"token": "${s0.access_token}", "expect": [{"active": true}]}});
        for steps in [json!([one, other]), json!([one]), json!([one, other])] {
            let sequence =
                sequence(json!({"name": "walk", "client": ["client_credentials"], "steps": steps}));
            let whole = sequence.parsed_case().expect("a case");
            let made = read.case(&sequence).expect("a case");
            let kinds = |case: &Case| {
                let kinds = case.steps.iter().map(std::mem::discriminant);
                (
                    case.name.value.clone(),
                    case.client.len(),
                    kinds.collect::<Vec<_>>(),
                )
            };
            assert_eq!(kinds(&made), kinds(&whole));
        }
    }

    #[test]
    fn part_that_is_none_is_told_each_time() {
        let read = CasesRead::default();
        for _ in 0..2 {
            let wrong = sequence(json!({"name": "walk", "steps": [{"sned": {}}]}));
            assert!(matches!(read.case(&wrong), Err(SequenceProblem::Case(_))));
        }
    }
}
