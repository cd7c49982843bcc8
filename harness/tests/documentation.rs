//! The documents say what the program does: every word of the suite language is explained, every example is accepted, and the
//! walk-through comes out as it says.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tokenspec::suite::{self, load};
use tokenspec::{plan, template};

const SUITES: &str = "docs/writing-suites.md";

fn document(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap()
}

fn tokenspec(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokenspec"))
        .args(arguments)
        .current_dir(folder)
        .env("SERVICE_SECRET", "a-secret-of-the-service-0123456789")
        .output()
        .unwrap()
}

/// What one heading has below it, up to the next heading of its depth or above.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text
        .find(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("{SUITES} has no heading `{heading}`"));
    let inside = &text[start + heading.len() + 2..];
    let depth = heading.chars().take_while(|c| *c == '#').count();
    let ends = (1..=depth).filter_map(|depth| inside.find(&format!("\n{} ", "#".repeat(depth))));
    &inside[..ends.min().unwrap_or(inside.len())]
}

/// The words of the code in a text: what stands between backticks.
fn words(text: &str) -> BTreeSet<String> {
    let prose = text.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    let code = prose.split('`').skip(1).step_by(2);
    code.flat_map(|code| code.split(|c: char| !(c.is_alphanumeric() || "_.".contains(c))))
        .flat_map(|word| [word, word.trim_matches('.')])
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Where each part of a suite file is explained.
fn heading(part: &str) -> &'static str {
    match part {
        "RuleFile" | "Source" | "Level" => "## The rule",
        "Case" => "## The case",
        "AlternativeName"
        | "AssertionChange"
        | "Authenticate"
        | "CertificateChange"
        | "CertificateKey"
        | "Embedded"
        | "IssuedBy"
        | "PresentedCertificate"
        | "SubjectAttribute"
        | "SubjectChange"
        | "Validity"
        | "Change"
        | "FramingChange"
        | "Headers"
        | "Members"
        | "Reorder"
        | "SamlChange"
        | "SamlEdit"
        | "SamlKeyInfo"
        | "SamlReference"
        | "Signer"
        | "Spelling"
        | "Who" => "## Changes",
        "Behind" | "Beside" | "Fields" | "LineEnd" | "Wire" => "### On the wire",
        "Answer" | "Framing" | "Grade" | "Silence" => "## Answers",
        "Then" => "### What follows",
        "Accepted" | "ScopeCondition" => "### The token",
        "BodyCondition" | "Condition" | "JsonType" => "### Conditions",
        "Step" => "## Steps",
        "Authorize" | "AuthorizeAnswer" | "AuthorizeChange" => "### authorize",
        "Begin" => "### begin",
        "Check" => "### check",
        "Decide" => "### approve, deny",
        "Durations" | "DurationsAnswer" => "### durations",
        "Fetch" => "### fetch",
        "Handshake" | "HandshakeAnswer" | "Hello" => "### handshake",
        "Inspect" | "InspectAnswer" => "### inspect",
        "Obtain" => "### obtain",
        "Prepare" => "### prepare",
        "Publish" | "PublishedKey" => "### publish",
        "Push" => "### push",
        "Register" => "### register",
        "Received" | "ReceivedAnswer" => "### received",
        "Revoke" => "### revoke",
        "Sample" | "SampleAnswer" => "### sample",
        "Send" => "### send",
        "Bounds" | "Together" | "TogetherAnswer" => "### together",
        "ProfileFile" => "## Profiles",
        other => panic!("say under which heading of {SUITES} `{other}` is explained"),
    }
}

/// The keys and values that a definition of the schema knows.
fn known(definition: &Value) -> Vec<String> {
    let texts = |list: &Value, member: &str| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        let values = items.map(|item| {
            if member.is_empty() {
                item
            } else {
                &item[member]
            }
        });
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let choices = definition["oneOf"].as_array().into_iter().flatten();
    let keys = [definition]
        .into_iter()
        .chain(choices)
        .filter_map(|part| part["properties"].as_object())
        .flat_map(|properties| properties.keys().cloned());
    keys.chain(texts(&definition["enum"], ""))
        .chain(texts(&definition["oneOf"], "const"))
        .collect()
}

#[test]
fn every_key_of_a_suite_file_is_explained_where_it_belongs() {
    let text = document(SUITES);
    let schema = suite::schema();
    let mut missing = Vec::new();
    for (part, definition) in schema["$defs"].as_object().unwrap() {
        let known = known(definition);
        if known.is_empty() {
            continue;
        }
        let heading = heading(part);
        let explained = words(section(&text, heading));
        let lacking = known.iter().filter(|word| !explained.contains(*word));
        missing.extend(lacking.map(|word| format!("`{word}` of {part} under `{heading}`")));
    }
    assert!(missing.is_empty(), "{SUITES} lacks {missing:#?}");
}

#[track_caller]
fn explained(heading: &str, known: impl IntoIterator<Item = impl AsRef<str>>) {
    let text = document(SUITES);
    let explained = words(section(&text, heading));
    let named = |known: &str| {
        let members = format!("{known}.");
        let mut words = explained.iter();
        words.any(|word| word == known || word.starts_with(&members))
    };
    let mut seen = 0;
    let missing: Vec<String> = known
        .into_iter()
        .map(|known| known.as_ref().to_owned())
        .inspect(|_| seen += 1)
        .filter(|known| !named(known))
        .collect();
    assert!(
        missing.is_empty(),
        "{SUITES}, `{heading}`, lacks {missing:#?}"
    );
    assert!(seen > 0);
}

#[test]
fn every_filter_is_explained() {
    explained("## Templates", template::FILTERS);
}

