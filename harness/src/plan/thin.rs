//! A plan of a few: where one variant of each kind is enough, because others show the same code elsewhere.

use std::collections::BTreeMap;

use super::Planned;

/// Keeps one variant for each case and deviation; `whole` says which rules (by their place in the suite) keep all.
///
/// Which one it is rotates from deviation to deviation, so that a rule as a whole still meets many clients and grants. The
/// choice depends on the rule's own variants only: in every selection of rules it is the same. Entries that are skipped stay.
#[must_use]
pub fn thin(plan: Vec<Planned>, whole: impl Fn(usize) -> bool) -> Vec<Planned> {
    let mut groups: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
    for (place, planned) in plan.iter().enumerate() {
        if planned.skip.is_none() && !whole(planned.rule.rule) {
            groups.entry(Group::of(planned)).or_default().push(place);
        }
    }
    let mut kept = vec![true; plan.len()];
    let mut turns: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, members) in &groups {
        let turn = turns.entry(group.rule).or_default();
        let chosen = members.get(*turn % members.len()).copied();
        *turn += 1;
        for member in members {
            if let Some(keep) = kept.get_mut(*member) {
                *keep = Some(*member) == chosen;
            }
        }
    }
    plan.into_iter()
        .zip(kept)
        .filter(|(_, keep)| *keep)
        .map(|(planned, _)| planned)
        .collect()
}

/// Variants that differ in client, grant and bound values only.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    rule: usize,
    case: usize,
    deviation: Option<String>,
}

impl Group {
    fn of(planned: &Planned) -> Self {
        let deviation = planned.variant.deviation.as_ref();
        Self {
            rule: planned.rule.rule,
            case: planned.case,
            deviation: deviation.map(|(label, _)| label.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plan::{PlannedRule, Variant};
    use crate::suite::change::Change;
    use crate::vocabulary::Level;

    fn planned(rule: usize, case: usize, client: usize, deviation: &str) -> Planned {
        Planned {
            rule: PlannedRule {
                rule,
                level: Level::Must,
            },
            case,
            variant: Variant {
                client: Some(client),
                deviation: Some((deviation.to_owned(), Arc::new(Change::default()))),
                ..Variant::default()
            },
            skip: None,
        }
    }

    fn product() -> Vec<Planned> {
        let mut plan = Vec::new();
        for rule in 0..2 {
            for client in 0..3 {
                for deviation in ["a", "b", "c", "d"] {
                    plan.push(planned(rule, 0, client, deviation));
                }
            }
        }
        plan
    }

    fn shown(plan: &[Planned]) -> Vec<(usize, usize, &str)> {
        plan.iter()
            .filter_map(|planned| {
                let (label, _) = planned.variant.deviation.as_ref()?;
                Some((planned.rule.rule, planned.variant.client?, label.as_str()))
            })
            .collect()
    }

    #[test]
    fn each_deviation_is_kept_once_and_the_clients_take_turns() {
        let thinned = thin(product(), |_| false);
        let of_first: Vec<_> = shown(&thinned)
            .into_iter()
            .filter(|(rule, _, _)| *rule == 0)
            .collect();
        assert_eq!(
            of_first,
            [(0, 0, "a"), (0, 0, "d"), (0, 1, "b"), (0, 2, "c")]
        );
    }

    #[test]
    fn rule_that_stays_whole_keeps_all_and_changes_nothing_for_others() {
        let thinned = thin(product(), |rule| rule == 0);
        assert_eq!(thinned.len(), 12 + 4);
        let (all, second) = (thin(product(), |_| false), thinned);
        let of_second = |plan: &[Planned]| {
            shown(plan)
                .into_iter()
                .filter(|(rule, _, _)| *rule == 1)
                .map(|(_, client, label)| (client, label.to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(of_second(&all), of_second(&second));
    }

    #[test]
    fn skipped_entries_stay() {
        let mut skipped = planned(0, 0, 0, "a");
        skipped.skip = Some("needs a client".to_owned());
        let plan = vec![skipped, planned(0, 0, 1, "a"), planned(0, 0, 2, "a")];
        assert_eq!(thin(plan, |_| false).len(), 2);
    }
}
