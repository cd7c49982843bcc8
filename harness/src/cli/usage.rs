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
}

impl From<Diagnostics> for UsageError {
    fn from(problems: Diagnostics) -> Self {
        Self::Files(problems)
    }
}

impl From<SelectionProblem> for UsageError {
    fn from(problem: SelectionProblem) -> Self {
        Self::Flags(problem.to_string())
    }
}
