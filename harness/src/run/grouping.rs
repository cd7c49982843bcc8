//! The variants of a plan in chunks, by what they hang on and by what others would suffer from.

use std::collections::BTreeMap;

use super::chunk::Chunk;
use super::control::{ControlKey, key};
use crate::plan::{Planned, failed_authentications};
use crate::suite::Suite;
use crate::suite::change::Change;
use crate::suite::model::{Case, Step};
use crate::suite::text::Text;
use crate::target::Target;

/// The most variants that share a control.
const CHUNK: usize = 16;

/// The most failed authentications of one client between two controls, away from loopback (design §2, "Politeness").
const FAILURES_IN_A_ROW: u64 = 3;

/// Entries of rules that say `same_as`, each with the entry of the rule that they name: it runs once and counts for both.
pub(super) fn twins(suite: &Suite, plan: &[Planned]) -> BTreeMap<usize, usize> {
    let mut first: BTreeMap<(usize, usize, &str), usize> = BTreeMap::new();
    let mut twins = BTreeMap::new();
    let entries = plan.iter().enumerate();
    for (index, planned) in entries.filter(|(_, planned)| planned.skip.is_none()) {
        let Some(rule) = suite.rules.get(planned.rule.rule) else {
            continue;
        };
        let id = planned.variant.id.as_str();
        let behind_rule = id.strip_prefix(rule.id.as_str()).unwrap_or(id);
        let place = (suite.owner(planned.rule.rule), planned.case, behind_rule);
        match first.get(&place) {
            Some(earlier) => {
                twins.insert(index, *earlier);
            }
            None => {
                first.insert(place, index);
            }
        }
    }
    twins
}

/// The plan in chunks.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Those that run beside others and wait for something: they begin first, and wait while others work.
    pub waiting: Vec<Chunk>,
    /// Those that run side by side.
    pub ordinary: Vec<Chunk>,
    /// Those that run after them, one after the other: what others would suffer from, then what moves the clock, then what may lock
    /// a client out.
    pub alone: Vec<Chunk>,
}

/// A chunk that still grows, and the failed authentications of its members.
struct Open {
    chunk: Chunk,
    failures: u64,
}

pub(super) fn chunks(
    suite: &Suite,
    target: &Target,
    plan: &[Planned],
    twins: &BTreeMap<usize, usize>,
) -> Chunks {
    let most = (!target.is_loopback()).then_some(FAILURES_IN_A_ROW);
    let mut open: BTreeMap<(ControlKey, bool), Open> = BTreeMap::new();
    let (mut waiting, mut ordinary) = (Vec::new(), Vec::new());
    let (mut disturbing, mut moving, mut locking) = (Vec::new(), Vec::new(), Vec::new());
    for (index, planned) in plan.iter().enumerate() {
        let Some(case) = suite.case(planned.rule.rule, planned.case) else {
            continue;
        };
        if planned.skip.is_some() || twins.contains_key(&index) {
            continue;
        }
        let failures = failed_authentications(case);
        let chunk = Chunk {
            key: key(planned, case, target),
            members: vec![index],
            lane: (failures > 0 && most.is_some()).then_some(planned.variant.client),
        };
        if locks_out(case) {
            locking.push(chunk);
        } else if moves_clock(case, target) {
            moving.push(chunk);
        } else if races(case) || disturbs(case) {
            disturbing.push(chunk);
        } else if waits(case) {
            waiting.push(chunk);
        } else if chunk.key == ControlKey::Own {
            ordinary.push(chunk);
        } else {
            let place = (chunk.key.clone(), failures > 0);
            let full = match open.get_mut(&place) {
                Some(open) if has_room(open, failures, most) => {
                    open.chunk.members.push(index);
                    open.failures += failures;
                    None
                }
                Some(_) | None => open.insert(place, Open { chunk, failures }),
            };
            ordinary.extend(full.map(|full| full.chunk));
        }
    }
    ordinary.extend(open.into_values().map(|open| open.chunk));
    Chunks {
        waiting,
        ordinary,
        alone: [disturbing, moving, locking].concat(),
    }
}

/// Whether a chunk takes one more variant; `most` bounds its failed authentications, where something does.
fn has_room(open: &Open, more: u64, most: Option<u64>) -> bool {
    open.chunk.members.len() < CHUNK && most.is_none_or(|most| open.failures + more <= most)
}

