//! What does not fit into the limits of a target.

use std::collections::{BTreeMap, BTreeSet};

use super::{ids, plan_all, rich_target, suite};
use crate::plan::{Budget, Planned, cost, failed_authentications, share};
use crate::suite::Suite;

const MANY: &str = "cases:\n  - {name: c, client: [confidential_client], baseline: [client_credentials], \
    deviations: {a: {remove: [grant_type]}, b: {reorder: reverse}, c: {append: [{x: y}]}}, expect: {refused: any}}";

const HURTS: &str = "cases:\n  - {name: c, client: [client_secret], baseline: [client_credentials], hurts: true, \
    deviations: {a: {authenticate: {secret: a}}, b: {authenticate: {secret: b}}, c: {authenticate: {secret: c}}}, \
    expect: {refused: invalid_client}}";

fn shared(suite: &Suite, budget: Budget) -> Vec<Planned> {
    let mut plan = plan_all(suite, &rich_target());
    share(&mut plan, suite, budget);
    plan
}

#[test]
fn first_variant_of_each_rule_comes_before_any_second() {
    let suite = suite(&[("a", MANY), ("b", MANY), ("c", MANY)]);
    // One variant costs two requests: the control and the probe.
    let budget = Budget {
        requests: Some(6),
        failed_authentications: None,
    };
    let plan = shared(&suite, budget);
    let rules: BTreeSet<usize> = plan
        .iter()
        .filter(|planned| planned.skip.is_none())
        .map(|planned| planned.rule.rule)
        .collect();
    assert_eq!(ids(&plan).len(), 3);
    assert_eq!(rules.len(), 3);
    let reasons: BTreeSet<&str> = plan
        .iter()
        .filter_map(|planned| planned.skip.as_deref())
        .collect();
    assert!(
        reasons
            .iter()
            .all(|reason| reason.starts_with("limits.requests")),
        "{reasons:?}"
    );
}

#[test]
fn plan_stays_within_its_requests() {
    let suite = suite(&[("a", MANY), ("b", MANY)]);
    for limit in [1, 2, 5, 17, 1000] {
        let budget = Budget {
            requests: Some(limit),
            failed_authentications: None,
        };
        let spent: u64 = shared(&suite, budget)
            .iter()
            .filter(|planned| planned.skip.is_none())
            .filter_map(|planned| {
                let case = suite.case(planned.rule.rule, planned.case)?;
                Some(cost(case, planned.variant.grant))
            })
            .sum();
        assert!(spent <= limit, "{spent} of {limit}");
    }
}

#[test]
fn failed_authentications_are_counted_for_each_client() {
    let suite = suite(&[("a", HURTS), ("b", HURTS), ("c", MANY)]);
    let budget = Budget {
        requests: None,
        failed_authentications: Some(4),
    };
    let plan = shared(&suite, budget);
    let mut failures: BTreeMap<Option<usize>, u64> = BTreeMap::new();
    for planned in plan.iter().filter(|planned| planned.skip.is_none()) {
        let case = suite.case(planned.rule.rule, planned.case).unwrap();
        *failures.entry(planned.variant.client).or_default() += failed_authentications(case);
    }
    let most = failures.values().max();
    assert_eq!(most, Some(&4), "{failures:?}");
    let skipped = plan.iter().filter_map(|planned| planned.skip.as_deref());
    assert!(skipped.clone().count() > 0);
    for reason in skipped {
        assert!(reason.contains("allow: [lockout]"), "{reason}");
    }
    // What fails nothing is not touched.
    let of_c = |planned: &&Planned| planned.rule.rule == 2 && planned.skip.is_some();
    assert_eq!(plan.iter().filter(of_c).count(), 0);
}

#[test]
fn sequence_counts_each_of_its_failed_authentications() {
    let suite = suite(&[(
        "r",
        "cases:\n  - name: c\n    baseline: client_credentials\n    hurts: true\n    steps:\n      \
         - send: {control: true}\n      \
         - send: {change: {authenticate: {secret: a}}, expect: {refused: invalid_client}}\n      \
         - together: {times: 5, send: {change: {authenticate: {secret: b}}}, expect: {successes: {at_most: 0}}}",
    )]);
    let case = suite.case(0, 0).unwrap();
    assert_eq!(failed_authentications(case), 6);
}
