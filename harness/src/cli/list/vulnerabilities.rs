//! Known vulnerabilities of real servers, and which rules find them.

use serde_json::{Value, json};

use super::Listed;
use crate::suite::text::Text;
use crate::suite::{KnownVulnerability, Suite};

/// The vulnerabilities that a rule finds, by their ids.
pub(super) fn found_by<'s>(suite: &'s Suite, rule: &str) -> Vec<&'s str> {
    let all = suite.vulnerabilities.iter();
    all.filter(|known| known.is_found_by(rule))
        .map(|known| known.id.as_str())
        .collect()
}

/// Those that have to do with the listed rules: all, if all rules are listed.
fn listed<'s>(
    suite: &'s Suite,
    rules: &[Listed<'_>],
) -> impl Iterator<Item = &'s KnownVulnerability> {
    let every = rules.len() == suite.rules.len();
    let ids: Vec<String> = rules.iter().map(|listed| listed.rule.id.clone()).collect();
    suite
        .vulnerabilities
        .iter()
        .filter(move |known| every || ids.iter().any(|id| known.is_found_by(id)))
}

/// The rules of the suite that find a vulnerability: those with cases.
fn finding<'s>(suite: &'s Suite, known: &KnownVulnerability) -> Vec<&'s str> {
    let rules = suite.rules.iter();
    rules
        .filter(|rule| known.is_found_by(&rule.id) && !suite.cases_of(rule).is_empty())
        .map(|rule| rule.id.as_str())
        .collect()
}

/// Rules that would find a vulnerability, and have no cases yet.
fn to_come<'k>(suite: &Suite, known: &'k KnownVulnerability) -> Vec<&'k str> {
    let finding = finding(suite, known);
    let ids = known.rule.iter().map(Text::as_str);
    ids.filter(|id| !id.contains(':') && !finding.contains(id))
        .collect()
}

/// A line for each vulnerability, and how many are found.
pub(super) fn table(suite: &Suite, rules: &[Listed<'_>]) -> String {
    let mut text = String::new();
    let (mut found, mut all) = (0_usize, 0_usize);
    for known in listed(suite, rules) {
        all += 1;
        let finding = finding(suite, known);
        let by = if finding.is_empty() {
            let beyond: Vec<&str> = known.beyond().collect();
            match beyond.as_slice() {
                [] => "no rule here finds it yet".to_owned(),
                some => format!("no request shows it: {}", some.join(", ")),
            }
        } else {
            found += 1;
            finding.join(", ")
        };
        text += &format!("  {} ({}, {})  {by}\n", known.id, known.product, known.year);
    }
    match all {
        0 => text,
        all => format!(
            "\nknown vulnerabilities, and what finds them\n{text}  {found} of {all} are found\n"
        ),
    }
}

/// The vulnerabilities for machines.
pub(super) fn json(suite: &Suite, rules: &[Listed<'_>]) -> Vec<Value> {
    listed(suite, rules)
        .map(|known| {
            json!({
                "id": known.id,
                "product": known.product,
                "year": known.year,
                "description": known.description.trim(),
                "probe": known.probe.trim(),
                "source": known.source,
                "notes": known.notes,
                "rules": finding(suite, known),
                "rules_to_come": to_come(suite, known),
                "beyond": known.beyond().collect::<Vec<_>>(),
            })
        })
        .collect()
}
