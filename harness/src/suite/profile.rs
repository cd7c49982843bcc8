//! Profiles: named selections of rules, with changed levels (docs/writing-suites.md, "Profiles").

use std::collections::BTreeMap;

use globset::{Glob, GlobMatcher};
use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Text;
use crate::vocabulary::Level;

/// A profile file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// What it is for, in a sentence.
    pub summary: String,
    /// Globs of rule ids.
    pub rules: Vec<Text>,
    /// Globs of rule ids whose level is another one here.
    #[serde(default)]
    pub levels: BTreeMap<String, Level>,
    /// Capability words that the choice of this profile grants.
    #[serde(default)]
    pub declares: Vec<Text>,
}

/// A profile with its name.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The stem of its file.
    pub name: String,
    /// Its contents.
    pub file: ProfileFile,
    rules: Vec<GlobMatcher>,
    levels: Vec<(GlobMatcher, Level)>,
}

impl Profile {
    /// A profile; what is no glob matches nothing.
    #[must_use]
    pub fn new(name: &str, file: ProfileFile) -> Self {
        let rules = file.rules.iter().filter_map(|glob| matcher(glob.as_str()));
        let levels = file.levels.iter();
        let levels = levels.filter_map(|(glob, level)| Some((matcher(glob)?, *level)));
        Self {
            rules: rules.collect(),
            levels: levels.collect(),
            name: name.to_owned(),
            file,
        }
    }

    /// Whether it includes a rule.
    #[must_use]
    pub fn includes(&self, rule: &str) -> bool {
        self.rules.iter().any(|glob| glob.is_match(rule))
    }

    /// The level that it gives a rule, where it changes it.
    #[must_use]
    pub fn level(&self, rule: &str) -> Option<Level> {
        let mut levels = self.levels.iter();
        levels
            .find(|(glob, _)| glob.is_match(rule))
            .map(|(_, level)| *level)
    }
}

/// Whether a glob matches a rule id; what is no glob matches nothing.
#[must_use]
pub fn glob_matches(glob: &str, rule: &str) -> bool {
    matcher(glob).is_some_and(|glob| glob.is_match(rule))
}

fn matcher(glob: &str) -> Option<GlobMatcher> {
    Glob::new(glob).ok().map(|glob| glob.compile_matcher())
}
