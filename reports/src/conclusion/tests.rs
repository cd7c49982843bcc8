//! Every rule of the exit code, one test each.

use super::*;
use crate::sample::{known, result};
use crate::variant::VariantResult;

fn draw(results: &[VariantResult], policy: Policy) -> Conclusion {
    Conclusion::draw(results, policy, Ending::Complete)
}

fn check(results: &[VariantResult], policy: Policy, expect: ExitCode, causes: &[Cause]) {
    let conclusion = draw(results, policy);
    assert_eq!(
        (conclusion.exit_code(), conclusion.causes()),
        (expect, causes)
    );
}

fn never() -> Policy {
    Policy {
        fail_on: FailOn::Never,
        ..Policy::default()
    }
}

fn should() -> Policy {
    Policy {
        fail_on: FailOn::Should,
        ..Policy::default()
    }
}

fn allow() -> Policy {
    Policy {
        undecided: Undecided::Allow,
        ..Policy::default()
    }
}

#[test]
fn exit_codes_have_the_numbers_of_the_contract() {
    let codes = [ExitCode::Conforms, ExitCode::Deviates, ExitCode::Undecided];
    assert_eq!(codes.map(ExitCode::number), [0, 1, 3]);
}

#[test]
fn a_run_that_passes_conforms() {
    let results = [result("a", Level::Must, Verdict::Pass)];
    check(&results, Policy::default(), ExitCode::Conforms, &[]);
}

#[test]
fn skipped_and_info_beside_a_pass_conform() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Must, Verdict::Skipped),
        result("c", Level::May, Verdict::Info),
    ];
    check(&results, should(), ExitCode::Conforms, &[]);
}

#[test]
fn a_failed_must_deviates() {
    let results = [result("a", Level::Must, Verdict::Fail)];
    check(
        &results,
        Policy::default(),
        ExitCode::Deviates,
        &[Cause::Failed(1)],
    );
}

#[test]
fn a_failed_vendor_rule_deviates() {
    let results = [result("a", Level::Vendor, Verdict::Fail)];
    check(
        &results,
        Policy::default(),
        ExitCode::Deviates,
        &[Cause::Failed(1)],
    );
}

#[test]
fn a_warning_deviates_only_on_should() {
    let results = [result("a", Level::Should, Verdict::Warn)];
    check(&results, Policy::default(), ExitCode::Conforms, &[]);
    check(&results, never(), ExitCode::Conforms, &[]);
    check(&results, should(), ExitCode::Deviates, &[Cause::Warned(1)]);
}

#[test]
fn a_warning_that_does_not_count_is_named() {
    let results = [result("a", Level::Should, Verdict::Warn)];
    assert_eq!(
        draw(&results, Policy::default()).allowances(),
        [Allowance::Warned(1)]
    );
}

#[test]
fn fail_on_never_lets_a_failure_through_and_names_it() {
    let results = [result("a", Level::Must, Verdict::Fail)];
    check(&results, never(), ExitCode::Conforms, &[]);
    assert_eq!(draw(&results, never()).allowances(), [Allowance::Failed(1)]);
}

#[test]
fn fail_on_never_does_not_excuse_a_must_that_was_not_judged() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Must, Verdict::Error),
    ];
    check(
        &results,
        never(),
        ExitCode::Undecided,
        &[Cause::Undecided(1)],
    );
}

#[test]
fn a_known_failure_conforms() {
    let results = [known(result("a", Level::Must, Verdict::Fail))];
    check(&results, Policy::default(), ExitCode::Conforms, &[]);
    assert_eq!(
        draw(&results, Policy::default()).allowances(),
        [Allowance::Known(1)]
    );
}

#[test]
fn a_stale_baseline_deviates_whatever_fail_on_says() {
    let results = [result("a", Level::Must, Verdict::Pass)];
    let stale = Policy {
        stale: 2,
        ..never()
    };
    check(
        &results,
        stale,
        ExitCode::Deviates,
        &[Cause::StaleBaseline(2)],
    );
}

