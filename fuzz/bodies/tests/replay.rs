//! Every entry of a corpus, every known hard input and every regression, on stable and without a fuzzer.

#![cfg(test)]

mod yaml_peer;

use std::fs;
use std::path::{Path, PathBuf};

use tokenspec_fuzz_bodies::{Body, TARGETS, yaml};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn all() -> impl Iterator<Item = (&'static str, Body)> {
    let yaml: Body = |input| yaml::fuzz(input, yaml_peer::load);
    TARGETS.iter().copied().chain([("yaml", yaml)])
}

/// The files of a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    files.sort();
    files
}

fn replay(kind: &str, least: usize) {
    let mut failed = Vec::new();
    for (name, body) in all() {
        let files = entries(&folder().join(kind).join(name));
        assert!(
            files.len() >= least,
            "{kind}/{name} has {} entries",
            files.len()
        );
        for file in files {
            let input = fs::read(&file).unwrap();
            assert!(
                input.len() <= 8192,
                "{}: keep entries small",
                file.display()
            );
            let walked = std::panic::catch_unwind(|| body(&input));
            if walked.is_err() {
                failed.push(file);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn corpus_passes() {
    replay("corpus", 3);
}

#[test]
fn regressions_stay_fixed() {
    replay("regressions", 0);
}

#[test]
fn every_target_has_its_file_its_entry_in_the_manifest_and_a_dictionary() {
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let targets = manifest.matches("[[bin]]").count();
    assert_eq!(targets, all().count());
    for (name, _) in all() {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
        let dictionary = folder().join(format!("dictionaries/{name}.dict"));
        let words = fs::read_to_string(&dictionary).unwrap_or_default();
        assert!(
            words.lines().filter(|line| line.starts_with('"')).count() >= 5,
            "{name}"
        );
    }
    for kind in ["corpus", "regressions"] {
        for entry in entries(&folder().join(kind))
            .iter()
            .filter(|entry| entry.is_dir())
        {
            let known = all().any(|(name, _)| entry.ends_with(name));
            assert!(known, "{} belongs to no target", entry.display());
        }
    }
}
