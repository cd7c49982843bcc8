//! `tokenspec fuzz` from outside.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use tempfile::TempDir;

use crate::program::{Ended, Folder, Served, command, signal, tokenspec};

/// The names and the contents of the files of a folder, in order.
fn files(folder: &std::path::Path, extension: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == extension))
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn finding_about_a_thing_of_the_target_file_is_found_again_as_a_suite() {
    // An instance has an identifier beside its URI.
    let served = Served::start(&[
        "--config",
        "pingfederate",
        "--defect",
        "atm-star-matches-all",
    ]);
    let operator = ["--operator", "manager-by-wrong-aud"];
    let flags = ["--seed", "7", "--requests", "600"];
    let ended = tokenspec(&[&["fuzz", &served.target()], &operator[..], &flags[..]].concat());
    let found = ended.with_code(1).stdout;
    assert!(found.contains("manager-by-wrong-aud: star"), "{found}");
}

#[test]
fn seeded_defect_is_found_made_small_and_saved_as_a_suite_that_fails() {
    let served = Served::start(&["--defect", "code-reuse-accepted"]);
    let target = served.target();
    let folder = TempDir::new().expect("a folder");
    let saved = folder.path().join("saved");
    let saved_name = saved.to_str().expect("UTF-8");
    let flags = [
        "--seed",
        "7",
        "--requests",
        "300",
        "--operator",
        "code-replayed",
    ];
    let ended = tokenspec(&[&["fuzz", &target, "--save", saved_name], &flags[..]].concat());
    let ended = ended.with_code(1);
    assert!(
        ended.stdout.contains("rfc6749-code-single-use"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("curl -sS"), "{}", ended.stdout);
    let suites = files(&saved, "yaml");
    assert!(!suites.is_empty());
    for (name, text) in &suites {
        assert!(text.contains("Found by `tokenspec fuzz`"), "{name}: {text}");
    }
    let run = tokenspec(&["run", &target, "--suite", saved_name]).with_code(1);
    assert!(run.stdout.contains("FAIL"), "{}", run.stdout);
    // So does the line that the report has for it.
    let rerun = ended
        .stdout
        .lines()
        .find_map(|line| line.trim().strip_prefix("rerun"));
    let rerun = rerun.expect("a line").trim().strip_prefix("tokenspec ");
    let words: Vec<&str> = rerun.expect("a command").split(' ').collect();
    tokenspec(&words).with_code(1);
    assert_eq!(served.end_with("TERM"), Some(0));

    // On a server without the defect the same suite passes.
    let sound = Served::start(&[]);
    tokenspec(&["run", &sound.target(), "--suite", saved_name]).with_code(0);
    // What was drawn is a corpus.
    let corpus = saved.join("corpus");
    assert_eq!(files(&corpus, "json").len(), suites.len());
    let corpus = corpus.to_str().expect("UTF-8");
    let again = tokenspec(&[&["fuzz", &sound.target(), "--corpus", corpus], &flags[..]].concat());
    assert_ne!(again.code, Some(1), "{}", again.stdout);
    assert_eq!(sound.end_with("TERM"), Some(0));
}

#[test]
fn same_seed_finds_the_same() {
    let served = Served::start(&["--defect", "code-reuse-accepted"]);
    let target = served.target();
    let found = |seed: &str| {
        let folder = TempDir::new().expect("a folder");
        let saved = folder.path().to_str().expect("UTF-8");
        let flags = [
            "--jobs",
            "1",
            "--requests",
            "300",
            "--operator",
            "code-replayed",
        ];
        let flags = [
            &["fuzz", &target, "--save", saved, "--seed", seed],
            &flags[..],
        ]
        .concat();
        tokenspec(&flags).with_code(1);
        files(&folder.path().join("corpus"), "json")
    };
    let once = found("11");
    assert!(!once.is_empty());
    assert_eq!(once, found("11"));
    assert_eq!(served.end_with("TERM"), Some(0));
}

#[test]
fn target_elsewhere_is_not_fuzzed_without_its_consent() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("target.yaml");
    let text = "name: Elsewhere\ntoken_endpoint: https://192.0.2.1/token\nclients:\n  a: {id: a, auth: client_secret_basic, secret: s, grants: [client_credentials]}\n";
    fs::write(&file, text).expect("written");
    let ended = tokenspec(&["fuzz", file.to_str().expect("UTF-8")]).with_code(2);
    assert!(ended.stderr.contains("allow: [fuzz]"), "{}", ended.stderr);
}

