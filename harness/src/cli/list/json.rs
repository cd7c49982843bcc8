//! The list for machines.

use serde_json::{Value, json};

use super::coverage::proving;
use super::{Listed, vulnerabilities};
use crate::cli::embedded;
use crate::report::source_url;
use crate::suite::Suite;
use crate::suite::text::Text;
use crate::target::capability;

/// `{rules: [{id, level, suite, source, rule, remedy, notes, needs, cases, same_as, not_observable, defects, vulnerabilities}],
/// capabilities: {word: what grants it}, vulnerabilities: [{id, product, year, description, source, rules, beyond}]}`.
pub(super) fn render(suite: &Suite, listed: &[Listed<'_>]) -> String {
    let defects = embedded::defects();
    let texts =
        |texts: &[Text]| -> Vec<String> { texts.iter().map(|text| text.value.clone()).collect() };
    let rules: Vec<Value> = listed
        .iter()
        .map(|listed| {
            let rule = listed.rule;
            let cases: Vec<Value> = suite
                .cases_of(rule)
                .iter()
                .map(|case| {
                    json!({
                        "name": case.name.value,
                        "needs": texts(&case.needs),
                        "client": texts(&case.client),
                        "grants": texts(&case.baseline),
                        "allow": texts(&case.allow),
                    })
                })
                .collect();
            json!({
                "id": rule.id,
                "level": listed.level.name(),
                "suite": rule.suite,
                "source": {
                    "document": rule.source.document.value,
                    "section": rule.source.section.value,
                    "url": source_url(rule),
                },
                "rule": rule.statement.trim(),
                "remedy": rule.remedy.as_deref().map(str::trim),
                "notes": rule.notes.as_deref().map(str::trim),
                "needs": texts(&rule.needs),
                "cases": cases,
                "same_as": rule.same_as,
                "not_observable": rule.not_observable.as_deref().map(str::trim),
                "defects": proving(&defects, rule),
                "vulnerabilities": vulnerabilities::found_by(suite, &rule.id),
            })
        })
        .collect();
    let grants: serde_json::Map<String, Value> = capability::words()
        .into_iter()
        .filter(|word| rules_need(suite, listed, word.word))
        .map(|word| (word.word.to_owned(), Value::from(word.granted_by)))
        .collect();
    let vulnerabilities = vulnerabilities::json(suite, listed);
    let list = json!({"rules": rules, "capabilities": grants, "vulnerabilities": vulnerabilities});
    format!("{list:#}\n")
}

/// Whether any of the rules needs a word, or asks that the target lack it.
fn rules_need(suite: &Suite, rules: &[Listed<'_>], word: &str) -> bool {
    let is = |text: &Text| text.as_str().trim_start_matches('-') == word;
    rules.iter().any(|listed| {
        let cases = suite.cases_of(listed.rule);
        listed.rule.needs.iter().any(is)
            || cases.iter().any(|case| {
                let words = case.needs.iter().chain(case.client.iter());
                let words = words.chain(&case.allow).chain(case.baseline.iter());
                words
                    .chain(case.other.iter().flat_map(|it| it.iter()))
                    .any(is)
            })
    })
}
