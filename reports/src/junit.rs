//! JUnit XML: one test case for each variant, one test suite for each suite of each target.
//!
//! `fail` is a failure, `inconclusive` and `error` are errors, what was skipped or is known by the
//! baseline is skipped. A `warn` passes here; its words are in the output of the test case.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::model::{Report, RuleResult, TargetReport};
use crate::variant::VariantResult;
use crate::verdict::Verdict;
use crate::visible::{visible, visible_line};

/// The report as JUnit XML. No byte that a server sent can break it: what is not plainly visible is
/// written as an escape.
///
/// # Panics
/// Never: the XML is written to memory.
#[expect(clippy::expect_used, reason = "writing to memory can't fail")]
#[must_use]
pub fn render(report: &Report) -> String {
    let mut xml = quick_junit::Report::new(line(&report.facts().tool.name));
    for target in report.targets() {
        xml.add_test_suites(suites(report, target));
    }
    let took = report.results().iter().map(took).sum();
    xml.set_time(took);
    xml.to_string().expect("XML in memory is always written")
}

/// In the order in which the plan first names them.
fn suites(report: &Report, target: &TargetReport) -> Vec<TestSuite> {
    let mut names: Vec<&str> = Vec::new();
    for rule in &target.results {
        if !names.contains(&rule.rule.suite.as_str()) {
            names.push(&rule.rule.suite);
        }
    }
    names
        .into_iter()
        .map(|name| suite(report, target, name))
        .collect()
}

fn suite(report: &Report, target: &TargetReport, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(line(&format!("{}: {name}", target.info.name)));
    suite.add_property(Property::new(
        "token_endpoint",
        line(&target.info.token_endpoint),
    ));
    suite.add_property(Property::new(
        "profile",
        line(&target.info.profiles.join(", ")),
    ));
    for notice in &target.info.notices {
        suite.add_property(Property::new("notice", line(notice)));
    }
    let mut time = Duration::ZERO;
    for rule in target.results.iter().filter(|rule| rule.rule.suite == name) {
        for variant in report.variants_of(rule) {
            time += took(variant);
            suite.add_test_case(test_case(rule, variant));
        }
    }
    suite.set_time(time);
    suite
}

fn test_case(rule: &RuleResult, variant: &VariantResult) -> TestCase {
    let name = format!("{} [{}]", variant.case, variant.variant.id);
    let mut case = TestCase::new(line(&name), status(rule, variant));
    case.set_classname(line(&rule.rule.id));
    case.set_time(took(variant));
    match variant.verdict {
        Verdict::Info | Verdict::Warn => {
            case.set_system_out(text(&details(rule, variant)));
        }
        Verdict::Error
        | Verdict::Fail
        | Verdict::Inconclusive
        | Verdict::Pass
        | Verdict::Skipped => {}
    }
    case
}

fn status(rule: &RuleResult, variant: &VariantResult) -> TestCaseStatus {
    if let Some(known) = &variant.known {
        let mut status = TestCaseStatus::skipped();
        let known = [known.reason.clone(), known.custody()].join("; ");
        let message = format!("known {}: {known}", variant.verdict.word());
        status
            .set_message(line(&message))
            .set_description(text(&details(rule, variant)));
        return status;
    }
    let kind = match variant.verdict {
        Verdict::Info | Verdict::Pass | Verdict::Warn => return TestCaseStatus::success(),
        Verdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(line(&variant.reason));
            return status;
        }
        Verdict::Error | Verdict::Inconclusive => NonSuccessKind::Error,
        Verdict::Fail => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let expected = variant
        .expectation()
        .map(|expected| format!("; expected: {expected}"));
    status.set_type(variant.verdict.word());
    status.set_message(line(&format!(
        "{}{}",
        variant.reason,
        expected.unwrap_or_default()
    )));
    status.set_description(text(&details(rule, variant)));
    status
}

/// Everything but the transcript, which the JSON report has.
fn details(rule: &RuleResult, variant: &VariantResult) -> String {
    let mut lines = vec![
        format!("{}: {}", variant.verdict.word(), variant.reason),
        format!("rule: {}", rule.rule.statement),
        format!(
            "source: {} ({})",
            rule.rule.citation(),
            rule.rule.level.word()
        ),
    ];
    lines.extend(
        variant
            .difference
            .iter()
            .map(|difference| format!("sent: {difference}")),
    );
    lines.extend(
        variant
            .expectation()
            .map(|expected| format!("expected: {expected}")),
    );
    lines.extend(
        variant
            .observation()
            .map(|observed| format!("observed: {observed}")),
    );
    lines.extend(
        rule.rule
            .remedy
            .iter()
            .map(|remedy| format!("remedy: {remedy}")),
    );
    lines.push(format!("again: {}", rule.rerun));
    lines.extend(variant.curl.iter().map(|curl| format!("curl: {curl}")));
    lines.join("\n")
}

fn took(variant: &VariantResult) -> Duration {
    variant.exchanges.iter().map(|exchange| exchange.took).sum()
}

fn line(text: &str) -> XmlString {
    XmlString::new(visible_line(text))
}

fn text(text: &str) -> XmlString {
    XmlString::new(visible(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::RunFacts;
    use crate::sample::{full, known, result};
    use crate::verdict::Level;

    fn render_one(result: VariantResult) -> String {
        render(&Report::build(RunFacts::default(), vec![result]))
    }

    fn with_reason(reason: &str) -> String {
        let mut result = result("a", Level::Must, Verdict::Fail);
        result.reason = reason.to_owned();
        render_one(result)
    }

    #[test]
    fn the_sample_is_written_as_reviewed() {
        insta::assert_snapshot!(render(&full()));
    }

    #[test]
    fn each_verdict_becomes_what_the_contract_says() {
        let check = |verdict: Verdict, expect: &str| {
            let xml = render_one(result("a", Level::Must, verdict));
            let found: Vec<&str> = ["<failure", "<error", "<skipped"]
                .into_iter()
                .filter(|element| xml.contains(element))
                .collect();
            assert_eq!(found.join(""), expect, "{verdict:?}");
        };
        check(Verdict::Fail, "<failure");
        check(Verdict::Error, "<error");
        check(Verdict::Inconclusive, "<error");
        check(Verdict::Warn, "");
        check(Verdict::Info, "");
        check(Verdict::Pass, "");
        check(Verdict::Skipped, "<skipped");
    }

    #[test]
    fn what_the_baseline_knows_is_skipped() {
        for verdict in [
            Verdict::Fail,
            Verdict::Error,
            Verdict::Inconclusive,
            Verdict::Warn,
        ] {
            let xml = render_one(known(result("a", Level::Must, verdict)));
            assert!(xml.contains("<skipped message=\"known "), "{xml}");
            assert!(
                !xml.contains("<failure") && !xml.contains("<error"),
                "{xml}"
            );
        }
    }

    #[test]
    fn no_character_can_break_the_xml() {
        let every = (0..=0x1_ffff)
            .filter_map(char::from_u32)
            .collect::<String>();
        let xml = with_reason(&format!("{every}]]></failure><x a=\"'&"));
        let forbidden =
            |c: char| (c < ' ' && !"\n\r\t".contains(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
        assert!(!xml.contains(forbidden));
        let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(read.test_suites[0].failures, 1);
    }

    #[test]
    fn escape_sequences_are_shown_and_not_swallowed() {
        assert!(with_reason("a\x1b[31mb").contains("a\\x1b[31mb"));
    }
}
