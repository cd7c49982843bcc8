//! Each check of the reference server is left out in turn: some rule must notice. A check that nothing notices is a check
//! that a real server may lack unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokenspec::cli::embedded::{self, Deviation};
use tokenspec::cli::mutants::{Order, Outcome, Scope, Trial, Until, patience, trial, trips};
use tokenspec::suite::{Suite, load};
use tokio::task::JoinSet;

/// Checks that no rule of today can miss, each with the reason.
const UNSEEN: &[(&str, &str)] = &[];

fn order(suite: &Suite, configuration: &str, until: Option<Until>) -> Order {
    Order {
        configuration: configuration.to_owned(),
        scope: Scope {
            thinned: suite.rules.iter().map(|rule| rule.id.clone()).collect(),
            whole: BTreeSet::new(),
        },
        patience: patience(),
        until,
    }
}

/// The first rule that notices that a check is missing, in the first configuration that shows it.
async fn noticed(
    suite: Arc<Suite>,
    conformant: Arc<BTreeMap<&'static str, Trial>>,
    check: &str,
) -> Option<String> {
    for configuration in embedded::configurations() {
        let without = Arc::clone(&conformant);
        let seen = move |rule: &str, variant: &str, outcome: &Outcome| {
            let trial = without.get(configuration);
            let before = trial
                .and_then(|trial| trial.rules.get(rule))
                .and_then(|variants| variants.get(variant));
            before.is_some_and(|before| trips(outcome, Some(before)))
        };
        let until: Until = Arc::new(seen.clone());
        let order = order(&suite, configuration, Some(until));
        let trial = trial(&suite, &order, Deviation::WithoutCheck(check))
            .await
            .unwrap();
        for (rule, variants) in &trial.rules {
            if variants.iter().any(|(id, outcome)| seen(rule, id, outcome)) {
                return Some(rule.clone());
            }
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_that_is_left_out_is_noticed() {
    let suite = Arc::new(load::built_in().unwrap());
    let mut conformant = BTreeMap::new();
    for configuration in embedded::configurations() {
        let order = order(&suite, configuration, None);
        let trial = trial(&suite, &order, Deviation::None).await.unwrap();
        conformant.insert(configuration, trial);
    }
    let conformant = Arc::new(conformant);
    let mut checks = embedded::checks().into_iter();
    let mut tasks = JoinSet::new();
    let mut unseen = BTreeSet::new();
    loop {
        while tasks.len() < 3 {
            let Some(check) = checks.next() else { break };
            let (suite, conformant) = (Arc::clone(&suite), Arc::clone(&conformant));
            tasks.spawn(async move {
                let rule = noticed(suite, conformant, &check).await;
                (check, rule)
            });
        }
        let Some(done) = tasks.join_next().await else {
            break;
        };
        let (check, rule) = done.unwrap();
        if rule.is_none() {
            unseen.insert(check);
        }
    }
    let expected: BTreeSet<String> = UNSEEN
        .iter()
        .map(|(check, _)| (*check).to_owned())
        .collect();
    assert_eq!(
        unseen, expected,
        "checks that nothing notices (left), and those listed (right)"
    );
}
