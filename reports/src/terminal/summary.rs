//! The last lines: counts of each target, and what the exit code means.

use super::page::{Ink, Page};
use crate::conclusion::ExitCode;
use crate::model::{Report, TargetReport};
use crate::summary::Summary;
use crate::verdict::Verdict;

/// The most columns for what a line counts.
const NAME: usize = 34;
/// Columns for the count of what is known.
const KNOWN: usize = 7;

pub(super) fn write(page: &mut Page, report: &Report) {
    page.gap();
    for notice in &report.facts().notices {
        page.point(0, (Ink::Bold, "!"), notice);
    }
    page.gap();
    table(page, report);
    page.gap();
    let conclusion = report.conclusion();
    let ink = match conclusion.exit_code() {
        ExitCode::Conforms => Ink::Green,
        ExitCode::Deviates => Ink::Red,
        ExitCode::Undecided => Ink::Yellow,
    };
    let code = conclusion.exit_code().number();
    page.text(
        0,
        ink,
        &format!("Exit code {code}: {}.", conclusion.meaning()),
    );
    for sentence in conclusion.sentences() {
        page.point(0, (Ink::Bold, "-"), &sentence);
    }
}

/// The rules of each target, one line each; then the rules and the variants of all.
fn table(page: &mut Page, report: &Report) {
    let indented = |target: &TargetReport| format!("  {}", target.info.name);
    let names = report
        .targets()
        .iter()
        .map(|target| indented(target).chars().count());
    let width = names
        .max()
        .unwrap_or_default()
        .clamp("  all targets".len(), NAME);
    let mut head = format!("{:width$}", "rules");
    for verdict in Verdict::ALL {
        head.push_str(&column(verdict, verdict.word()));
    }
    page.pieces(&[(Ink::Dim, &format!("{head}{:>KNOWN$}", "known"))]);
    for target in report.targets() {
        row(page, &padded(&indented(target), width), &target.rules);
    }
    if report.targets().len() > 1 {
        row(page, &padded("  all targets", width), report.rules());
    }
    row(page, &padded("variants", width), report.variants());
}

fn padded(name: &str, width: usize) -> String {
    let cut = name.chars().count() > width;
    let mut shown: String = name.chars().take(width - usize::from(cut)).collect();
    shown.extend(cut.then_some('…'));
    format!("{shown:width$}")
}

fn row(page: &mut Page, name: &str, counts: &Summary) {
    let mut cells: Vec<(Ink, String)> = vec![(Ink::Bold, name.to_owned())];
    for verdict in Verdict::ALL {
        let count = counts.of(verdict);
        let ink = if count == 0 { Ink::Dim } else { ink(verdict) };
        cells.push((ink, column(verdict, &count.to_string())));
    }
    cells.push((Ink::Dim, format!("{:>KNOWN$}", counts.known)));
    let pieces: Vec<(Ink, &str)> = cells
        .iter()
        .map(|(ink, text)| (*ink, text.as_str()))
        .collect();
    page.pieces(&pieces);
}

/// As wide as the word, with two spaces before it.
fn column(verdict: Verdict, text: &str) -> String {
    let width = verdict.word().len().max(5) + 2;
    format!("{text:>width$}")
}

fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Fail => Ink::Red,
        Verdict::Error | Verdict::Inconclusive | Verdict::Warn => Ink::Yellow,
        Verdict::Pass => Ink::Green,
        Verdict::Info | Verdict::Skipped => Ink::Plain,
    }
}
