//! `tokenspec fuzz` from outside.

use std::fs;

use tempfile::TempDir;

use crate::program::{Served, tokenspec};

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
