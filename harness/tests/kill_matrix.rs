//! Seeded defects and the rules that have to notice them. The whole proof is `tokenspec mutants`; here is what the table of
//! defects promises, and the proof for a handful, so that a mistake in the machinery shows in seconds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokenspec::cli::embedded::{self, Deviation};
use tokenspec::cli::mutants::{
    Choice, Extent, Found, Order, Patience, Scope, Survey, patience, trial,
};
use tokenspec::suite::{Suite, load};

/// Every rule, one variant for each case and deviation.
fn everything(suite: &Suite, configuration: &str) -> Order {
    Order {
        configuration: configuration.to_owned(),
        scope: Scope {
            thinned: suite.rules.iter().map(|rule| rule.id.clone()).collect(),
            whole: BTreeSet::new(),
        },
        patience: patience(),
        until: None,
    }
}

#[test]
fn every_defect_names_rules_that_exist_and_have_cases() {
    let suite = Arc::new(load::built_in().unwrap());
    for defect in embedded::defects() {
        for name in defect.names() {
            let rule = suite.rule_named(name);
            let cases = rule.map(|rule| suite.cases_of(rule).len());
            assert!(
                cases.is_some_and(|cases| cases > 0),
                "defect {} names {name}, which is no rule with a case",
                defect.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_that_the_embedded_server_can_show_has_a_defect() {
    let suite = Arc::new(load::built_in().unwrap());
    let mut shown = BTreeSet::new();
    for configuration in embedded::configurations() {
        let order = everything(&suite, configuration);
        let conformant = trial(&suite, &order, Deviation::None).await.unwrap();
        for (rule, variants) in conformant.rules {
            let mut outcomes = variants.values();
            if outcomes.any(|outcome| outcome.verdict.is_judgement()) {
                shown.insert(rule);
            }
        }
    }
    let killed: BTreeSet<String> = embedded::defects()
        .into_iter()
        .flat_map(|defect| defect.kills)
        .collect();
    let without: Vec<&str> = suite
        .rules
        .iter()
        .filter(|rule| !rule.cases.is_empty() && shown.contains(&rule.id))
        .filter(|rule| !killed.contains(&rule.id))
        .map(|rule| rule.id.as_str())
        .collect();
    assert!(without.is_empty(), "no defect kills {without:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn handful_of_defects_is_found_by_their_own_rules() {
    let choice = Choice {
        defects: ["code-reuse-accepted", "expires-in-quoted", "query-merged"]
            .map(str::to_owned)
            .to_vec(),
        rules: Vec::new(),
        extent: Extent::TheirDocuments,
        jobs: 2,
    };
    let suite = Arc::new(load::built_in().unwrap());
    let mut survey = Survey::begin(&suite, &choice, patience()).await.unwrap();
    let mut told = Vec::new();
    survey
        .run(|finding| told.push(finding.defect.id.clone()))
        .await;
    assert_eq!(told.len(), 3);
    for finding in &survey.findings {
        let id = &finding.defect.id;
        assert_eq!(finding.found(), Found::ByItsOwn, "{id}");
        assert!(
            finding.strangers().is_empty(),
            "{id}: {:#?}",
            finding.strangers()
        );
        assert!(finding.trouble.is_none(), "{id}");
    }
}

#[tokio::test]
async fn trial_that_takes_too_long_ends_and_says_so() {
    let suite = Arc::new(load::built_in().unwrap());
    let order = Order {
        patience: Patience {
            trial: Duration::from_millis(1),
            ..patience()
        },
        ..everything(&suite, "oauth2.0")
    };
    let trial = trial(&suite, &order, Deviation::None).await.unwrap();
    assert!(trial.late);
}

#[tokio::test]
async fn defect_that_nobody_seeded_is_refused() {
    let suite = Arc::new(load::built_in().unwrap());
    let order = everything(&suite, "oauth2.0");
    let refused = trial(&suite, &order, Deviation::Defect("no-such-defect")).await;
    assert!(refused.unwrap_err().to_string().contains("no-such-defect"));
    let choice = Choice {
        defects: vec!["code-reuse-acepted".to_owned()],
        rules: Vec::new(),
        extent: Extent::TheirDocuments,
        jobs: 1,
    };
    let refused = Survey::begin(&suite, &choice, patience()).await;
    let said = refused.unwrap_err().to_string();
    assert!(
        said.contains("did you mean `code-reuse-accepted`?"),
        "{said}"
    );
}
