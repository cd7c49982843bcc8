//! Profiles: named selections of rules, with changed levels (docs/writing-suites.md, "Profiles").

use std::collections::BTreeMap;

use globset::Glob;
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
}

impl Profile {
    /// Whether it includes a rule.
    #[must_use]
    pub fn includes(&self, rule: &str) -> bool {
        self.file
            .rules
            .iter()
            .any(|glob| glob_matches(glob.as_str(), rule))
    }

    /// The level that it gives a rule, where it changes it.
    #[must_use]
    pub fn level(&self, rule: &str) -> Option<Level> {
        let mut levels = self.file.levels.iter();
        levels
            .find(|(glob, _)| glob_matches(glob, rule))
            .map(|(_, level)| *level)
    }
}

/// Whether a glob matches a rule id; what is no glob matches nothing.
#[must_use]
pub fn glob_matches(glob: &str, rule: &str) -> bool {
    Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(rule))
}
