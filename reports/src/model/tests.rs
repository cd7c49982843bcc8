//! Counting, and which verdict a rule gets.

use super::*;
use crate::sample::{full, known, result};
use crate::verdict::Level;

fn build(results: Vec<VariantResult>) -> Report {
    Report::build(RunFacts::default(), results)
}

fn worst_of(verdicts: &[Verdict]) -> Option<Verdict> {
    let results = verdicts
        .iter()
        .map(|verdict| result("a", Level::Must, *verdict))
        .collect();
    build(results)
        .targets()
        .first()?
        .results
        .first()
        .map(|rule| rule.verdict)
}

#[test]
fn a_rule_gets_the_worst_verdict_of_its_variants_in_the_order_of_the_contract() {
    for (place, worst) in Verdict::ALL.iter().enumerate() {
        let rest: Vec<Verdict> = Verdict::ALL[place..].iter().rev().copied().collect();
        assert_eq!(worst_of(&rest), Some(*worst));
    }
}

#[test]
fn verdicts_are_listed_worst_first() {
    assert!(Verdict::ALL.is_sorted_by(|worse, better| worse > better));
    assert_eq!(
        Verdict::ALL.map(Verdict::word),
        [
            "fail",
            "error",
            "inconclusive",
            "warn",
            "info",
            "pass",
            "skipped"
        ]
    );
}

#[test]
fn a_broken_rule_is_judged_by_its_level() {
    let levels = [Level::Must, Level::Vendor, Level::Should, Level::May];
    assert_eq!(
        levels.map(Level::broken),
        [Verdict::Fail, Verdict::Fail, Verdict::Warn, Verdict::Info]
    );
}

#[test]
fn variants_and_rules_are_counted_apart() {
    let report = build(vec![
        result("a", Level::Must, Verdict::Fail),
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Must, Verdict::Pass),
    ]);
    assert_eq!(
        *report.variants(),
        Summary {
            fail: 1,
            pass: 2,
            ..Summary::default()
        }
    );
    assert_eq!(
        *report.rules(),
        Summary {
            fail: 1,
            pass: 1,
            ..Summary::default()
        }
    );
}

#[test]
fn a_known_variant_keeps_its_verdict() {
    let report = build(vec![known(result("a", Level::Must, Verdict::Fail))]);
    assert_eq!(
        *report.variants(),
        Summary {
            fail: 1,
            known: 1,
            ..Summary::default()
        }
    );
}

#[test]
fn a_rule_is_known_only_if_all_that_deviates_is() {
    let report = build(vec![
        known(result("a", Level::Must, Verdict::Fail)),
        result("a", Level::Must, Verdict::Inconclusive),
        known(result("b", Level::Must, Verdict::Fail)),
        result("b", Level::Must, Verdict::Pass),
    ]);
    assert_eq!((report.rules().fail, report.rules().known), (2, 1));
}

#[test]
fn a_baseline_entry_on_a_pass_is_dropped() {
    let report = build(vec![known(result("a", Level::Must, Verdict::Pass))]);
    assert_eq!(
        (report.variants().known, &report.results()[0].known),
        (0, &None)
    );
}

#[test]
fn a_rule_on_two_targets_counts_once_in_all_and_once_for_each() {
    let mut other = result("a", Level::Must, Verdict::Fail);
    other.target = "other".to_owned();
    let report = build(vec![result("a", Level::Must, Verdict::Pass), other]);
    let of_targets: Vec<Summary> = report.targets().iter().map(|target| target.rules).collect();
    let pass = Summary {
        pass: 1,
        ..Summary::default()
    };
    let fail = Summary {
        fail: 1,
        ..Summary::default()
    };
    assert_eq!((of_targets, *report.rules()), (vec![pass, fail], fail));
}

#[test]
fn a_target_without_results_is_listed_and_a_name_only_once() {
    let target = TargetInfo {
        name: "idle".to_owned(),
        ..TargetInfo::default()
    };
    let facts = RunFacts {
        targets: vec![target.clone(), target],
        ..RunFacts::default()
    };
    let report = Report::build(facts, Vec::new());
    let names: Vec<&str> = report
        .targets()
        .iter()
        .map(|t| t.info.name.as_str())
        .collect();
    assert_eq!(names, ["idle"]);
}

#[test]
fn the_variants_of_a_rule_are_found_again() {
    let report = full();
    let target = &report.targets()[0];
    let planned: usize = target
        .results
        .iter()
        .map(|rule| report.variants_of(rule).count())
        .sum();
    assert_eq!(
        planned,
        report
            .results()
            .iter()
            .filter(|r| r.target == target.info.name)
            .count()
    );
    for rule in &target.results {
        assert!(
            report
                .variants_of(rule)
                .all(|variant| variant.rule == rule.rule)
        );
    }
}
