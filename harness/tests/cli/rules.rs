//! What the program says of its rules: `explain`, `list`, and the files that are made from them.

use serde_json::Value;
use tokenspec::cli::explain;
use tokenspec::suite::load;

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
    let suite = load::built_in().expect("the suites");
    for rule in &suite.rules {
        let id = &rule.id;
        let said = explain::explain(&suite, rule);
        assert!(said.starts_with(&format!("{id} (")), "{said}");
        for part in ["section ", "to fix a server", "--rule "] {
            assert!(said.contains(part), "{id} lacks `{part}`: {said}");
        }
        // Values that are sent as they stand, in `rfc6749-malformed-is-client-error` and `rfc7523-kid-tricks`.
        let said = said.replace("${jndi}", "").replace("${7*7}", "");
        for debug in ["${", "Some(", "None,", "Text {", "Spot {", "Located {"] {
            assert!(!said.contains(debug), "{id} has `{debug}`: {said}");
        }
    }
}

#[test]
fn one_explained_rule_reads_as_reviewed() {
    let said = tokenspec(&["explain", "rfc7636-verifier-wrong"]).with_code(0);
    assert_eq!(said.stderr, "");
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
