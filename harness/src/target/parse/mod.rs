//! From the text of a target file to the model, or to every problem in it.
//!
//! The first pass reads the YAML and stops at the first problem of its shape; the second checks
//! what needs more than one value, and finds all problems. Neither touches the system but through
//! [`Surroundings`].

mod access_token_manager;
mod client;
mod credential;
mod hook;
mod section;

use std::collections::BTreeSet;

use super::{Surroundings, Target, file::TargetFile};
use crate::{
    diagnostic::{Diagnostics, Source, Spot, nearest},
    yaml::{self, Located},
};

/// Reads the text of a target file. `file` is the name to show.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn parse(
    text: &str,
    file: &str,
    surroundings: &dyn Surroundings,
) -> Result<Target, Diagnostics> {
    let written: TargetFile = yaml::from_str(text, file)?;
    let source = Source::new(file, text);
    let mut reader = Reader {
        source,
        surroundings,
        problems: Diagnostics::new(),
    };
    let target = reader.target(written);
    reader.problems.into_result(target)
}

/// What the second pass has at hand, and what it found.
struct Reader<'a> {
    source: Source<'a>,
    surroundings: &'a dyn Surroundings,
    problems: Diagnostics,
}

impl Reader<'_> {
    fn problem(&mut self, spot: Spot, message: impl Into<String>, advice: impl Into<String>) {
        if !self.problems.is_full() {
            let problem = self.source.problem(spot, message, advice);
            self.problems.push(problem);
        }
    }

    /// Complains unless the name is one of the known ones.
    fn check_name<'n>(
        &mut self,
        name: &Located<String>,
        kind: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.collect();
        if known.contains(&name.value.as_str()) {
            return;
        }
        let meant = nearest(&name.value, known.iter().copied())
            .map(|near| format!("did you mean `{near}`? "))
            .unwrap_or_default();
        let advice = if known.is_empty() {
            format!("the file has no {kind}")
        } else {
            format!("{meant}the file has: {}", known.join(", "))
        };
        self.problem(
            name.spot,
            format!("there is no {kind} `{}`", name.value),
            advice,
        );
    }

    /// Complains of every value that an earlier one repeats.
    fn check_unique<'v>(&mut self, kind: &str, values: impl Iterator<Item = &'v Located<String>>) {
        let mut seen = BTreeSet::new();
        for value in values {
            if !seen.insert(value.value.as_str()) {
                self.problem(
                    value.spot,
                    format!("repeated {kind} `{}`", value.value),
                    "each may be there once",
                );
            }
        }
    }
}

/// The value of an optional located value.
fn value<T>(located: Option<Located<T>>) -> Option<T> {
    located.map(|located| located.value)
}

#[cfg(test)]
mod messages;
#[cfg(test)]
mod tests;
