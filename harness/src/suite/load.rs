//! Suites from the program itself and from a user's folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::{KnownVulnerability, Profile, Rule, Suite, parse_profile, parse_rule};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::side_by_side;
use crate::yaml;

include!(concat!(env!("OUT_DIR"), "/suites.rs"));

/// The built-in file that holds no rule.
const VULNERABILITIES: &str = "known-vulnerabilities.yaml";

/// The built-in suites.
///
/// # Errors
/// A built-in file with a mistake: a defect of this program, which its tests find.
pub fn built_in() -> Result<Suite, Diagnostics> {
    let mut suite = Suite::default();
    let mut problems = Diagnostics::default();
    let read = side_by_side::in_order(FILES, |(path, text)| {
        let file = format!("suites/{path}");
        Some(if *path == VULNERABILITIES {
            yaml::from_str(text, &file).map(Part::Vulnerabilities)
        } else {
            part(path, &file, text)
        })
    });
    for part in read {
        match part {
            Ok(part) => add(&mut suite, part),
            Err(more) => problems.extend(more),
        }
    }
    same_as_exists(&suite, &mut problems);
    problems.into_result(suite)
}

/// A user's own suite: a folder of rule files, a folder of such folders, or one file.
///
/// # Errors
/// A path that can't be read, no rule in it, or any mistake in any file.
pub fn own(path: &Path) -> Result<Suite, Diagnostics> {
    let mut files = Vec::new();
    collect(path, &mut files).map_err(|why| {
        Diagnostics::from(Diagnostic::of_file(
            path.display().to_string(),
            format!("can't be read: {why}"),
            "name a folder of rule files, or one rule file",
        ))
    })?;
    files.sort();
    let mut suite = Suite::default();
    let mut problems = Diagnostics::default();
    for file in &files {
        let name = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => match part(&relative(file), &name, &text) {
                Ok(part) => add(&mut suite, part),
                Err(more) => problems.extend(more),
            },
            Err(why) => problems.push(Diagnostic::of_file(
                name,
                format!("can't be read: {why}"),
                "",
            )),
        }
    }
    if suite.rules.is_empty() && problems.is_empty() {
        problems.push(Diagnostic::of_file(
            path.display().to_string(),
            "there is no rule in it",
            "a rule is a YAML file; docs/writing-suites.md shows one",
        ));
    }
    for rule in &mut suite.rules {
        rule.own = true;
    }
    problems.into_result(suite)
}

/// Folder and file name, absolute where the path alone does not tell the folder.
fn relative(file: &Path) -> String {
    let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let stem = |path: Option<&Path>| {
        path.and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned())
    };
    let folder = stem(whole.parent()).unwrap_or_else(|| "own".to_owned());
    format!("{folder}/{}", stem(Some(&whole)).unwrap_or_default())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        fs::metadata(path)?;
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        let yaml = entry
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        if entry.is_dir() || yaml {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

/// What a file holds.
enum Part {
    Profile(Profile),
    Rule(Rule),
    Vulnerabilities(Vec<KnownVulnerability>),
}

fn add(suite: &mut Suite, part: Part) {
    match part {
        Part::Profile(profile) => suite.profiles.push(profile),
        Part::Rule(rule) => suite.rules.push(rule),
        Part::Vulnerabilities(known) => suite.vulnerabilities = known,
    }
}

/// What a file says that is no list of vulnerabilities.
fn part(path: &str, file: &str, text: &str) -> Result<Part, Diagnostics> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("own", path));
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let slug = name.trim_end_matches(".yaml").trim_end_matches(".yml");
    if folder == "profiles" {
        return parse_profile(text, file, slug).map(Part::Profile);
    }
    parse_rule(text, file, folder, slug).map(Part::Rule)
}

fn same_as_exists(suite: &Suite, problems: &mut Diagnostics) {
    for rule in &suite.rules {
        if let Some(id) = &rule.same_as
            && suite
                .rule_named(id)
                .is_none_or(|twin| twin.cases.is_empty())
        {
            problems.push(Diagnostic::of_file(
                &rule.file,
                format!("`same_as` names `{id}`, which is no rule with cases"),
                "",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_files_load() {
        if let Err(problems) = built_in() {
            panic!("{problems:#?}");
        }
    }
}