#[test]
fn an_inconclusive_must_can_not_be_said() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Must, Verdict::Inconclusive),
    ];
    check(
        &results,
        Policy::default(),
        ExitCode::Undecided,
        &[Cause::Undecided(1)],
    );
}

#[test]
fn a_broken_vendor_rule_can_not_be_said() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Vendor, Verdict::Error),
    ];
    check(
        &results,
        Policy::default(),
        ExitCode::Undecided,
        &[Cause::Undecided(1)],
    );
}

#[test]
fn an_inconclusive_should_does_not_count_but_is_named() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Should, Verdict::Inconclusive),
        result("c", Level::May, Verdict::Error),
    ];
    check(&results, should(), ExitCode::Conforms, &[]);
    assert_eq!(
        draw(&results, should()).allowances(),
        [Allowance::Optional(2)]
    );
}

#[test]
fn allow_inconclusive_covers_inconclusive_and_error() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        result("b", Level::Must, Verdict::Inconclusive),
        result("c", Level::Must, Verdict::Error),
    ];
    check(&results, allow(), ExitCode::Conforms, &[]);
    assert_eq!(
        draw(&results, allow()).allowances(),
        [Allowance::Undecided(2)]
    );
}

#[test]
fn the_baseline_covers_inconclusive_and_error() {
    let results = [
        result("a", Level::Must, Verdict::Pass),
        known(result("b", Level::Must, Verdict::Inconclusive)),
        known(result("c", Level::Must, Verdict::Error)),
    ];
    check(&results, Policy::default(), ExitCode::Conforms, &[]);
}

#[test]
fn a_failure_outranks_what_can_not_be_said() {
    let results = [
        result("a", Level::Must, Verdict::Inconclusive),
        result("b", Level::Must, Verdict::Fail),
    ];
    let causes = [Cause::Failed(1), Cause::Undecided(1)];
    check(&results, Policy::default(), ExitCode::Deviates, &causes);
}

#[test]
fn a_stale_baseline_outranks_what_can_not_be_said() {
    let stale = Policy {
        stale: 1,
        ..Policy::default()
    };
    let causes = [Cause::StaleBaseline(1), Cause::NothingJudged];
    check(&[], stale, ExitCode::Deviates, &causes);
}

#[test]
fn an_empty_run_is_never_0() {
    check(&[], never(), ExitCode::Undecided, &[Cause::NothingJudged]);
}

#[test]
fn a_run_that_skipped_everything_is_never_0() {
    let results = [result("a", Level::Must, Verdict::Skipped)];
    check(
        &results,
        allow(),
        ExitCode::Undecided,
        &[Cause::NothingJudged],
    );
}

#[test]
fn a_run_that_judged_nothing_is_never_0_even_if_everything_is_known_or_allowed() {
    let results = [
        known(result("a", Level::Must, Verdict::Error)),
        result("b", Level::Should, Verdict::Inconclusive),
    ];
    check(
        &results,
        allow(),
        ExitCode::Undecided,
        &[Cause::NothingJudged],
    );
}

#[test]
fn a_recorded_choice_is_a_judgement() {
    let results = [result("a", Level::May, Verdict::Info)];
    check(&results, Policy::default(), ExitCode::Conforms, &[]);
}

#[test]
fn an_interrupted_run_is_never_0() {
    let results = [result("a", Level::Must, Verdict::Pass)];
    let conclusion = Conclusion::draw(&results, allow(), Ending::Interrupted);
    assert_eq!(conclusion.exit_code(), ExitCode::Undecided);
    assert_eq!(conclusion.causes(), [Cause::Interrupted]);
}

#[test]
fn a_failure_in_an_interrupted_run_deviates() {
    let results = [result("a", Level::Must, Verdict::Fail)];
    let conclusion = Conclusion::draw(&results, Policy::default(), Ending::Interrupted);
    assert_eq!(conclusion.exit_code(), ExitCode::Deviates);
}
