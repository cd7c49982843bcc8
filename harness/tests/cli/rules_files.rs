//! Files that are made from the rules, and committed: `UPDATE=1 cargo test -p tokenspec --test cli -- rules` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::program::tokenspec;

/// The list for machines.
fn listed() -> Value {
    tokenspec(&["list", "--format", "json"]).with_code(0).json()
}

fn rules(listed: &Value) -> &[Value] {
    listed["rules"].as_array().expect("rules")
}

fn text<'v>(rule: &'v Value, member: &str) -> &'v str {
    rule[member].as_str().expect(member)
}

/// A list of texts.
fn texts<'v>(rule: &'v Value, member: &str) -> Vec<&'v str> {
    let items = rule[member].as_array().map(Vec::as_slice);
    items
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// Texts of several lines in one, as a cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Compares a generated file with what it should be; with `UPDATE=1` it is written instead.
#[track_caller]
fn is_current(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    if std::env::var_os("UPDATE").is_some_and(|it| it == "1") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, generated).expect("a file");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{name} is out of date: UPDATE=1 cargo test -p tokenspec --test cli -- rules writes it"
    );
}

#[test]
fn schema_of_suites_is_current() {
    let printed = tokenspec(&["schema", "suite"]).with_code(0).stdout;
    is_current("suites/schema.json", &printed);
}

#[test]
fn index_of_rules_is_current() {
    let mut index = "# The rules\n\nGenerated from the files beside it, and compared with them by \
                     `cargo test -p tokenspec --test cli` (`UPDATE=1` writes it anew).\n\n\
                     | rule | source | level | what it demands | proved by |\n| --- | --- | --- | --- | --- |\n"
        .to_owned();
    let listed = listed();
    for rule in rules(&listed) {
        let source = &rule["source"];
        index += &format!(
            "| `{}` | {} {} | {} | {} | {} |\n",
            text(rule, "id"),
            cell(text(source, "document")),
            cell(text(source, "section")),
            text(rule, "level"),
            cell(text(rule, "rule")),
            texts(rule, "defects").join(", "),
        );
    }
    is_current("suites/INDEX.md", &index);
}

/// One rule of a page.
fn section(rule: &Value) -> String {
    let source = &rule["source"];
    let place = format!("{} {}", text(source, "document"), text(source, "section"));
    let place = match source["url"].as_str() {
        Some(url) => format!("[{place}]({url})"),
        None => place,
    };
    let mut page = format!(
        "\n## {}\n\n{} ({}, {place})\n",
        text(rule, "id"),
        cell(text(rule, "rule")),
        text(rule, "level"),
    );
    for (member, lead) in [("remedy", "To mend a server: "), ("notes", "")] {
        if let Some(words) = rule[member].as_str() {
            page += &format!("\n{lead}{}\n", cell(words));
        }
    }
    match (rule["same_as"].as_str(), rule["not_observable"].as_str()) {
        (Some(twin), _) => page += &format!("\nShown by the cases of `{twin}`.\n"),
        (None, Some(why)) => page += &format!("\nNo client can show it: {}\n", cell(why)),
        (None, None) => page += &cases(rule),
    }
    for (member, lead) in [
        ("defects", "Proved by the defects"),
        ("vulnerabilities", "Finds"),
    ] {
        let named = texts(rule, member);
        if !named.is_empty() {
            page += &format!("\n{lead} {}.\n", named.join(", "));
        }
    }
    page
}

fn cases(rule: &Value) -> String {
    let mut lines = "\nCases:\n\n".to_owned();
    for case in rule["cases"].as_array().expect("cases") {
        let mut words = texts(case, "needs");
        for member in ["client", "grants", "allow"] {
            words.extend(texts(case, member));
        }
        let words = match words.as_slice() {
            [] => String::new(),
            some => format!(" ({})", some.join(", ")),
        };
        lines += &format!("- {}{words}\n", text(case, "name"));
    }
    lines
}

#[test]
fn pages_of_rules_are_current() {
    let listed = listed();
    let mut pages: BTreeMap<&str, String> = BTreeMap::new();
    for rule in rules(&listed) {
        let suite = text(rule, "suite");
        let page = pages.entry(suite).or_insert_with(|| {
            format!(
                "# {suite}\n\nGenerated from `suites/{suite}/`, and compared with it by the tests. \
                 `tokenspec explain RULE` says what is sent and what conforms.\n"
            )
        });
        *page += &section(rule);
    }
    for (suite, page) in &pages {
        is_current(&format!("docs/rules/{suite}.md"), page);
    }
    is_current(
        "docs/rules/known-vulnerabilities.md",
        &vulnerabilities(&listed),
    );
}

/// The page of known vulnerabilities.
fn vulnerabilities(listed: &Value) -> String {
    let mut page = "# Known vulnerabilities\n\nDisclosed flaws of real servers and libraries, and the rules that find them. Generated from \
                    `suites/known-vulnerabilities.yaml`.\n\n| flaw | product | what was wrong | found by |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for known in listed["vulnerabilities"].as_array().expect("a list") {
        let rules: Vec<String> = texts(known, "rules")
            .iter()
            .map(|rule| format!("`{rule}`"))
            .collect();
        let found = if rules.is_empty() {
            texts(known, "beyond").join(", ")
        } else {
            rules.join(", ")
        };
        page += &format!(
            "| [{}]({}) | {} ({}) | {} | {found} |\n",
            text(known, "id"),
            text(known, "source"),
            cell(text(known, "product")),
            known["year"],
            cell(text(known, "description")),
        );
    }
    page
}

#[test]
fn rules_of_known_vulnerabilities_are_there_or_of_a_document_that_is_to_come() {
    let listed = listed();
    let suites: BTreeSet<&str> = rules(&listed)
        .iter()
        .map(|rule| text(rule, "suite"))
        .collect();
    for known in listed["vulnerabilities"].as_array().expect("a list") {
        for id in texts(known, "rules_to_come") {
            let of = |suite: &str| {
                id.strip_prefix(suite)
                    .is_some_and(|rest| rest.starts_with('-'))
            };
            assert!(
                !suites.iter().any(|suite| of(suite)) || UNSEEN.contains(&id),
                "{}: no rule is called {id}",
                known["id"]
            );
        }
    }
}

/// Rules that no request can show, and that are named all the same.
const UNSEEN: &[&str] = &["rfc7523-aud-array-foreign"];