#[test]
fn every_source_of_a_template_is_explained() {
    explained("## Templates", template::COUNTED_SOURCES);
    // The members of the second client are those of the client; what a root alone means is told by its members.
    let bare = [
        "client", "control", "other", "scope", "sent", "user", "value",
    ];
    let sources = suite::template_sources().into_iter();
    explained(
        "## Templates",
        sources.filter(|source| !bare.contains(&source.as_str()) && !source.starts_with("other.")),
    );
    explained("## Templates", ["other.id", "sent.NAME", "value.NAME"]);
}

#[test]
fn every_list_of_for_each_is_explained() {
    explained("## The case", plan::SOURCE_NAMES);
    explained("## The case", [plan::ONE, plan::ONE_PER_METHOD]);
}

/// What the built-in rules ask of steps is what the document says that they save.
#[test]
fn what_the_built_in_rules_ask_of_steps_is_explained() {
    let mut asked = BTreeSet::new();
    for rule in load::built_in().unwrap().rules {
        let text = document(&rule.file);
        let named: BTreeSet<&str> = text
            .split("as: ")
            .skip(1)
            .filter_map(|rest| {
                rest.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .next()
            })
            .collect();
        for expression in text.split("${").skip(1) {
            let end = expression.find(|c: char| !(c.is_alphanumeric() || "_.".contains(c)));
            let path = &expression[..end.unwrap_or(expression.len())];
            if let Some((step, member)) = path.split_once('.')
                && named.contains(step)
            {
                let member = ["claims", "json", "sent"]
                    .into_iter()
                    .find(|kind| member.starts_with(&format!("{kind}.")))
                    .unwrap_or(member);
                asked.insert(member.to_owned());
            }
        }
    }
    assert!(
        asked.contains("access_token") && asked.contains("sent"),
        "{asked:#?}"
    );
    let text = document(SUITES);
    let saved = words(section(&text, "### What a step saves"));
    let explained = |member: &String| {
        let path = format!("STEP.{member}");
        saved
            .iter()
            .any(|word| *word == path || word.starts_with(&format!("{path}.")))
    };
    let missing: Vec<&String> = asked.iter().filter(|member| !explained(member)).collect();
    assert!(
        missing.is_empty(),
        "{SUITES} does not say that steps save {missing:#?}"
    );
}

/// A block of YAML in a document: what it is said to be, its name if it has one, and its text.
struct Example {
    place: String,
    kind: String,
    name: Option<String>,
    text: String,
}

/// The blocks of YAML of a document, each with the comment above it.
fn examples(path: &str) -> Vec<Example> {
    let text = document(path);
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.trim_start() != "```yaml" {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let place = format!("{path}:{}", at + 1);
        let above = at.checked_sub(1).map_or("", |above| lines[above].trim());
        let mark = above
            .strip_prefix("<!-- ")
            .and_then(|mark| mark.strip_suffix(" -->"))
            .unwrap_or_else(|| panic!("{place}: say in a comment above what this block is"));
        let (kind, name) = match mark.split_once(": ") {
            Some((kind, name)) => (kind, Some(name.to_owned())),
            None => (mark, None),
        };
        let inside = lines[at + 1..]
            .iter()
            .take_while(|line| line.trim() != "```");
        let text = inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()));
        found.push(Example {
            place,
            kind: kind.to_owned(),
            name,
            text: text.collect(),
        });
    }
    assert!(!found.is_empty(), "{path} has no example");
    found
}

/// A rule around cases.
fn rule_of(cases: &str) -> String {
    let cases: String = cases.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "source: {{document: Example, section: \"1\", level: must}}\nrule: An example.\ncases:\n{cases}"
    )
}

#[test]
fn every_example_is_accepted() {
    for path in ["README.md", "CONTRIBUTING.md", SUITES] {
        for (number, example) in examples(path).into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let text = match example.kind.as_str() {
                "cases" => rule_of(&example.text),
                "baseline file" | "profile file" | "rule file" | "target file" => example.text,
                other => panic!("{}: no kind of file is called `{other}`", example.place),
            };
            let name = example
                .name
                .unwrap_or_else(|| format!("example-{number}.yaml"));
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            let output = tokenspec(folder.path(), &["check", file.to_str().unwrap()]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}\n{said}", example.place);
            let line = String::from_utf8_lossy(&output.stdout);
            assert!(!line.contains("note:"), "{}\n{line}", example.place);
        }
    }
}

/// `tokenspec serve` until it is dropped.
struct Served(Child);

impl Served {
    /// Started, with a target file that it wrote.
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokenspec"))
            .args(["serve", "--log", "off", "--write-target", "my-as.yaml"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut first).unwrap();
        assert!(first.starts_with("http://127.0.0.1:"), "{first}");
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn examples_find_nothing_at_the_reference_server() {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).unwrap();
    let examples = examples(SUITES).into_iter();
    for (number, example) in examples.filter(|it| it.kind == "cases").enumerate() {
        fs::write(cases.join(format!("{number}.yaml")), rule_of(&example.text)).unwrap();
    }
    let _server = Served::start(folder.path());
    let output = tokenspec(folder.path(), &["run", "my-as.yaml", "--suite", "cases"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn walk_through_comes_out_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut rules: Vec<PathBuf> = Vec::new();
    for example in examples(SUITES) {
        if let Some(name) = example.name.filter(|name| name.starts_with("house/")) {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, example.text).unwrap();
            rules.push(file);
        }
    }
    let _server = Served::start(folder.path());
    let run = ["run", "my-as.yaml", "--suite", "house"];
    let output = tokenspec(folder.path(), &run);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");

    let shorter = fs::read_to_string(&rules[0]).unwrap().replace("900", "60");
    fs::write(&rules[0], shorter).unwrap();
    let output = tokenspec(folder.path(), &run);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("FAIL house-short-lived-tokens"), "{said}");
}
