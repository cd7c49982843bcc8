//! What the program says of its rules: `explain`, `list`, and the files that are made from them.

use std::path::Path;

use serde_json::Value;

use crate::program::tokenspec;

/// The rules as `list --format json` gives them.
fn rules() -> Vec<Value> {
    let listed = tokenspec(&["list", "--format", "json"]).with_code(0).json();
    listed["rules"].as_array().expect("rules").clone()
}

fn text<'v>(rule: &'v Value, member: &str) -> &'v str {
    rule[member].as_str().expect(member)
}

#[test]
fn every_rule_is_explained() {
    for rule in rules() {
        let id = text(&rule, "id");
        let ended = tokenspec(&["explain", id]).with_code(0);
        assert_eq!(ended.stderr, "", "{id}");
        let said = ended.stdout;
        assert!(said.starts_with(&format!("{id} (")), "{said}");
        for part in ["section ", "to fix a server", "--rule "] {
            assert!(said.contains(part), "{id} lacks `{part}`: {said}");
        }
        // A value that is sent as it stands, in `rfc6749-malformed-is-client-error`.
        let said = said.replace("${jndi}", "");
        for debug in ["${", "Some(", "None,", "Text {", "Spot {", "Located {"] {
            assert!(!said.contains(debug), "{id} has `{debug}`: {said}");
        }
    }
}

#[test]
fn one_explained_rule_reads_as_reviewed() {
    let said = tokenspec(&["explain", "rfc7636-verifier-wrong"]).with_code(0);
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn list_and_its_coverage_name_every_rule() {
    let (plain, coverage) = (tokenspec(&["list"]), tokenspec(&["list", "--coverage"]));
    let (plain, coverage) = (plain.with_code(0).stdout, coverage.with_code(0).stdout);
    let rules = rules();
    for rule in &rules {
        let begin = format!("{} ", text(rule, "id"));
        for printed in [&plain, &coverage] {
            assert!(
                printed.lines().any(|line| line.starts_with(&begin)),
                "{begin}"
            );
        }
    }
    assert!(
        plain.contains(&format!("\n{} rules (", rules.len())),
        "{plain}"
    );
    let one = ["list", "--rule", "rfc7636-verifier-wrong", "--coverage"];
    let seen = tokenspec(&one).with_code(0).stdout;
    insta::assert_snapshot!(seen);
}

/// Compares a generated file with what it should be; with `UPDATE=1` it is written instead.
#[track_caller]
fn is_current(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../suites")
        .join(name);
    if std::env::var_os("UPDATE").is_some_and(|it| it == "1") {
        std::fs::write(&path, generated).expect("a file");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "suites/{name} is out of date: UPDATE=1 cargo test -p tokenspec --test cli writes it"
    );
}

#[test]
fn schema_of_suites_is_current() {
    let printed = tokenspec(&["schema", "suite"]).with_code(0).stdout;
    is_current("schema.json", &printed);
}

#[test]
fn index_of_rules_is_current() {
    let mut index = "# The rules\n\nGenerated from the files beside it, and compared with them by \
                     `cargo test -p tokenspec --test cli` (`UPDATE=1` writes it anew).\n\n\
                     | rule | source | level | what it demands | proved by |\n| --- | --- | --- | --- | --- |\n"
        .to_owned();
    for rule in rules() {
        let cell = |text: &str| {
            text.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .replace('|', "\\|")
        };
        let source = &rule["source"];
        let proved = rule["defects"].as_array().cloned().unwrap_or_default();
        let proved: Vec<&str> = proved.iter().filter_map(Value::as_str).collect();
        index += &format!(
            "| `{}` | {} {} | {} | {} | {} |\n",
            text(&rule, "id"),
            cell(text(source, "document")),
            cell(text(source, "section")),
            text(&rule, "level"),
            cell(text(&rule, "rule")),
            proved.join(", "),
        );
    }
    is_current("INDEX.md", &index);
}
