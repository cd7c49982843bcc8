//! What a plan costs, and what does not fit into the limits of the target (design §2 "Politeness", §3 `limits.requests`).

use std::collections::BTreeMap;

use super::Planned;
use crate::suite::Suite;
use crate::suite::model::{Case, Step};
use crate::suite::text::Text;
use crate::vocabulary::Grant;

/// Limits of a run; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests in all.
    pub requests: Option<u64>,
    /// Failed client authentications for one client in all.
    pub failed_authentications: Option<u64>,
}

/// Marks as skipped what does not fit: each rule's first variant is taken before any second one.
pub fn share(plan: &mut [Planned], suite: &Suite, budget: Budget) {
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut order: Vec<(usize, usize)> = plan
        .iter()
        .enumerate()
        .filter(|(_, planned)| planned.skip.is_none())
        .map(|(index, planned)| {
            let round = seen.entry(planned.rule.rule).or_default();
            *round += 1;
            (*round, index)
        })
        .collect();
    order.sort_unstable();
    let mut requests = 0;
    let mut failures: BTreeMap<Option<usize>, u64> = BTreeMap::new();
    for (_, index) in order {
        let Some(planned) = plan.get_mut(index) else {
            continue;
        };
        let Some(case) = suite.case(planned.rule.rule, planned.case) else {
            continue;
        };
        let cost = cost(case, planned.variant.grant);
        let hurt = failed_authentications(case);
        let failed = failures.entry(planned.variant.client).or_default();
        if budget.requests.is_some_and(|limit| requests + cost > limit) {
            planned.skip =
                Some("limits.requests: the target file allows no more requests".to_owned());
        } else if hurt > 0
            && budget
                .failed_authentications
                .is_some_and(|limit| *failed + hurt > limit)
        {
            planned.skip = Some(
                "too many failed authentications for one client: set `allow: [lockout]` in the target file"
                    .to_owned(),
            );
        } else {
            requests += cost;
            *failed += hurt;
        }
    }
}

/// About how many requests a variant takes, its control included.
#[must_use]
pub fn cost(case: &Case, grant: Option<Grant>) -> u64 {
    let credential = match grant {
        Some(Grant::Ciba | Grant::DeviceCode | Grant::RefreshToken) => 2,
        Some(Grant::AuthorizationCode) => 1,
        Some(_) | None => 0,
    };
    if case.steps.is_empty() {
        return 2 * (1 + credential);
    }
    2 + case.steps.iter().map(step_cost).sum::<u64>()
}

/// How many failed client authentications a variant of a case may cause; 0 where the case says that it causes none.
#[must_use]
pub fn failed_authentications(case: &Case) -> u64 {
    if !case.hurts.as_ref().is_some_and(crate::judge::is_true) {
        return 0;
    }
    let of_step = |step: &Step| match step {
        Step::Send(send) => u64::from(send.change.is_some()),
        Step::Together(together) => {
            count(&together.times) * together.rounds.as_ref().map_or(1, count)
        }
        Step::Durations(durations) => {
            let changed = durations.of.values().filter(|send| send.change.is_some());
            (1 + count(&durations.rounds)) * changed.map(|_| 1).sum::<u64>()
        }
        Step::Approve(_)
        | Step::Authorize(_)
        | Step::Begin(_)
        | Step::Check(_)
        | Step::Deny(_)
        | Step::Elapse(_)
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
        | Step::Sample(_) => 0,
    };
    case.steps.iter().map(of_step).sum::<u64>().max(1)
}

fn step_cost(step: &Step) -> u64 {
    match step {
        Step::Together(together) => {
            1 + count(&together.times) * together.rounds.as_ref().map_or(1, count)
        }
        Step::Durations(durations) => {
            let each = durations.of.values().map(|_| 1).sum::<u64>();
            (1 + count(&durations.rounds)) * each
        }
        Step::Sample(sample) => 2 * count(&sample.times),
        Step::Obtain(_) => 3,
        Step::Send(_) => 2,
        Step::Approve(_)
        | Step::Authorize(_)
        | Step::Begin(_)
        | Step::Deny(_)
        | Step::Prepare(_)
        | Step::Push(_)
        | Step::Fetch(_)
        | Step::Handshake(_)
        | Step::Inspect(_)
        | Step::Revoke(_) => 1,
        // It is deleted again.
        Step::Register(_) => 2,
        Step::Check(_) | Step::Elapse(_) | Step::Publish(_) | Step::Received(_) => 0,
    }
}

fn count(text: &Text) -> u64 {
    text.as_str().parse().unwrap_or(1)
}