#[test]
fn run_that_reached_nothing_is_undecided() {
    let served = Served::start(&[]);
    let target = served.target();
    let flags = ["--seed", "1", "--requests", "40", "--operator", "stranger"];
    let ended = tokenspec(&[&["fuzz", &target], &flags[..]].concat()).with_code(3);
    assert!(ended.stdout.contains("BELOW THE FLOOR"), "{}", ended.stdout);
    assert_eq!(served.end_with("TERM"), Some(0));
}

#[test]
fn interrupted_run_ends_with_what_it_found() {
    let served = Served::start(&["--defect", "code-reuse-accepted"]);
    let target = served.target();
    let folder = Folder::new();
    let (saved, json) = (folder.path("saved"), folder.path("report.json"));
    let report = format!("json={json}");
    let flags = ["--time", "10m", "--operator", "code-replayed"];
    let mut child = command(
        &[
            &["fuzz", &target, "--save", &saved, "--report", &report],
            &flags[..],
        ]
        .concat(),
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("the program runs");
    // It tells of each finding as soon as it is one.
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.starts_with("found: code-replayed") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).expect("a line") > 0,
            "no finding"
        );
    }
    signal(&child, "INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert!(rest.contains("interrupted: finishing the report"), "{rest}");
    let ended = Ended::of(child.wait_with_output().expect("an end")).with_code(1);
    assert!(ended.stdout.contains("curl -sS"), "{}", ended.stdout);
    assert!(!files(saved.as_ref(), "yaml").is_empty());
    let report: serde_json::Value =
        serde_json::from_str(&folder.read("report.json")).expect("JSON");
    assert_eq!(report["summary"]["fail"], 1, "{report}");
    assert_eq!(served.end_with("TERM"), Some(0));
}

#[test]
fn answers_that_differ_from_those_of_the_reference_server_are_told() {
    let flags = [
        "--seed",
        "3",
        "--requests",
        "200",
        "--operator",
        "code-replayed",
        "--against",
        "reference",
    ];
    let told = |defects: &[&str]| {
        let served = Served::start(defects);
        let ended = tokenspec(&[&["fuzz", &served.target()], &flags[..]].concat());
        assert_eq!(served.end_with("TERM"), Some(0));
        let lines = ended.stdout.lines().map(str::to_owned);
        lines
            .filter(|line| line.contains(", the reference server "))
            .collect::<Vec<_>>()
    };
    let differences = told(&["--defect", "code-reuse-accepted"]);
    let expected = "accepted, the reference server 400 invalid_grant";
    assert!(
        differences.iter().any(|line| line.contains(expected)),
        "{differences:#?}"
    );
    assert_eq!(told(&[]), Vec::<String>::new());
}

#[test]
fn walk_that_deviates_is_an_entry_of_the_corpus_of_the_endpoint_target_and_finds_it_again() {
    let served = Served::start(&["--defect", "code-reuse-accepted"]);
    let target = served.target();
    let folder = Folder::new();
    let lines = folder.path("lines");
    let flags = ["--seed", "5", "--requests", "2000", "--operator", "walk"];
    tokenspec(&[&["fuzz", &target, "--lines", &lines], &flags[..]].concat()).with_code(1);
    let entries: Vec<String> = fs::read_dir(&lines)
        .expect("a folder")
        .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("a text"))
        .collect();
    // Made small: a code, and twice the same redemption.
    let is_replay = |text: &String| {
        let lines: Vec<&str> = text.lines().collect();
        matches!(lines.as_slice(), [code, once, again]
            if code.starts_with("authorize ") && once.starts_with("redeem 0 ") && once == again)
    };
    assert!(entries.iter().any(is_replay), "{entries:#?}");
    // The entries alone are enough to find it.
    let flags = ["--requests", "300", "--operator", "stranger"];
    let again = tokenspec(&[&["fuzz", &target, "--corpus", &lines], &flags[..]].concat());
    let again = again.with_code(1);
    assert!(
        again.stdout.contains("rfc6749-code-single-use"),
        "{}",
        again.stdout
    );
    assert_eq!(served.end_with("TERM"), Some(0));
}
