//! Why a command could not start (exit code 2).

use crate::diagnostic::Diagnostics;
use crate::plan::SelectionProblem;

/// A command could not start: usage, or files.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// What is wrong with files.
    #[error("{0}")]
    Files(Diagnostics),
    /// What is wrong with flags.
    #[error("error: {0}")]
    Flags(String),
    /// The flags leave no rule for the profiles of a target.
    #[error("error: {0}")]
    NoRule(String),
}

impl From<Diagnostics> for UsageError {
    fn from(problems: Diagnostics) -> Self {
        Self::Files(problems)
    }
}

impl From<SelectionProblem> for UsageError {
    fn from(problem: SelectionProblem) -> Self {
        match &problem {
            SelectionProblem::OtherProfile { .. } | SelectionProblem::Together => {
                Self::NoRule(problem.to_string())
            }
            SelectionProblem::Nothing { .. }
            | SelectionProblem::Pattern(..)
            | SelectionProblem::Profiles { .. } => Self::Flags(problem.to_string()),
        }
    }
}
