//! A part of a plan, for runs on several machines (design §10).

use super::Planned;

/// Every COUNT-th entry from INDEX, which counts from 1. The shards of one plan are disjoint and together complete.
#[must_use]
pub fn shard(plan: Vec<Planned>, index: u32, count: u32) -> Vec<Planned> {
    let wanted = usize::try_from(index.saturating_sub(1)).unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(1).max(1);
    plan.into_iter()
        .enumerate()
        .filter(|(place, _)| place % count == wanted)
        .map(|(_, planned)| planned)
        .collect()
}
