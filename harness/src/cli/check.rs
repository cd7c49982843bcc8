//! `tokenspec check`: target, suite and baseline files, told apart by their keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::de::IgnoredAny;

use super::args::CheckArgs;
use super::exit_code::ExitCode;
use super::output::{print, say};
use super::usage::UsageError;
use crate::baseline;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::suite::{Suite, load};
use crate::{suite, target, yaml};

/// Runs the command: a line on stdout for each file without a mistake, every mistake on stderr.
///
/// # Errors
/// The built-in suites can't be read: a defect of this program.
pub fn run(args: &CheckArgs) -> Result<ExitCode, UsageError> {
    let built_in = load::built_in()?;
    let mut code = ExitCode::Success;
    for path in &args.files {
        match check(path, &built_in) {
            Ok(line) => print(&format!("{}: {line}\n", path.display())),
            Err(problems) => {
                say(&problems.to_string());
                code = ExitCode::CannotStart;
            }
        }
    }
    Ok(code)
}

/// What a file is, and that it is right.
fn check(path: &Path, built_in: &Suite) -> Result<String, UsageError> {
    if path.is_dir() {
        return own_rules(path, built_in);
    }
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        let why = target::unreadable(&error);
        Diagnostics::from(Diagnostic::of_file(
            &name,
            format!("the file can't be read: {why}"),
            ADVICE,
        ))
    })?;
    match Kind::of(&text, &name)? {
        Kind::Baseline => known(&text, &name, built_in),
        Kind::Profile => profile(&text, &name, path, built_in),
        Kind::Rule => own_rules(path, built_in),
        Kind::Target => self::target(path, built_in),
    }
}

const ADVICE: &str = "a target file has `token_endpoint`, a rule `source` and `rule`, a profile `summary` and `rules`, a baseline `known`";

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Baseline,
    Profile,
    Rule,
    Target,
}

impl Kind {
    /// The keys that only this kind has, or that tell it best.
    const MARKS: &'static [(Self, &'static [&'static str])] = &[
        (Self::Target, &["token_endpoint", "clients", "endpoints"]),
        (
            Self::Rule,
            &["rule", "source", "cases", "same_as", "not_observable"],
        ),
        (Self::Profile, &["summary", "declares", "levels"]),
        (Self::Baseline, &["known"]),
    ];

    fn of(text: &str, file: &str) -> Result<Self, Diagnostics> {
        let keys: BTreeMap<String, IgnoredAny> = yaml::from_str(text, file)?;
        let marks = |marks: &[&str]| {
            marks
                .iter()
                .filter(|mark| keys.contains_key(**mark))
                .count()
        };
        let mut best: Option<(usize, Self)> = None;
        for (kind, of_kind) in Self::MARKS {
            let count = marks(of_kind);
            if count > best.map_or(0, |(most, _)| most) {
                best = Some((count, *kind));
            }
        }
        best.map(|(_, kind)| kind).ok_or_else(|| {
            let message = "this is no file that tokenspec knows";
            Diagnostic::of_file(file, message, ADVICE).into()
        })
    }
}

fn target(path: &Path, built_in: &Suite) -> Result<String, UsageError> {
    let target = target::load(path)?;
    super::engine::profiles_of_file(built_in, &target)?;
    Ok(format!(
        "a target file with {}, no mistake found",
        count(target.clients.len(), "client")
    ))
}

/// A file or folder of rules. What they name must be there, among them or built in.
fn own_rules(path: &Path, built_in: &Suite) -> Result<String, UsageError> {
    let own = load::own(path)?;
    check_twins(&own, built_in)?;
    let cases = own.rules.iter().map(|rule| rule.cases.len()).sum();
    let line = match own.rules.as_slice() {
        [rule] => format!("the rule `{}` with {}", rule.id, count(cases, "case")),
        rules => format!(
            "{} with {}",
            count(rules.len(), "rule"),
            count(cases, "case")
        ),
    };
    Ok(line + ", no mistake found")
}

/// Complains of rules whose `same_as` names nothing.
///
/// # Errors
/// Each of them.
pub(super) fn check_twins(own: &Suite, built_in: &Suite) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::new();
    for rule in &own.rules {
        let Some(twin) = &rule.same_as else { continue };
        let there = |suite: &Suite| {
            suite
                .rule_named(twin)
                .is_some_and(|it| !it.cases.is_empty())
        };
        if !there(own) && !there(built_in) {
            let message = format!("`same_as` names `{twin}`, which is no rule with cases");
            problems.push(Diagnostic::of_file(
                &rule.file,
                message,
                "`tokenspec list` has the rules",
            ));
        }
    }
    problems.into_result(())
}

fn profile(text: &str, file: &str, path: &Path, built_in: &Suite) -> Result<String, UsageError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let profile = suite::parse_profile(text, file, &name)?;
    let rules = &built_in.rules;
    let included = rules
        .iter()
        .filter(|rule| profile.includes(&rule.id))
        .count();
    Ok(format!(
        "the profile `{name}` with {}, no mistake found",
        count(included, "built-in rule")
    ))
}

fn known(text: &str, file: &str, built_in: &Suite) -> Result<String, UsageError> {
    let baseline = baseline::check(text, file)?;
    let mut line = format!(
        "a baseline with {}, no mistake found",
        count(baseline.entries().len(), "entry")
    );
    for entry in baseline.entries() {
        let glob = entry.rule();
        let matches = |rule: &suite::Rule| suite::glob_matches(glob, &rule.id);
        if !built_in.rules.iter().any(matches) {
            let place = entry.line();
            line += &format!("\n  note: line {place}: `{glob}` matches no built-in rule");
        }
    }
    Ok(line)
}

fn count(number: usize, noun: &str) -> String {
    match (number, noun) {
        (1, noun) => format!("1 {noun}"),
        (number, "entry") => format!("{number} entries"),
        (number, noun) => format!("{number} {noun}s"),
    }
}
