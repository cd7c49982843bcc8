//! Shards of one plan.

use super::{plan_all, rich_target, suite};
use crate::plan::shard;

#[test]
fn shards_are_disjoint_and_complete() {
    let suite = suite(&[(
        "r",
        "cases:\n  - {name: c, baseline: each, deviation: {remove: [grant_type]}, expect: {refused: any}}\n  \
         - {name: d, needs: [tls], baseline: any, expect: {accepted: {}}}",
    )]);
    let plan = plan_all(&suite, &rich_target());
    for count in [1, 2, 3, 7, 100] {
        let mut together: Vec<String> = (1..=count)
            .flat_map(|index| shard(plan.clone(), index, count))
            .map(|planned| planned.variant.id)
            .collect();
        let mut whole: Vec<String> = plan
            .iter()
            .map(|planned| planned.variant.id.clone())
            .collect();
        together.sort();
        whole.sort();
        assert_eq!(together, whole, "{count} shards");
    }
}
