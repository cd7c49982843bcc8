//! What `--defects` prints at its end, as Markdown: how many defects of each document were found and in how many requests, and
//! what it would take to find the others.

use std::collections::{BTreeMap, BTreeSet};

use super::super::embedded::SeededDefect;
use super::defects::Row;
use crate::fuzz::Operator;
use crate::suite::Suite;
use crate::suite::model::{Case, Step};

/// The table.
pub(super) fn table(rows: &[Row], waiting: usize, suite: &Suite, operators: &[Operator]) -> String {
    let found = found(rows.iter());
    let mut text = format!(
        "{found} of {} defects found ({} %); half of those in at most {} requests. {waiting} more need time to pass and were not tried.\n\n",
        rows.len(),
        found * 100 / rows.len().max(1),
        median(rows.iter()),
    );
    text.push_str(&documents(rows, suite));
    text.push_str("\nNot found, by what it would take:\n\n");
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.found.is_none()) {
        let why = missing(&row.defect, suite, operators);
        others.entry(why).or_default().push(&row.defect.id);
    }
    for (why, ids) in others {
        text.push_str(&format!("- {why} ({}): {}\n", ids.len(), ids.join(", ")));
    }
    text
}

/// The defects by document, those that were found with the requests that it took.
fn documents(rows: &[Row], suite: &Suite) -> String {
    let names: BTreeSet<&str> = rows.iter().map(|row| document(row, suite)).collect();
    let mut text =
        "| document | defects | found | half of them in at most |\n| --- | --- | --- | --- |\n"
            .to_owned();
    let mut lists =
        String::from("\nFound, with the number of requests that had been sent by then:\n\n");
    for name in names {
        let of_it = || rows.iter().filter(|row| document(row, suite) == name);
        let (all, found) = (of_it().count(), found(of_it()));
        text.push_str(&format!(
            "| {name} | {all} | {found} | {} |\n",
            median(of_it())
        ));
        let entries: Vec<String> = of_it()
            .filter_map(|row| {
                let (_, requests) = row.found.as_ref()?;
                Some(format!("{} {requests}", row.defect.id))
            })
            .collect();
        if !entries.is_empty() {
            lists.push_str(&format!("- **{name}**: {}\n", entries.join(", ")));
        }
    }
    text + &lists
}

fn document<'s>(row: &Row, suite: &'s Suite) -> &'s str {
    let rule = row.defect.kills.first();
    let rule = rule.and_then(|rule| suite.rule_named(rule));
    rule.map_or("", |rule| rule.suite.as_str())
}

fn found<'r>(rows: impl Iterator<Item = &'r Row>) -> usize {
    rows.filter(|row| row.found.is_some()).count()
}

/// In how many requests half of those that were found had been.
fn median<'r>(rows: impl Iterator<Item = &'r Row>) -> u64 {
    let requests = rows.filter_map(|row| row.found.as_ref().map(|(_, requests)| *requests));
    let mut needed: Vec<u64> = requests.collect();
    needed.sort_unstable();
    needed.get(needed.len() / 2).copied().unwrap_or(0)
}

/// What a defect shows in, as the cases of its rules tell, where the fuzzer does not look there.
fn missing(defect: &SeededDefect, suite: &Suite, operators: &[Operator]) -> &'static str {
    let rules = || {
        defect
            .kills
            .iter()
            .filter_map(|rule| suite.rule_named(rule))
    };
    let cases: Vec<&Case> = rules().flat_map(|rule| &rule.cases).collect();
    let steps = |is: fn(&Step) -> bool| cases.iter().any(|case| case.steps.iter().any(is));
    let documents: BTreeSet<&str> = operators
        .iter()
        .filter_map(|operator| suite.rule_named(&operator.rule))
        .map(|rule| rule.suite.as_str())
        .collect();
    if rules().any(|rule| rule.suite == "tls") || steps(|step| matches!(step, Step::Handshake(_))) {
        "TLS handshakes, which are not drawn"
    } else if rules().any(|rule| !documents.contains(rule.suite.as_str())) {
        "mutations about their document, of which there are none"
    } else if steps(|step| matches!(step, Step::Fetch(_))) {
        "a look at what is fetched: metadata, keys, resources"
    } else if steps(|step| matches!(step, Step::Sample(_) | Step::Durations(_))) {
        "statistics over many values"
    } else if steps(|step| matches!(step, Step::Together(_))) {
        "a race that is won"
    } else if rules().any(|rule| operators.iter().any(|operator| operator.rule == rule.id)) {
        "a form of a mutation that there is, or more draws of it"
    } else {
        "a mutation about their rule, for which there is none"
    }
}
