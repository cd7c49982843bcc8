//! What is no failure, in few lines: warnings, known deviations, what was not judged and why.

use super::block::{headline, in_short};
use super::on_target;
use super::page::{Ink, Page};
use crate::group::{Reason, findings, reasons};
use crate::model::Report;
use crate::run::StaleEntry;
use crate::variant::Role;
use crate::verdict::Verdict;
use crate::wording::counted;

const DASH: (Ink, &str) = (Ink::Bold, "-");

pub(super) fn warnings(page: &mut Page, report: &Report) {
    let mut first = true;
    for target in report.targets() {
        for rule in &target.results {
            let findings = findings(report, rule, Verdict::Warn);
            if findings.is_empty() {
                continue;
            }
            if std::mem::take(&mut first) {
                page.gap();
                page.text(0, Ink::Yellow, "Warnings: recommended behaviour is missing");
            }
            page.gap();
            headline(page, report, target, rule, (Ink::Yellow, "WARN "));
            for finding in findings {
                let example = finding.example;
                page.point(
                    2,
                    DASH,
                    &format!("Case \"{}\": {}", example.case, example.reason),
                );
                page.text(4, Ink::Dim, &finding.extent());
            }
            page.command(2, "rerun", &rule.rerun);
        }
    }
}

pub(super) fn known(page: &mut Page, report: &Report) {
    let mut groups: Vec<(&str, &str, Verdict, String, u64)> = Vec::new();
    for result in report.results() {
        let Some(known) = &result.known else { continue };
        let (id, target) = (result.rule.id.as_str(), result.target.as_str());
        let words = match known.custody().as_str() {
            "" => known.reason.clone(),
            custody => format!("{} ({custody})", known.reason),
        };
        let same = |group: &&mut (&str, &str, Verdict, String, u64)| {
            (group.0, group.1, group.2, &group.3) == (id, target, result.verdict, &words)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.4 += 1,
            None => groups.push((id, target, result.verdict, words, 1)),
        }
    }
    if groups.is_empty() {
        return;
    }
    page.gap();
    page.text(0, Ink::Bold, "Known deviations, by the baseline");
    for (id, target, verdict, words, count) in groups {
        let place = on_target(report, target);
        let count = counted(count, "variant", "variants");
        page.point(
            2,
            DASH,
            &format!("{} {id}{place}, {count}: {words}", verdict.word()),
        );
    }
}

pub(super) fn stale(page: &mut Page, report: &Report) {
    if report.facts().stale.is_empty() {
        return;
    }
    page.gap();
    page.text(0, Ink::Red, "Baseline entries that are out of date");
    for entry in &report.facts().stale {
        let named = format!("{} (reason: {})", narrowed(entry), entry.reason);
        page.point(2, DASH, &format!("{named}: {}", entry.why));
    }
}

/// `rfc6749-* for client web`.
fn narrowed(entry: &StaleEntry) -> String {
    let case = entry.case.as_ref().map(|case| format!(", case `{case}`"));
    let client = entry
        .client
        .as_ref()
        .map(|client| format!(", client {client}"));
    let verdict = entry
        .verdict
        .map(|verdict| format!(", verdict {}", verdict.word()));
    let parts = [case, client, verdict];
    entry
        .rule
        .chars()
        .chain(parts.iter().flatten().flat_map(|part| part.chars()))
        .collect()
}

pub(super) fn undecided(page: &mut Page, report: &Report) {
    let reasons = reasons(report, &[Verdict::Error, Verdict::Inconclusive]);
    if reasons.is_empty() {
        return;
    }
    page.gap();
    page.text(0, Ink::Yellow, "Not judged, although it applies");
    for reason in &reasons {
        page.gap();
        let word = reason.verdict.word().to_uppercase();
        let place = on_target(report, &reason.target.info.name);
        page.point(0, (Ink::Yellow, &word), &format!("{}{place}", reason.words));
        undecided_details(page, reason);
    }
}

fn undecided_details(page: &mut Page, reason: &Reason<'_>) {
    page.text(2, Ink::Plain, &reason.extent());
    let (rule, example) = reason.example;
    for role in [Role::Control, Role::Probe] {
        let last = example
            .exchanges
            .iter()
            .rfind(|exchange| exchange.role == role);
        if let Some(exchange) = last {
            page.labelled(2, role.word(), &in_short(exchange));
        }
    }
    let label = if reason.is_shared() {
        "rerun one"
    } else {
        "rerun"
    };
    page.command(2, label, &rule.rerun);
}

pub(super) fn skipped(page: &mut Page, report: &Report) {
    let reasons = reasons(report, &[Verdict::Skipped]);
    if reasons.is_empty() {
        return;
    }
    page.gap();
    page.text(
        0,
        Ink::Bold,
        "Skipped: the target lacks what they need, or its file does not allow it",
    );
    for reason in &reasons {
        let place = on_target(report, &reason.target.info.name);
        page.point(2, DASH, &format!("{}{place}", reason.words));
        page.text(4, Ink::Dim, &reason.extent());
    }
}