/// Whether a case lets time pass until something has not arrived.
fn waits(case: &Case) -> bool {
    case.steps
        .iter()
        .any(|step| matches!(step, Step::Received(received) if received.within.is_some()))
}

/// Whether a case needs the server for itself: requests race, or their durations are compared.
fn races(case: &Case) -> bool {
    case.steps
        .iter()
        .any(|step| matches!(step, Step::Together(_) | Step::Durations(_)))
}

/// Whether a case does to the server what others would suffer from: it sends what is no request and then looks how the server
/// goes on, leaves connections hanging, or changes what the server fetches for a client.
fn disturbs(case: &Case) -> bool {
    let changes = case.deviation.iter();
    let mut changes = changes.chain(case.deviations.0.iter().map(|(_, change)| change));
    let leaves_hanging = |change: &Change| {
        let wire = change.wire.as_ref();
        wire.is_some_and(|wire| wire.beside.is_some())
    };
    let sends_octets = case.steps.iter().any(|step| {
        matches!(step, Step::Send(send) if send.change.as_ref().is_some_and(
            |change| change.wire.as_ref().is_some_and(|wire| wire.octets.is_some())
        ))
    });
    let changes_keys = case
        .steps
        .iter()
        .any(|step| matches!(step, Step::Publish(publish) if publish.at.is_some() && publish.with.is_none()));
    sends_octets || changes_keys || changes.any(leaves_hanging)
}

/// Whether a case may lock its client out: nothing that needs the client may follow.
fn locks_out(case: &Case) -> bool {
    case.allow.iter().any(|word| word.as_str() == "lockout")
}

/// Whether a case moves the target's clock, or waits for longer than a moment.
fn moves_clock(case: &Case, target: &Target) -> bool {
    let moment = std::time::Duration::from_secs(5);
    let passes = |text: &Text| {
        target.clock.is_some()
            || humantime::parse_duration(text.as_str()).map_or(true, |time| time > moment)
    };
    case.steps.iter().any(|step| match step {
        Step::Elapse(text) => passes(text),
        Step::Send(send) => send.elapse.as_ref().is_some_and(passes),
        Step::Approve(_)
        | Step::Authorize(_)
        | Step::Begin(_)
        | Step::Check(_)
        | Step::Deny(_)
        | Step::Durations(_)
        | Step::Fetch(_)
        | Step::Handshake(_)
        | Step::Inspect(_)
        | Step::Obtain(_)
        | Step::Prepare(_)
        | Step::Publish(_)
        | Step::Push(_)
        | Step::Received(_)
        | Step::Register(_)
        | Step::Revoke(_)
        | Step::Sample(_)
        | Step::Together(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{plan_all, rich_target, suite};

    /// The names of the cases in the order in which their chunks begin, each once.
    fn order(chunks: &[Chunk], plan: &[Planned], suite: &Suite) -> Vec<String> {
        let mut names = Vec::new();
        for index in chunks.iter().flat_map(|chunk| &chunk.members) {
            let planned = &plan[*index];
            let case = suite.case(planned.rule.rule, planned.case).unwrap();
            if !names.contains(&case.name.value) {
                names.push(case.name.value.clone());
            }
        }
        names
    }

    #[test]
    fn who_waits_begins_first_and_who_disturbs_runs_last() {
        let cases = "cases:\n  \
             - {name: plain, baseline: client_credentials, deviation: {set: {a: b}}, expect: {accepted: {}}}\n  \
             - name: clock\n    steps: [{obtain: {as: it, grant: client_credentials}}, {elapse: 1h}, {inspect: {token: \"${it.access_token}\", expect: {active: false}}}]\n  \
             - name: race\n    steps: [{together: {times: 2, send: {baseline: client_credentials}, expect: {successes: {at_most: 1}}}}]\n  \
             - name: waits\n    steps: [{publish: {as: bait}}, {received: {at: \"${bait.url}\", within: 1s, expect: {count: {at_most: 0}}}}]\n";
        let suite = suite(&[("r", cases)]);
        let target = rich_target();
        let mut plan = plan_all(&suite, &target);
        for planned in &mut plan {
            planned.skip = None;
        }
        let found = chunks(&suite, &target, &plan, &BTreeMap::new());
        assert_eq!(order(&found.waiting, &plan, &suite), ["waits"]);
        assert_eq!(order(&found.ordinary, &plan, &suite), ["plain"]);
        assert_eq!(order(&found.alone, &plan, &suite), ["race", "clock"]);
    }
}
