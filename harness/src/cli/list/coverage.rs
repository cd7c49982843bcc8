//! What shows each rule: its cases, what they need and what grants that, and the defects that prove it.

use std::collections::BTreeMap;

use super::{Listed, how_shown, source, totals, vulnerabilities};
use crate::cli::embedded::{self, SeededDefect};
use crate::suite::model::Case;
use crate::suite::text::Text;
use crate::suite::{Rule, Suite};
use crate::target::capability;

/// The rules, each with what proves it, and at the end which rules nothing proves.
pub(super) fn render(suite: &Suite, rules: &[Listed<'_>]) -> String {
    let defects = embedded::defects();
    let mut words = BTreeMap::new();
    let mut text = String::new();
    let mut unproven = Vec::new();
    for listed in rules {
        let rule = listed.rule;
        let (level, place) = (listed.level, source(rule));
        text += &format!("{}  {level}  {place}\n", rule.id);
        needs(&rule.needs, "  needs ", &mut words, &mut text);
        match (&rule.same_as, &rule.not_observable) {
            (Some(twin), _) => text += &format!("  the same as {twin}\n"),
            (None, Some(why)) => text += &format!("  not observable: {}\n", why.trim()),
            (None, None) => {}
        }
        for case in &rule.cases {
            self::case(case, &mut words, &mut text);
        }
        let proving = proving(&defects, rule);
        if proving.is_empty() {
            if !suite.cases_of(rule).is_empty() {
                text += "  no defect proves it\n";
                unproven.push(format!("{} ({})", rule.id, how_shown(suite, rule)));
            }
        } else {
            text += &format!("  proved by {}\n", proving.join(", "));
        }
        let finds = vulnerabilities::found_by(suite, &rule.id);
        if !finds.is_empty() {
            text += &format!("  finds {}\n", finds.join(", "));
        }
    }
    text += "\nwhat grants the words\n";
    let width = words.keys().map(|word: &&str| word.len()).max();
    let width = width.unwrap_or_default();
    for (word, granted_by) in &words {
        text += &format!("  {word:width$}  {granted_by}\n");
    }
    text += &vulnerabilities::table(suite, rules);
    text.push('\n');
    text += &totals(suite, rules);
    match unproven.as_slice() {
        [] => text + "every rule with cases has a defect that proves it\n",
        some => {
            text + &format!(
                "{} without a defect that proves them: {}\n",
                some.len(),
                some.join(", ")
            )
        }
    }
}

/// The defects that are there for a rule; for `same_as` those of its twin.
pub(in crate::cli) fn proving<'d>(defects: &'d [SeededDefect], rule: &Rule) -> Vec<&'d str> {
    let named = |id: &str| -> Vec<&'d str> {
        let kills = |defect: &&SeededDefect| defect.kills.iter().any(|kill| kill == id);
        let found = defects.iter().filter(kills);
        found.map(|defect| defect.id.as_str()).collect()
    };
    let own = named(&rule.id);
    match &rule.same_as {
        Some(twin) if own.is_empty() => named(twin),
        Some(_) | None => own,
    }
}

fn case(case: &Case, words: &mut BTreeMap<&'static str, String>, text: &mut String) {
    *text += &format!("  - {}\n", case.name);
    let mut needed: Vec<Text> = case.needs.clone();
    needed.extend(case.client.iter().cloned());
    needed.extend(case.allow.iter().cloned());
    for word in case.other.iter().flat_map(|words| words.iter()) {
        needed.push(word.clone());
    }
    for grant in case.baseline.iter() {
        needed.push(grant.clone());
    }
    needs(&needed, "      needs ", words, text);
}

/// The words that are capabilities, in one line; what grants them is listed once, at the end.
fn needs(
    needed: &[Text],
    lead: &str,
    words: &mut BTreeMap<&'static str, String>,
    text: &mut String,
) {
    let mut line: Vec<&str> = Vec::new();
    for word in needed {
        let bare = word.as_str().trim_start_matches('-');
        if let Ok(known) = capability::find(bare) {
            words.insert(known.word, known.how_to_grant());
            if !line.contains(&word.as_str()) {
                line.push(word.as_str());
            }
        }
    }
    if !line.is_empty() {
        *text += &format!("{lead}{}\n", line.join(", "));
    }
}
