//! What follows an answer on its connection.

use std::sync::Arc;

use super::condition::is_true;
use super::{Aftermath, HttpAnswer, Observation, Reply, TokenFacts};
use crate::suite::text::{Several, Text};
use crate::suite::wire::Then;

/// What was seen, with the aftermath as `then` speaks of it: `None` where nobody looked.
pub(super) fn followed<E>(
    then: &Then,
    seen: &Observation,
    mut matches: impl FnMut(&crate::suite::answer::Answer, &Observation) -> Result<bool, E>,
) -> Result<bool, E> {
    let Some(aftermath) = &seen.aftermath else {
        return Ok(false);
    };
    let mut all = true;
    if let Some(switch) = &then.ended {
        all &= aftermath.ended == is_true(switch);
    }
    if let Some(switch) = &then.announced {
        all &= aftermath.announced == Some(is_true(switch));
    }
    if let Some(switch) = &then.heard {
        all &= aftermath.heard == Some(is_true(switch));
    }
    if let Some(wanted) = &then.answers {
        let came = aftermath.further.len();
        let fewer = then.fewer.as_ref().is_some_and(is_true) && aftermath.ended;
        all &= aftermath.stray.is_none();
        all &= came == wanted.len() || (fewer && came < wanted.len());
        for (wanted, answer) in wanted.iter().zip(&aftermath.further) {
            all = all && matches(wanted, &further(answer))?;
        }
    }
    Ok(all)
}

fn further(answer: &HttpAnswer) -> Observation {
    Observation {
        reply: Reply::Answer(Arc::new(answer.clone())),
        had_authorization: false,
        asked_scope: None,
        token: TokenFacts::default(),
        aftermath: None,
    }
}

/// Whether the answer is framed in one of these ways, without a flaw.
pub(super) fn framed(ways: &Several<Text>, answer: &HttpAnswer) -> bool {
    answer.framing_flaws.is_empty() && ways.iter().any(|way| way.as_str() == answer.framing)
}

/// What followed, in words.
pub(super) fn told(aftermath: &Aftermath) -> String {
    let mut words: Vec<String> = aftermath
        .further
        .iter()
        .map(|answer| format!("then {}", super::observation::answer_summary(answer)))
        .collect();
    words.extend(aftermath.stray.iter().map(|stray| format!("then {stray}")));
    if aftermath.heard == Some(false) {
        words.insert(0, "nothing came before the body".to_owned());
    }
    words.push(
        if aftermath.announced == Some(false) {
            "the connection ended without close_notify"
        } else if aftermath.ended {
            "the connection ended"
        } else {
            "the connection stayed open"
        }
        .to_owned(),
    );
    words.join(", ")
}
