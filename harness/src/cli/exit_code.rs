//! What the process exits with: the one list of exit codes (design §5).
//!
//! | code | `run` | other commands |
//! | --- | --- | --- |
//! | 0 | conforms: all that applies was judged, and nothing of `--fail-on` failed that the baseline does not know | done; `doctor`: everything works; `mutants`: every defect was found by its own rule; `selftest`: nothing passed for a refusal; `check`: no mistake |
//! | 1 | does not conform, or the baseline is stale | `doctor`: something does not work; `mutants`: not every defect was found by its own rule; `selftest`: something passed for a refusal |
//! | 2 | could not start: usage, or files | could not start; `check`: a mistake in a file |
//! | 3 | can't be said: a `must` that applies ended `inconclusive` or `error`, or nothing at all was judged | never |
//!
//! 1 outranks 3. A program that is ended by a signal has the code that the system gives it.

/// What the process exits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// 0: conforms, or done.
    Success,
    /// 1: something deviates.
    Deviation,
    /// 2: the command could not start, or a file has a mistake.
    CannotStart,
    /// 3: it can't be said whether the target conforms.
    Undecided,
}

impl ExitCode {
    /// The number that the process exits with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Deviation => 1,
            Self::CannotStart => 2,
            Self::Undecided => 3,
        }
    }
}

impl From<tokenspec_report::ExitCode> for ExitCode {
    fn from(code: tokenspec_report::ExitCode) -> Self {
        match code {
            tokenspec_report::ExitCode::Conforms => Self::Success,
            tokenspec_report::ExitCode::Deviates => Self::Deviation,
            tokenspec_report::ExitCode::Undecided => Self::Undecided,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_of_a_run_keep_the_number_that_the_report_gives() {
        for code in [
            tokenspec_report::ExitCode::Conforms,
            tokenspec_report::ExitCode::Deviates,
            tokenspec_report::ExitCode::Undecided,
        ] {
            assert_eq!(ExitCode::from(code).number(), code.number());
        }
    }
}
