//! What a person reads; each snapshot was read by one.

use super::*;
use crate::run::RunFacts;
use crate::sample::{full, passing, result};
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
