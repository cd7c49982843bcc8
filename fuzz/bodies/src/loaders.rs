//! The files that a person writes for the harness: whatever stands in them, loading ends with a value or with problems that have a
//! place in the file and can be printed.

use std::io;
use std::path::Path;

use tokenspec::diagnostic::Diagnostics;
use tokenspec::target::Surroundings;

/// The name that messages show.
const FILE: &str = "input.yaml";

/// The value of every environment variable: nothing that prints may show it.
const SECRET: &str = "canary-4Zt8Qm1Xw6";

/// One input of the fuzzer: a target file.
///
/// # Panics
/// When something does not hold.
pub fn target(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match tokenspec::target::parse(text, FILE, &Nowhere) {
        Ok(target) => {
            let shown = format!("{target:?}");
            assert!(
                text.contains(SECRET) || !shown.contains(SECRET),
                "a secret prints"
            );
        }
        Err(problems) => check(&problems, text),
    }
}

/// One input of the fuzzer: a rule of a suite, or a profile.
///
/// # Panics
/// When something does not hold.
pub fn suite(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match tokenspec::suite::parse_rule(text, FILE, "own", "rule") {
        Ok(rule) => assert_eq!(rule.id, "own-rule"),
        Err(problems) => check(&problems, text),
    }
    if text.contains("summary")
        && let Err(problems) = tokenspec::suite::parse_profile(text, FILE, "profile")
    {
        check(&problems, text);
    }
}

/// One input of the fuzzer: a baseline.
///
/// # Panics
/// When something does not hold.
pub fn baseline(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let strict = tokenspec::baseline::check(text, FILE);
    match tokenspec::baseline::parse(text, FILE) {
        Ok(baseline) => {
            if let Err(problems) = &strict {
                check(problems, text);
            }
            let lines = lines(text);
            let placed = baseline
                .entries()
                .iter()
                .all(|entry| (1..=lines).contains(&entry.line()));
            assert!(placed, "an entry behind the end of the file");
        }
        Err(problems) => {
            let Err(strict) = strict else {
                unreachable!("the stricter reading takes what the other refuses");
            };
            check(&problems, text);
            // Mostly they are the same, and printing is what takes time.
            if strict.iter().count() != problems.iter().count() {
                check(&strict, text);
            }
        }
    }
}

/// How many lines there are: one may end in CR alone, and behind the last one there is an empty one.
fn lines(text: &str) -> usize {
    text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        .count()
}

/// Problems are there, have something to say, lie inside the file, and can be printed.
///
/// # Panics
/// When that does not hold.
pub fn check(problems: &Diagnostics, text: &str) {
    assert!(!problems.is_empty(), "refused without a problem");
    let lines = lines(text);
    for problem in problems {
        assert!(!problem.message().is_empty(), "a problem without words");
        let line = problem.spot().map_or(1, |spot| spot.line());
        assert!(
            (1..=lines).contains(&line),
            "line {line} of {lines}: {problem}"
        );
    }
    let shown = problems.to_string();
    let is_printable = |c: char| c == '\n' || !c.is_control();
    assert!(
        shown.chars().all(is_printable),
        "control characters go to the terminal: {shown:?}"
    );
    assert!(
        text.contains(SECRET) || !shown.contains(SECRET),
        "a secret prints"
    );
}

/// No file, and every variable.
struct Nowhere;

impl Surroundings for Nowhere {
    fn read(&self, _: &str) -> io::Result<String> {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn variable(&self, _: &str) -> Option<String> {
        Some(SECRET.to_owned())
    }

    fn folder(&self) -> &Path {
        Path::new(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_files_load() {
        let smallest = "token_endpoint: https://as.example/token\nclients: {a: {id: a, auth: client_secret_post, secret: {env: A}}}";
        assert!(tokenspec::target::parse(smallest, FILE, &Nowhere).is_ok());
        target(smallest.as_bytes());
        baseline(b"known:\n  - {rule: a, reason: b}");
        suite(b"source: {document: RFC 6749, section: \"5.2\", level: must}\nrule: x\nnot_observable: y");
    }
}
