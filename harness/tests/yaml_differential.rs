//! Our loading of YAML against another library's: the same value for every file that we ship, and a list of the texts that
//! the two read differently, each explained.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;

/// Every YAML file of the repository.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = [
        "suites",
        "examples",
        "harness/src",
        "reference-server/config",
    ]
    .map(|folder| root.join(folder))
    .to_vec();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let foreign = path.ends_with("node_modules");
            if path.is_dir() && !foreign {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                files.push(path);
            }
        }
    }
    files
}

/// As this program loads it.
fn ours(text: &str) -> Result<Vec<Value>, String> {
    let documents = tokenspec::yaml::documents(text, "it.yaml");
    documents.map_err(|problems| format!("{problems:?}"))
}

/// As `serde_yaml` loads it.
fn theirs(text: &str) -> Result<Vec<Value>, String> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).map_err(|why| why.to_string()))
        .collect()
}

#[test]
fn shipped_files_have_the_same_value_in_both() {
    let files = shipped();
    assert!(files.len() > 150, "{} files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let (ours, theirs) = (ours(&text), theirs(&text));
        assert!(ours.is_ok(), "{}: {ours:?}", file.display());
        assert_eq!(ours, theirs, "{}", file.display());
    }
}

/// What a text means in JSON to us, and to `serde_yaml`; `refused` where it is no value. Last, why.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    ("{a: 1, a: 2}", "refused", r#"{"a":2}"#, REPEATED),
    ("a: 1\nb: 2\na: 3", "refused", r#"{"a":3,"b":2}"#, REPEATED),
    (
        "b: &x {c: 1}\na: {<<: *x}",
        "refused",
        r#"{"a":{"<<":{"c":1}},"b":{"c":1}}"#,
        "merge keys hide where a value comes from, so we refuse them; to serde_yaml they are keys",
    ),
    ("a: 017", r#"{"a":17.0}"#, r#"{"a":"017"}"#, ZEROS),
    ("a: 0777", r#"{"a":777.0}"#, r#"{"a":"0777"}"#, ZEROS),
    ("a: 08", r#"{"a":8.0}"#, r#"{"a":"08"}"#, ZEROS),
    ("a: 00", r#"{"a":0.0}"#, r#"{"a":"00"}"#, ZEROS),
    (
        "a: 1_000",
        r#"{"a":1000}"#,
        r#"{"a":"1_000"}"#,
        "digits may be grouped as in Rust",
    ),
    (
        "a: 12345678901234567890123",
        r#"{"a":1.2345678901234568e+22}"#,
        "refused",
        "more digits than an integer of 64 bits has make a float",
    ),
    ("a: .inf", "refused", r#"{"a":null}"#, NOT_IN_JSON),
    ("a: .nan", "refused", r#"{"a":null}"#, NOT_IN_JSON),
    ("a: 1e400", "refused", r#"{"a":"1e400"}"#, NOT_IN_JSON),
    (
        "~: x",
        "refused",
        r#"{"~":"x"}"#,
        "null is no name of a key",
    ),
    (
        "a: !!binary aGk=",
        r#"{"a":"hi"}"#,
        r#"{"a":"aGk="}"#,
        "the tag is honoured",
    ),
    (
        "a: !!null x",
        r#"{"a":null}"#,
        "refused",
        "the tag outweighs the text",
    ),
    (
        "a: !!set {x}",
        "refused",
        r#"{"a":{"x":null}}"#,
        "tags of collections are refused, like tags that nobody knows",
    ),
    ("", "0 documents", "null", EMPTY),
    ("---\n---\na: 1", r#"{"a":1}"#, "2 documents", EMPTY),
    (
        "a: 1\n...\nb: 2",
        "2 documents",
        "refused",
        "after the mark of a document's end another may begin without a mark (YAML 1.2 §9.2)",
    ),
];

const EMPTY: &str = "an empty document is none";
const NOT_IN_JSON: &str = "what JSON has no number for is no value";
const REPEATED: &str = "of two equal keys one would be lost, so we refuse them";
const ZEROS: &str = "a decimal number with leading zeros is a float (YAML 1.2 §10.3.2); a field of text takes it as written, see below";

#[test]
fn pinned_differences_are_all_there_are() {
    for (text, our, their, why) in DIFFERENCES {
        assert_eq!(shown(&ours(text)), *our, "ours: {text:?} ({why})");
        assert_eq!(shown(&theirs(text)), *their, "theirs: {text:?} ({why})");
        assert_ne!(our, their, "{text:?}");
    }
}

/// Texts that YAML 1.1 and YAML 1.2 read differently, and that both libraries read as YAML 1.2 does.
const ALIKE: &[(&str, &str)] = &[
    ("a: yes", r#"{"a":"yes"}"#),
    ("a: NO", r#"{"a":"NO"}"#),
    ("a: on", r#"{"a":"on"}"#),
    ("a: Off", r#"{"a":"Off"}"#),
    ("a: y", r#"{"a":"y"}"#),
    ("a: True", r#"{"a":true}"#),
    ("%YAML 1.1\n---\na: yes", r#"{"a":"yes"}"#),
    ("a: !!bool yes", "refused"),
    ("a: 0o17", r#"{"a":15}"#),
    ("a: 0x1F", r#"{"a":31}"#),
    ("a: 0b11", r#"{"a":3}"#),
    ("a: 2024-01-31", r#"{"a":"2024-01-31"}"#),
    ("a: 12:30:45", r#"{"a":"12:30:45"}"#),
    ("a: 1:30", r#"{"a":"1:30"}"#),
    ("a: 685_230.15", r#"{"a":"685_230.15"}"#),
    ("a: =", r#"{"a":"="}"#),
    ("a: ~", r#"{"a":null}"#),
    ("a:", r#"{"a":null}"#),
    ("a: '5'", r#"{"a":"5"}"#),
    ("a: 1e3", r#"{"a":1000.0}"#),
    ("1: x", r#"{"1":"x"}"#),
    ("a: &x 1\nb: *x", r#"{"a":1,"b":1}"#),
    ("a: *none", "refused"),
    ("a: !custom x", "refused"),
    ("a: \"\\ud800\"", "refused"),
    ("? [a]\n: x", "refused"),
    ("\u{feff}a: 1", r#"{"a":1}"#),
    ("a: 1\n\tb: 2", "refused"),
];

#[test]
fn words_of_yaml_1_1_are_read_alike() {
    for (text, value) in ALIKE {
        assert_eq!(shown(&ours(text)), *value, "ours: {text:?}");
        assert_eq!(shown(&theirs(text)), *value, "theirs: {text:?}");
    }
}

/// A secret, an identifier or a parameter is text, whatever else it looks like.
#[test]
fn field_of_text_takes_a_scalar_as_it_is_written() {
    for written in [
        "017",
        "1_000",
        "0x1F",
        "1.0",
        "1e400",
        "yes",
        "true",
        "2024-01-31",
        "12:30",
    ] {
        let text = format!("a: {written}");
        let read: BTreeMap<String, String> = tokenspec::yaml::from_str(&text, "it.yaml").unwrap();
        assert_eq!(read["a"], written);
    }
}

fn shown(read: &Result<Vec<Value>, String>) -> String {
    match read.as_deref() {
        Ok([one]) => one.to_string(),
        Ok(many) => format!("{} documents", many.len()),
        Err(_) => "refused".to_owned(),
    }
}
