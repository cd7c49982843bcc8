//! What ARCHITECTURE.md claims is true, and house rules that a test can hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file: its path from the root of the repository, with forward slashes, and its text.
struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    /// Whether it is compiled for tests only.
    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests") || self.path.ends_with("tests.rs")
    }

    /// Its code outside comments and outside a test module at its end.
    fn code(&self) -> String {
        let body = self.text.split("#[cfg(test)]\nmod tests").next();
        let lines = body.unwrap_or_default().lines();
        let code = lines.filter(|line| !line.trim_start().starts_with("//"));
        code.collect::<Vec<&str>>().join("\n")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    let text = fs::read_to_string(&path).ok();
    assert!(text.is_some(), "{} can't be read", path.display());
    text.unwrap_or_default()
}

/// All Rust files below a folder.
fn sources(folder: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root().join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".rs") {
                let text = read(&path);
                found.push(SourceFile { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no files in {folder}");
    found
}

fn everything() -> Vec<SourceFile> {
    let folders = [
        "harness/src",
        "harness/tests",
        "reports/src",
        "reference-server/src",
        "reference-server/tests",
    ];
    folders.iter().flat_map(|folder| sources(folder)).collect()
}

/// Files of the harness, tests aside, whose code has one of these words, and that lie outside these places.
fn outside(folder: &str, words: &[&str], places: &[&str]) -> Vec<String> {
    let files = sources(folder).into_iter().filter(|file| !file.is_test());
    let elsewhere = files.filter(|file| !places.iter().any(|place| is_in(&file.path, place)));
    elsewhere
        .filter(|file| {
            let code = file.code();
            words.iter().any(|word| code.contains(word))
        })
        .map(|file| file.path)
        .collect()
}

/// Whether a path is this file, lies in this folder (it ends with `/`), or ends like `*/load.rs`.
fn is_in(path: &str, place: &str) -> bool {
    match place.strip_prefix('*') {
        Some(end) => path.ends_with(end),
        None if place.ends_with('/') => path.starts_with(place),
        None => path == place,
    }
}

fn nowhere_else(folder: &str, words: &[&str], places: &[&str]) {
    let found = outside(folder, words, places);
    assert!(
        found.is_empty(),
        "{words:?} belong into {places:?}, and are in {found:#?}"
    );
    let all = sources(folder);
    for place in places {
        let used = all.iter().any(|file| is_in(&file.path, place));
        assert!(used, "{place} does not exist");
    }
}

/// The names of the packages that a manifest depends on.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in read(manifest).lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.insert(name.trim().to_owned());
        }
    }
    names
}

#[test]
fn crates_depend_in_one_direction_only() {
    let server = dependencies("reference-server/Cargo.toml");
    let reports = dependencies("reports/Cargo.toml");
    let harness = dependencies("harness/Cargo.toml");
    for (name, own) in [("reference-server", &server), ("reports", &reports)] {
        let ours = own.iter().filter(|it| it.starts_with("tokenspec"));
        assert_eq!(ours.count(), 0, "{name} depends on a crate of ours");
    }
    assert!(harness.contains("tokenspec-reference-server") && harness.contains("tokenspec-report"));
}

#[test]
fn only_embedded_names_the_reference_server() {
    nowhere_else(
        "harness/src",
        &["tokenspec_reference_server"],
        &["harness/src/cli/embedded.rs"],
    );
}

#[test]
fn sockets_files_programs_and_time_have_their_places() {
    let folder = "harness/src";
    let sockets = ["TcpStream", "TcpListener", "UnixStream", "UdpSocket"];
    let places = ["harness/src/transport/", "harness/src/cli/selftest/"];
    nowhere_else(folder, &sockets, &places);
    let requests = ["reqwest::"];
    let places = ["harness/src/cli/engine.rs", "harness/src/run/"];
    nowhere_else(folder, &requests, &places);
    let files = ["std::fs", "tokio::fs", "File::open"];
    nowhere_else(folder, &files, &["*/load.rs", "harness/src/cli/"]);
    let programs = ["tokio::process", "process::Command"];
    nowhere_else(folder, &programs, &["harness/src/run/command.rs"]);
    let time = [
        "Instant::now",
        "SystemTime::now",
        "Timestamp::now",
        "Zoned::now",
    ];
    let places = ["harness/src/clock.rs", "harness/src/transport/"];
    nowhere_else(folder, &time, &places);
    let impure = [
        "std::fs",
        "std::net::Tcp",
        "tokio::",
        "Instant::now",
        "SystemTime::now",
    ];
    nowhere_else(
        "reference-server/src",
        &impure,
        &["reference-server/src/shell/"],
    );
}

/// Modules that only compute.
const PURE: &[&str] = &[
    "baseline",
    "diagnostic",
    "jose",
    "judge",
    "plan",
    "probe",
    "suite",
    "target",
    "template",
    "tls_hello",
    "vocabulary",
    "wire",
    "yaml",
];

#[test]
fn pure_modules_only_compute() {
    let effects = [
        "tokio",
        "reqwest",
        "std::net::Tcp",
        "std::fs",
        "std::process",
        "std::env",
        "Instant",
        "SystemTime",
        "crate::clock",
        "crate::run",
        "crate::transport",
        "crate::cli",
    ];
    for module in PURE {
        let folder = format!("harness/src/{module}");
        let found = outside(&folder, &effects, &["*/load.rs"]);
        assert!(found.is_empty(), "{module} is pure: {found:?}");
    }
}

#[test]
fn judge_knows_no_levels() {
    let found = outside("harness/src/judge", &["Level"], &[]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn files_are_short_and_called_after_what_they_hold() {
    const EMPTY_NAMES: [&str; 7] = [
        "util", "utils", "helper", "helpers", "common", "misc", "manager",
    ];
    for file in everything() {
        let lines = file.text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.path);
        for part in file.path.trim_end_matches(".rs").split('/') {
            assert!(!EMPTY_NAMES.contains(&part), "{}: {part}", file.path);
        }
    }
    let main = read("harness/src/main.rs");
    assert!(main.lines().count() <= 30);
}

/// What stands between single backticks on one line.
fn quoted(text: &str) -> BTreeSet<&str> {
    let prose = text.lines().filter(|line| !line.starts_with("```"));
    prose
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn every_path_of_the_map_exists() {
    let map = read("ARCHITECTURE.md");
    let paths = quoted(&map).into_iter();
    let paths: Vec<&str> = paths
        .filter(|word| {
            (word.ends_with('/') || word.ends_with(".rs") || word.ends_with(".md"))
                && !word.contains(['*', ' '])
        })
        .collect();
    assert!(paths.len() > 20, "{paths:?}");
    let bases = ["", "harness", "harness/src", "reference-server/src"];
    for path in paths {
        let exists = |base: &&str| root().join(base).join(path).exists();
        assert!(bases.iter().any(exists), "{path}");
    }
}

#[test]
fn every_module_is_on_the_map() {
    let map = read("ARCHITECTURE.md");
    let named = quoted(&map);
    for folder in ["harness/src", "reference-server/src"] {
        let library = read(&format!("{folder}/lib.rs"));
        let modules = library.lines().filter_map(|line| {
            let line = line.trim_start_matches("pub ");
            line.strip_prefix("mod ")?.strip_suffix(';')
        });
        for module in modules {
            let (as_folder, as_file) = (format!("{module}/"), format!("{module}.rs"));
            assert!(
                named.contains(as_folder.as_str()) || named.contains(as_file.as_str()),
                "ARCHITECTURE.md does not name {folder}/{module}"
            );
        }
    }
}
