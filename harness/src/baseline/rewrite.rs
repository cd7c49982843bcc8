//! `--update-baseline`: the text of the file, without what is stale and with what is new.
//!
//! Lines that stay are left as they are, comments too; only a list in flow style is written anew.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tokenspec_report::Verdict;

use super::{Baseline, Entry, Outcome, entry::TODO};

/// The text without the stale entries, and with one entry for each case that newly deviates
/// (`fail` or `warn`); its reason is `TODO`. An empty text is that of a new file.
///
/// `rules` and `outcomes` are those of [`Baseline::stale`].
#[must_use]
pub fn updated(
    text: &str,
    baseline: &Baseline,
    (rules, outcomes, today): (&[&str], &[Outcome<'_>], Date),
) -> String {
    let stale: Vec<usize> = baseline
        .stale(rules, outcomes)
        .iter()
        .map(|stale| stale.entry.line)
        .collect();
    let new = new_entries(baseline, outcomes, today);
    let kept: Vec<&Entry> = baseline
        .entries
        .iter()
        .filter(|entry| !stale.contains(&entry.line))
        .collect();
    if kept.is_empty() && new.is_empty() {
        return "known: []\n".to_owned();
    }
    // To YAML, CR alone ends a line, too (YAML 1.2 section 5.4).
    let lines: Vec<&str> = text.lines().flat_map(|line| line.split('\r')).collect();
    let dashes: Option<Vec<usize>> = baseline
        .entries
        .iter()
        .map(|entry| dash(&lines, entry))
        .collect();
    let (mut rewritten, indent) = match dashes.as_deref() {
        Some([indent, ..]) => (without(&lines, &stale), *indent),
        Some([]) | None => {
            let mut anew = vec!["known:".to_owned()];
            anew.extend(
                kept.into_iter()
                    .flat_map(|entry| indented(&written_anew(entry), 2)),
            );
            (anew, 2)
        }
    };
    rewritten.extend(new.iter().flat_map(|members| indented(members, indent)));
    rewritten.join("\n") + "\n"
}

/// The members of an entry in their order.
type Members = Vec<(&'static str, String)>;

/// One entry for each case that deviates and that no entry speaks of; for each client, if other
/// clients conform.
fn new_entries(baseline: &Baseline, outcomes: &[Outcome<'_>], today: Date) -> Vec<Members> {
    let deviates = |outcome: &Outcome<'_>| {
        matches!(outcome.verdict, Verdict::Fail | Verdict::Warn)
            && !baseline
                .entries
                .iter()
                .any(|entry| entry.describes(*outcome) && !entry.has_expired(today))
    };
    let mut cases: BTreeMap<(&str, &str), Vec<&Outcome<'_>>> = BTreeMap::new();
    for outcome in outcomes {
        cases
            .entry((outcome.rule, outcome.case))
            .or_default()
            .push(outcome);
    }
    let mut entries = Vec::new();
    for ((rule, case), outcomes) in cases {
        let conforms = outcomes
            .iter()
            .any(|outcome| matches!(outcome.verdict, Verdict::Pass | Verdict::Info));
        let mut clients: Vec<Option<&str>> = outcomes
            .iter()
            .filter(|outcome| deviates(outcome))
            .map(|outcome| outcome.client.filter(|_| conforms))
            .collect();
        clients.sort_unstable();
        clients.dedup();
        entries.extend(
            clients
                .into_iter()
                .map(|client| new_entry(rule, case, client)),
        );
    }
    entries
}

fn new_entry(rule: &str, case: &str, client: Option<&str>) -> Members {
    let mut members = vec![("rule", quoted(rule)), ("case", quoted(case))];
    members.extend(client.map(|client| ("client", quoted(client))));
    members.push(("reason", TODO.to_owned()));
    members
}

fn written_anew(entry: &Entry) -> Members {
    let optional = |name, text: &Option<String>| text.as_ref().map(|text| (name, quoted(text)));
    let mut members = vec![("rule", quoted(entry.rule()))];
    members.extend(optional("case", &entry.case));
    members.extend(optional("client", &entry.client));
    members.extend(
        entry
            .verdict
            .map(|verdict| ("verdict", verdict.word().to_owned())),
    );
    members.push(("reason", quoted(&entry.reason)));
    members.extend(optional("owner", &entry.owner));
    members.extend(optional("link", &entry.link));
    members.extend(entry.until.map(|until| ("until", until.to_string())));
    members
}

fn indented(members: &Members, indent: usize) -> Vec<String> {
    let mark = |index| if index == 0 { "- " } else { "  " };
    let line = |(index, (name, text)): (usize, &(&str, String))| {
        format!("{:indent$}{}{name}: {text}", "", mark(index))
    };
    members.iter().enumerate().map(line).collect()
}

/// The indentation of the dash that starts the entry, if it stands on the entry's first line.
fn dash(lines: &[&str], entry: &Entry) -> Option<usize> {
    let line = lines.get(entry.line.checked_sub(1)?)?;
    line.trim_start()
        .starts_with("- ")
        .then(|| indentation(line))
}

/// The lines of the file without those of some entries.
fn without(lines: &[&str], stale: &[usize]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut removed_below = None;
    for (index, line) in lines.iter().enumerate() {
        if stale.contains(&(index + 1)) {
            removed_below = Some(indentation(line));
            continue;
        }
        match removed_below {
            Some(dash) if line.trim().is_empty() || indentation(line) > dash => {}
            Some(_) | None => {
                removed_below = None;
                kept.push((*line).to_owned());
            }
        }
    }
    kept
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// A text as a YAML scalar: plain if nothing in it could be read as something else.
fn quoted(text: &str) -> String {
    let harmless =
        |character: char| character.is_ascii_alphanumeric() || "-_./ ".contains(character);
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(harmless)
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    // Every JSON string is a YAML string.
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}
