use proptest::prelude::*;

use super::*;

fn shown(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    Redacted::line(&lines, line - 1).unwrap().into_text()
}

#[test]
fn value_of_a_secret_is_hidden_in_every_spelling() {
    for (text, line, expected) in [
        ("secret: hunter2 # x", 1, "secret: ‹redacted›"),
        ("  secret: 'hunter2'", 1, "  secret: ‹redacted›"),
        ("- \"secret\":\"hunter2\"", 1, "- \"secret\":‹redacted›"),
        (
            "a: {secret: hunter2, auth: none}",
            1,
            "a: {secret: ‹redacted›, auth: none}",
        ),
        (
            "a: {secret: 'h, }2', auth: none}",
            1,
            "a: {secret: ‹redacted›, auth: none}",
        ),
        (
            "{username: a, password: hunter2}",
            1,
            "{username: a, password: ‹redacted›}",
        ),
        ("sercet: hunter2", 1, "sercet: ‹redacted›"),
        ("retired_secret: hunter2", 1, "retired_secret: ‹redacted›"),
        ("secret: {value: hunter2}", 1, "secret: {value: ‹redacted›}"),
        ("secret: {hunter2}", 1, "secret: {‹redacted›}"),
        ("secret: [hunter2]", 1, "secret: ‹redacted›]"),
        (
            "a: {secret: [x, [y]], b: c}",
            1,
            "a: {secret: ‹redacted›], b: c}",
        ),
        ("secret: |\n  hunter2\n  more", 2, "  ‹redacted›"),
        ("secret: |\n  hunter2\n  more", 3, "  ‹redacted›"),
        ("secret: x\n  hunter2", 2, "  ‹redacted›"),
        ("secret:\n  value: hunter2", 2, "  value: ‹redacted›"),
        (
            "a: {secret:\n  hunter2, b: c}",
            2,
            "  ‹redacted› b: ‹redacted›",
        ),
        ("secret: \"x\n  hunter2\"", 2, "  ‹redacted›"),
        ("key: -----BEGIN PRIVATE KEY-----", 1, "key: ‹redacted›"),
        ("k: |\n  -----BEGIN A-----\n  MIIE\n", 3, "  ‹redacted›"),
    ] {
        assert_eq!(shown(text, line), expected, "{text}");
    }
}

#[test]
fn names_of_variables_and_files_are_shown() {
    for text in [
        "secret: {env: NAME}",
        "a: {secret: {file: a.txt}, auth: none}",
        "auth: client_secret_basic",
        "secret:",
    ] {
        assert_eq!(shown(text, 1), text);
    }
    assert_eq!(shown("secret:\n  env: NAME\nid: x", 2), "  env: NAME");
    assert_eq!(shown("secret:\n  env: NAME\nid: x", 3), "id: x");
    assert_eq!(shown("a:\n  secret: x\n  id: y", 3), "  id: y");
}

#[test]
fn place_behind_a_secret_moves_with_the_text() {
    let lines = ["a: {secret: hunter2, extra: 1}"];
    let redacted = Redacted::line(&lines, 0).unwrap();
    let spot = redacted.shift(Spot::new(1, 22, 5));
    let text: Vec<char> = redacted.into_text().chars().collect();
    let marked: String = text.iter().skip(spot.column() - 1).take(5).collect();
    assert_eq!(marked, "extra");
}

proptest! {
    #[test]
    fn reading_any_text_ends_without_a_panic(text in "(?s).{0,200}", line in 0_usize..20, column in 0_usize..300) {
        let lines: Vec<&str> = text.lines().collect();
        if let Some(redacted) = Redacted::line(&lines, line) {
            let _spot = redacted.shift(Spot::new(line, column, 3));
        }
    }

    #[test]
    fn plain_secret_never_shows(secret in "[a-z0-9]{8,20}", before in "[ {}a-z:,]{0,10}") {
        let text = format!("{before} secret: {secret}");
        prop_assert!(!shown(&text, 1).contains(&secret));
    }
}
