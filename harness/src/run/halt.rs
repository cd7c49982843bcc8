//! Why a variant ends before it is judged.

use crate::template::RenderProblem;

/// Why a variant ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Nothing can be concluded: a set-up step or the control failed.
    Inconclusive(String),
    /// The target can't show it after all; the reason names what is missing.
    Skipped(String),
    /// The exchange itself broke.
    Broken {
        /// The cause.
        cause: String,
        /// Whether another try may go better.
        again: bool,
    },
    /// The user interrupted the run.
    Interrupted,
}

impl Halt {
    /// No answer came. After a timeout another try would only cost as much time again.
    pub(super) fn silent(cause: impl Into<String>, outcome: &str) -> Self {
        Self::Broken {
            cause: cause.into(),
            again: outcome != "timeout",
        }
    }
}

impl From<RenderProblem> for Halt {
    fn from(problem: RenderProblem) -> Self {
        Self::Inconclusive(problem.to_string())
    }
}
