//! The example of fuzz/README.md: a parser of somebody else in place of ours.
#![cfg(test)]

// own parser: begin
use tokenspec_fuzz_bodies::form;

/// Your parser, and what the target wants of it: `None` for a body that it refuses, else names and values in order.
fn mine(body: &[u8]) -> Option<form::Pairs> {
    let pairs: form::Pairs = serde_urlencoded_of_yours(body).ok()?;
    Some(pairs)
}

fn one_input(body: &[u8]) {
    form::check(body, mine);
}
// own parser: end

/// Stands for a crate of theirs.
fn serde_urlencoded_of_yours(body: &[u8]) -> Result<form::Pairs, String> {
    if !form::is_sound(body) {
        return Err("malformed".to_owned());
    }
    Ok(form_urlencoded::parse(body).into_owned().collect())
}

#[test]
fn example_holds_for_the_whole_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/form");
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        one_input(&std::fs::read(entry.path()).unwrap());
    }
}

#[test]
fn readme_shows_this_example() {
    let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let (here, readme) = (
        include_str!("own_parser.rs"),
        include_str!("../../README.md"),
    );
    let (_, rest) = here.split_once("// own parser: begin\n").unwrap();
    let (example, _) = rest.split_once("// own parser: end").unwrap();
    assert!(
        lines(readme).contains(lines(example).trim()),
        "copy the example into fuzz/README.md"
    );
}
