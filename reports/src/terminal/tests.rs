//! What a person reads; each snapshot was read by one.

use std::time::Duration;

use super::*;
use crate::evidence::Evidence;
use crate::run::RunFacts;
use crate::sample::{full, passing, result};
use crate::variant::{Exchange, Role, VariantResult};
use crate::verdict::{Level, Verdict};

fn plain(report: &Report) -> String {
    render(report, Style::Plain)
}

#[test]
fn the_sample_is_written_as_reviewed() {
    insta::assert_snapshot!(plain(&full()));
}

#[test]
fn a_run_without_findings_is_short() {
    insta::assert_snapshot!(plain(&passing()), @"
    tokenspec 0.1.0, seed 42, started 2026-11-20T10:00:00Z
    reference server (pingfederate)
      http://127.0.0.1:49152/as/token.oauth2, profiles oauth2.0, pingfederate

    rules                               fail  error  inconclusive   warn   info   pass  skipped  known
      reference server (pingfederate)      0      0             0      0      0      1        0      0
    variants                               0      0             0      0      0      1        0      0

    Exit code 0: conforms, as far as it was tested.
    ");
}

#[test]
fn a_run_that_judged_nothing_says_so() {
    let skipped = result("a", Level::Must, Verdict::Skipped);
    let text = plain(&Report::build(RunFacts::default(), vec![skipped]));
    assert!(
        text.contains("Exit code 3: whether it conforms can't be said."),
        "{text}"
    );
    assert!(text.ends_with("- Nothing at all was judged.\n"), "{text}");
}

#[test]
fn colours_change_nothing_but_colours() {
    let report = full();
    let coloured = render(&report, Style::Colour);
    assert!(coloured.contains('\x1b'));
    let mut rest = coloured.as_str();
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once('\x1b') {
        text.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    text.push_str(rest);
    assert_eq!(text, plain(&report));
}

#[test]
fn what_a_server_sent_can_not_steer_the_terminal() {
    assert!(!plain(&full()).contains(|c: char| c.is_control() && c != '\n'));
}

#[test]
fn only_commands_and_addresses_are_longer_than_100_columns() {
    for line in plain(&full())
        .lines()
        .filter(|line| line.chars().count() > 100)
    {
        let start = line.trim_start();
        assert!(
            start.starts_with("rerun") || start.starts_with("curl") || start.starts_with("http"),
            "{line}"
        );
    }
}

fn failed(reason: &str) -> VariantResult {
    VariantResult {
        reason: reason.to_owned(),
        ..result("a", Level::Must, Verdict::Fail)
    }
}

fn report_of(results: Vec<VariantResult>) -> String {
    plain(&Report::build(RunFacts::default(), results))
}

#[test]
fn five_findings_of_a_rule_are_shown_and_the_rest_is_counted() {
    let text = report_of(
        (1..=7)
            .map(|place| failed(&format!("finding {place}.")))
            .collect(),
    );
    assert!(
        text.contains("finding 5.") && !text.contains("finding 6."),
        "{text}"
    );
    assert!(text.contains("… and 2 more findings"), "{text}");
}

#[test]
fn variants_with_one_finding_are_shown_once() {
    let results = (1..=10).map(|place| {
        let mut result = failed("accepted");
        result.variant.client = Some(format!("client{place}"));
        result
    });
    let text = report_of(results.collect());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(text.matches("Case \"the case\": accepted").count(), 1);
    assert!(
        text.contains("all 10 variants: clients client1, client2,"),
        "{text}"
    );
    assert!(text.contains("client8 and 2 more; method"), "{text}");
}

#[test]
fn two_requests_of_a_race_are_shown_and_the_rest_is_counted() {
    let probe = |place: u8| Exchange {
        role: Role::Probe,
        sent: Some(Evidence::new(format!("request {place}"))),
        received: None,
        failure: Some("no answer in 10 s".to_owned()),
        started: String::new(),
        took: Duration::from_secs(10),
        tls: None,
    };
    let race = VariantResult {
        exchanges: (1..=10).map(probe).collect(),
        ..failed("accepted twice")
    };
    let text = report_of(vec![race]);
    assert!(
        text.contains("│ request 2") && !text.contains("│ request 3"),
        "{text}"
    );
    assert!(
        text.contains("came back  no answer in 10 s, after 10000 ms"),
        "{text}"
    );
    assert!(text.contains("… and 8 more requests"), "{text}");
}

#[test]
fn a_known_failure_has_no_block() {
    let text = report_of(vec![crate::sample::known(failed("accepted"))]);
    assert!(!text.contains("FAIL"), "{text}");
    assert!(
        text.contains("Exit code 0: nothing was found that counts."),
        "{text}"
    );
}

#[test]
fn a_stale_baseline_alone_does_not_read_as_a_deviation() {
    let stale = vec![crate::run::StaleEntry::default()];
    let facts = RunFacts {
        stale,
        ..RunFacts::default()
    };
    let text = plain(&Report::build(
        facts,
        vec![result("a", Level::Must, Verdict::Pass)],
    ));
    assert!(
        text.contains("Exit code 1: the baseline is out of date."),
        "{text}"
    );
}
