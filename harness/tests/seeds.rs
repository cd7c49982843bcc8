//! docs/seeds.md: every statement of the seed documents has its rules, and they are what it says.
#![cfg(test)]

use std::fs;
use std::path::Path;

use tokenspec::suite::load;

/// How many statements there are.
const STATEMENTS: usize = 85;

fn table() -> Vec<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/seeds.md");
    let text = fs::read_to_string(file).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim_start_matches("| ").trim_end_matches('|');
        line.split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    // The first two are the heading.
    rows.skip(2).map(cells).collect()
}

#[test]
fn statements_are_complete_and_in_order() {
    let numbers: Vec<usize> = table().iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=STATEMENTS).collect::<Vec<_>>());
}

#[test]
fn every_statement_names_rules_with_their_first_case_and_the_command_that_runs_them() {
    let suite = load::built_in().unwrap();
    for row in table() {
        let (number, shown, command) = (&row[0], &row[3], &row[4]);
        if shown.starts_with("none: ") {
            assert!(command.is_empty(), "{number}: a command for nothing");
            continue;
        }
        let mut expected = "`tokenspec run".to_owned();
        for entry in shown.split("; `") {
            let entry = entry.trim_start_matches('`');
            let (id, case) = entry.split_once('`').unwrap();
            let rule = suite.rule_named(id);
            let rule = rule.unwrap_or_else(|| panic!("{number}: no rule is called {id}"));
            let first = &suite.cases_of(rule)[0].name.value;
            let named = case
                .trim_start_matches(": ")
                .trim_end_matches(" (some only record)");
            assert_eq!(named, first, "{number}: {id}");
            expected += &format!(" --rule {id}");
        }
        assert_eq!(*command, expected + "`", "{number}");
    }
}
