//! Which rules are planned: profiles, and the flags that narrow them.

use globset::{Glob, GlobMatcher};

use super::PlannedRule;
use crate::suite::{Profile, Suite};
use crate::vocabulary::Level;

/// What the user selected; empty lists select all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--rule`: globs over rule ids.
    pub rules: Vec<String>,
    /// `--suite NAME`: names of built-in documents.
    pub documents: Vec<String>,
    /// `--level`: the lowest level.
    pub levels: Vec<Level>,
}

/// Why nothing can be selected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionProblem {
    /// No glob.
    #[error("`{0}` is no pattern for rule ids: {1}")]
    Pattern(String, String),
    /// A flag that selects nothing.
    #[error("`{flag} {value}` matches no rule{hint}")]
    Nothing {
        /// The flag.
        flag: &'static str,
        /// Its value.
        value: String,
        /// What is near.
        hint: String,
    },
    /// Two profiles disagree.
    #[error(
        "the profiles `{one}` and `{other}` set `{rule}` to different levels; choose one of them"
    )]
    Profiles {
        /// The first profile.
        one: String,
        /// The second.
        other: String,
        /// The rule.
        rule: String,
    },
    /// The chosen profiles have nothing of what `--rule` names.
    #[error(
        "`--rule {patterns}` matches no rule of the chosen profiles; `{id}` belongs to another profile"
    )]
    OtherProfile {
        /// The patterns.
        patterns: String,
        /// A rule that they match.
        id: String,
    },
    /// The flags together leave nothing.
    #[error(
        "`--rule`, `--suite`, `--level` and the profile together leave no rule to run; drop one of them"
    )]
    Together,
}

/// Selects rules, with their levels. Rules of the user's own suites need no profile.
///
/// # Errors
/// A flag that matches nothing, or profiles that disagree.
pub fn select(
    suite: &Suite,
    profiles: &[&Profile],
    selection: &Selection,
) -> Result<Vec<PlannedRule>, SelectionProblem> {
    let patterns = patterns(suite, &selection.rules)?;
    for name in &selection.documents {
        if !suite.rules.iter().any(|rule| rule.suite == *name) {
            return Err(nothing(
                "--suite",
                name,
                suite.rules.iter().map(|rule| rule.suite.as_str()),
            ));
        }
    }
    let mut planned = Vec::new();
    let mut outside = None;
    for (index, rule) in suite.rules.iter().enumerate() {
        let wanted = (patterns.is_empty() || patterns.iter().any(|glob| glob.is_match(&rule.id)))
            && (selection.documents.is_empty() || selection.documents.contains(&rule.suite));
        if !wanted {
            continue;
        }
        let level = if rule.own {
            Some(rule.source.level)
        } else {
            level_under(profiles, suite, index)?
        };
        match level {
            Some(level) if reaches(level, &selection.levels) => {
                planned.push(PlannedRule { rule: index, level });
            }
            Some(_) => {}
            None => outside = Some(rule.id.clone()),
        }
    }
    match (planned.is_empty(), outside) {
        (false, _) => Ok(planned),
        (true, Some(id)) if !selection.rules.is_empty() => Err(SelectionProblem::OtherProfile {
            patterns: selection.rules.join(" "),
            id,
        }),
        (true, _) => Err(SelectionProblem::Together),
    }
}

fn patterns(suite: &Suite, globs: &[String]) -> Result<Vec<GlobMatcher>, SelectionProblem> {
    let mut matchers = Vec::new();
    for glob in globs {
        let matcher = Glob::new(glob)
            .map_err(|why| SelectionProblem::Pattern(glob.clone(), why.kind().to_string()))?
            .compile_matcher();
        if !suite.rules.iter().any(|rule| matcher.is_match(&rule.id)) {
            return Err(nothing(
                "--rule",
                glob,
                suite.rules.iter().map(|rule| rule.id.as_str()),
            ));
        }
        matchers.push(matcher);
    }
    Ok(matchers)
}

fn nothing<'a>(
    flag: &'static str,
    value: &str,
    names: impl Iterator<Item = &'a str>,
) -> SelectionProblem {
    let hint = crate::diagnostic::nearest(value, names).map_or_else(
        || "; `tokenspec list` names them all".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    );
    SelectionProblem::Nothing {
        flag,
        value: value.to_owned(),
        hint,
    }
}

fn level_under(
    profiles: &[&Profile],
    suite: &Suite,
    index: usize,
) -> Result<Option<Level>, SelectionProblem> {
    let Some(rule) = suite.rules.get(index) else {
        return Ok(None);
    };
    let mut found: Option<(Level, &str)> = None;
    for profile in profiles.iter().filter(|profile| profile.includes(&rule.id)) {
        let level = profile.level(&rule.id).unwrap_or(rule.source.level);
        match found {
            Some((earlier, name)) if earlier != level => {
                return Err(SelectionProblem::Profiles {
                    one: name.to_owned(),
                    other: profile.name.clone(),
                    rule: rule.id.clone(),
                });
            }
            Some(_) => {}
            None => found = Some((level, &profile.name)),
        }
    }
    Ok(found.map(|(level, _)| level))
}

/// `should` means must, vendor and should; `may` means all.
fn reaches(level: Level, wanted: &[Level]) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|lowest| match lowest {
            Level::Must => level == Level::Must,
            Level::Vendor => level == Level::Vendor || level == Level::Must,
            Level::Should => level != Level::May,
            Level::May => true,
        })
}
