//! The plan as text: what a run would send.

use std::collections::BTreeMap;

use super::engine::Prepared;
use crate::plan;

/// What `--dry-run` prints.
pub(super) fn render(prepared: &Prepared) -> String {
    let suite = &prepared.runner.suite;
    let mut lines = Vec::new();
    let mut rules: BTreeMap<&str, (usize, u64, Option<&str>)> = BTreeMap::new();
    let mut hurting: BTreeMap<&str, usize> = BTreeMap::new();
    for planned in prepared.plan.iter() {
        let Some(rule) = suite.rules.get(planned.rule.rule) else {
            continue;
        };
        let entry = rules.entry(&rule.id).or_default();
        if let Some(reason) = &planned.skip {
            entry.2 = Some(reason);
            continue;
        }
        let Some(case) = suite.case(planned.rule.rule, planned.case) else {
            continue;
        };
        entry.0 += 1;
        entry.1 += plan::cost(case, planned.variant.grant);
        let client = planned
            .variant
            .client
            .and_then(|index| prepared.runner.target.clients.get(index));
        if let (Some(client), true) = (
            client,
            case.hurts.as_ref().is_some_and(crate::judge::is_true),
        ) {
            *hurting.entry(&client.name).or_default() += 1;
        }
    }
    let (mut variants, mut requests) = (0, 0);
    for (id, (count, cost, skipped)) in &rules {
        variants += count;
        requests += cost;
        lines.push(match (count, skipped) {
            (0, Some(reason)) => format!("{id}: skipped, {reason}"),
            _ => format!("{id}: {count} variants, about {cost} requests"),
        });
    }
    lines.push(format!(
        "{}: {} rules, {variants} variants, about {requests} requests at most",
        prepared.info.name,
        rules.len()
    ));
    for (client, count) in hurting {
        lines.push(format!("client {client}: {count} failed authentications"));
    }
    lines.join("\n") + "\n"
}
