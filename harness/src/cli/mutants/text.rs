//! The survey for people.

use std::time::Duration;

use super::finding::{Finding, Found, Notice};
use super::survey::Survey;

/// A defect in one line.
#[must_use]
pub(super) fn line(finding: &Finding) -> String {
    let mut line = format!("{}: {}", finding.defect.id, finding.found().word());
    let mut own = finding.defect.kills.iter();
    if let Some(notice) = own.find_map(|rule| finding.notice(rule)) {
        line += &format!(" by {}", shown(notice));
    } else if let Some(notice) = finding.notices.first() {
        line += &format!(": {}", shown(notice));
    }
    if !finding.strangers().is_empty() {
        line += &format!("; {} rules attribute wrongly", finding.strangers().len());
    }
    if let Some(trouble) = &finding.trouble {
        line += &format!("; {trouble}");
    }
    line + &format!(
        " ({} requests, {:.1} s)",
        finding.requests,
        finding.took.as_secs_f64()
    )
}

fn shown(notice: &Notice) -> String {
    format!(
        "{} (`{}`, {}, after {} requests in {})",
        notice.rule,
        notice.case,
        notice.verdict.word(),
        notice.after,
        notice.configuration
    )
}

/// All of it, what matters last.
#[must_use]
pub(super) fn summary(survey: &Survey, took: Duration) -> String {
    let mut page = Page::default();
    let findings = &survey.findings;
    page.section(
        "Found by its own rule",
        of(findings, Found::ByItsOwn).map(line).collect(),
    );
    let idle: Vec<String> = findings
        .iter()
        .flat_map(|finding| {
            let idle = finding.idle().into_iter();
            idle.map(|rule| format!("{}: {rule} did not trip", finding.defect.id))
        })
        .collect();
    page.section(
        "Named in `also`, and did not trip in these trials (a note)",
        idle,
    );
    page.section(
        "Rules that no configuration of the embedded server can show (a note)",
        own(survey.never_judged()),
    );
    let deviating = survey.deviating();
    let deviating = deviating.iter().map(|(configuration, rule, outcome)| {
        let (case, verdict) = (&outcome.case, outcome.verdict.word());
        format!("{rule}: {verdict} (`{case}`, {configuration})")
    });
    page.section("Not green without any defect", deviating.collect());
    let unknown = survey.unknown_rules();
    let unknown = unknown.iter();
    page.section(
        "Named by a defect, and no rule",
        unknown
            .map(|(defect, rule)| format!("{defect}: {rule}"))
            .collect(),
    );
    page.section("Rules without a defect", own(survey.without_defect()));
    page.section(
        "Wrong attribution: tripped, and neither in `kills` nor in `also`",
        strangers(findings),
    );
    for found in [Found::InPart, Found::ByOthersOnly, Found::Missed] {
        page.section(title(found), of(findings, found).map(missing).collect());
    }
    page.0 + &counts(survey, took)
}

fn title(found: Found) -> &'static str {
    match found {
        Found::ByItsOwn => "Found by its own rule",
        Found::ByOthersOnly => "Found only by others",
        Found::InPart => "Found by one of its rules, not by another",
        Found::Missed => "Missed",
    }
}

fn missing(finding: &Finding) -> String {
    format!(
        "{}; not noticed by {}",
        line(finding),
        finding.unnoticed().join(", ")
    )
}

fn strangers(findings: &[Finding]) -> Vec<String> {
    let of_one = |finding: &Finding| -> Vec<String> {
        let strangers = finding.strangers().into_iter();
        strangers
            .map(|notice| format!("{}: {}", finding.defect.id, shown(notice)))
            .collect()
    };
    findings.iter().flat_map(of_one).collect()
}

fn of(findings: &[Finding], found: Found) -> impl Iterator<Item = &Finding> {
    findings
        .iter()
        .filter(move |finding| finding.found() == found)
}

fn own(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn counts(survey: &Survey, took: Duration) -> String {
    let findings = &survey.findings;
    let count = |found| of(findings, found).count();
    let requests: u64 = findings.iter().map(|finding| finding.requests).sum();
    let wrong = findings
        .iter()
        .filter(|finding| !finding.strangers().is_empty());
    format!(
        "{} defects, {requests} requests, {:.1} s: {} found by its own rule, {} in part, {} only by others, {} missed, \
         {} with wrong attribution; {} rules without a defect, {} not green without any defect\n",
        findings.len(),
        took.as_secs_f64(),
        count(Found::ByItsOwn),
        count(Found::InPart),
        count(Found::ByOthersOnly),
        count(Found::Missed),
        wrong.count(),
        survey.without_defect().len(),
        survey.deviating().len(),
    )
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn section(&mut self, title: &str, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        self.0 += &format!("{title}: {}\n", lines.len());
        for line in lines {
            self.0 += &format!("  {line}\n");
        }
        self.0.push('\n');
    }
}
