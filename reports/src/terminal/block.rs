//! One block for each rule that fails: everything that is needed to understand and to mend it.

use super::on_target;
use super::page::{Ink, Page};
use crate::group::{Finding, findings};
use crate::model::{Report, RuleResult, TargetReport};
use crate::variant::{Exchange, Role, VariantResult};
use crate::verdict::Verdict;
use crate::wording::counted;

/// How many findings of a rule are shown.
const FINDINGS: usize = 5;
/// How many probes of a finding are shown.
const PROBES: usize = 2;

pub(super) fn failures(page: &mut Page, report: &Report) {
    let mut blocks = Vec::new();
    for target in report.targets() {
        for rule in &target.results {
            let findings = findings(report, rule, Verdict::Fail);
            if !findings.is_empty() {
                blocks.push((target, rule, findings));
            }
        }
    }
    if blocks.is_empty() {
        return;
    }
    page.gap();
    let count = u64::try_from(blocks.len()).unwrap_or(u64::MAX);
    let heading = counted(count, "rule fails", "rules fail");
    page.text(
        0,
        Ink::Red,
        &format!("{heading}: required behaviour is broken"),
    );
    for (target, rule, findings) in blocks {
        page.gap();
        headline(page, report, target, rule, (Ink::Red, "FAIL "));
        block(page, rule, &findings);
    }
}

/// `FAIL rfc6749-code-single-use`, the sentence of the rule, `must, RFC 6749 §4.1.2`.
pub(super) fn headline(
    page: &mut Page,
    report: &Report,
    target: &TargetReport,
    rule: &RuleResult,
    verdict: (Ink, &str),
) {
    let place = on_target(report, &target.info.name);
    page.pieces(&[verdict, (Ink::Bold, &rule.rule.id), (Ink::Dim, &place)]);
    page.text(2, Ink::Plain, &rule.rule.statement);
    let source = format!("{}, {}", rule.rule.level.word(), rule.rule.citation());
    let url = rule.rule.source.url.as_ref().map(|url| format!(": {url}"));
    page.text(2, Ink::Dim, &format!("{source}{}", url.unwrap_or_default()));
}

fn block(page: &mut Page, rule: &RuleResult, findings: &[Finding<'_>]) {
    for (place, finding) in findings.iter().take(FINDINGS).enumerate() {
        let example = finding.example;
        page.gap();
        page.text(
            2,
            Ink::Bold,
            &format!("Case \"{}\": {}", example.case, example.reason),
        );
        page.text(4, Ink::Plain, &finding.extent());
        if finding.is_shared() {
            page.labelled(4, "shown", &example.variant.id);
        }
        match place {
            0 => exchanges(page, example),
            _ => exchanges_in_short(page, example),
        }
        expectation(page, example);
    }
    if let Some(more @ 1..) = findings.len().checked_sub(FINDINGS) {
        page.gap();
        page.text(
            2,
            Ink::Dim,
            &format!("… and {more} more findings; the JSON report has them"),
        );
    }
    page.gap();
    if let Some(remedy) = &rule.rule.remedy {
        page.labelled(2, "remedy", remedy);
    }
    page.command(2, "rerun", &rule.rerun);
    if let Some(curl) = findings
        .iter()
        .find_map(|finding| finding.example.curl.as_ref())
    {
        page.command(2, "curl", curl);
    }
}

/// What was sent and what came back, the part that matters first.
fn exchanges(page: &mut Page, example: &VariantResult) {
    let probes: Vec<&Exchange> = with_role(example, Role::Probe).collect();
    let difference = example.difference.as_deref();
    page.labelled(4, "sent", difference.unwrap_or("the request below"));
    for probe in probes.iter().take(PROBES) {
        if let Some(sent) = &probe.sent {
            page.message(6, sent);
        }
        page.labelled(4, "came back", &answer(example, probe));
        if let Some(received) = &probe.received {
            page.message(6, received);
        }
    }
    match probes.len() {
        0 => page.labelled(4, "came back", &example.observation().unwrap_or_default()),
        1..=PROBES => {}
        more => {
            let note = format!(
                "… and {} more requests; the JSON report has them",
                more - PROBES
            );
            page.text(4, Ink::Dim, &note);
        }
    }
    for after in with_role(example, Role::After) {
        page.labelled(4, "afterwards", &in_short(after));
    }
}

/// As [`exchanges`], with the first line of each answer only.
fn exchanges_in_short(page: &mut Page, example: &VariantResult) {
    if let Some(difference) = &example.difference {
        page.labelled(4, "sent", difference);
    }
    for exchange in with_role(example, Role::Probe).take(PROBES) {
        page.labelled(4, "came back", &in_short(exchange));
    }
}

/// What would conform, and what the control did.
fn expectation(page: &mut Page, example: &VariantResult) {
    if let Some(expected) = example.expectation() {
        page.labelled(4, "conforms", &expected);
    }
    if let Some(control) = with_role(example, Role::Control).last() {
        page.labelled(
            4,
            "control",
            &format!("the same request without the fault: {}", in_short(control)),
        );
    }
}

fn answer(example: &VariantResult, probe: &Exchange) -> String {
    let milliseconds = probe.took.as_millis();
    match (&probe.failure, &probe.received) {
        (Some(failure), _) => format!("{failure}, after {milliseconds} ms"),
        (None, Some(_)) => format!("after {milliseconds} ms"),
        (None, None) => example
            .observation()
            .unwrap_or_else(|| "nothing".to_owned()),
    }
}

fn with_role(example: &VariantResult, role: Role) -> impl DoubleEndedIterator<Item = &Exchange> {
    example
        .exchanges
        .iter()
        .filter(move |exchange| exchange.role == role)
}

/// The first line of what came back, or why nothing did.
pub(super) fn in_short(exchange: &Exchange) -> String {
    let received = exchange.received.as_ref().map(|received| received.bytes());
    let first = received.and_then(|bytes| bytes.split(|byte| *byte == b'\n').next());
    match (first, &exchange.failure) {
        (Some(line), _) if !line.is_empty() => String::from_utf8_lossy(line.trim_ascii()).into(),
        (_, Some(failure)) => failure.clone(),
        (_, None) => "nothing came back".to_owned(),
    }
}
