//! From verdicts to the exit code of a run (design: "Exit codes").

use crate::variant::VariantResult;
use crate::verdict::{Level, Verdict};

/// What makes a run exit with 1 (`--fail-on`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum FailOn {
    /// Any `fail`.
    #[default]
    Must,
    /// Any `fail` or `warn`.
    Should,
    /// No verdict at all; a stale baseline still does.
    Never,
}

/// What becomes of a `must` that ended `inconclusive` or `error` (`--allow-inconclusive`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Undecided {
    /// The run exits with 3.
    #[default]
    Refuse,
    /// It does not change the exit code, as long as something was judged.
    Allow,
}

/// Whether the run came to its end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Ending {
    /// Every planned variant had its turn.
    #[default]
    Complete,
    /// Ended early (Ctrl-C); the rest is `error: interrupted`.
    Interrupted,
}

/// The exit code of a run that could start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExitCode {
    /// 0: all that applies was judged, and nothing of `--fail-on` failed that is not known.
    Conforms,
    /// 1: it does not conform, or the baseline is stale.
    Deviates,
    /// 3: it can't be said.
    Undecided,
}

impl ExitCode {
    /// The number that the process exits with.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Deviates => 1,
            Self::Undecided => 3,
        }
    }
}

/// One reason why a run does not exit with 0; counts are of variants, or of baseline entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// So many variants ended `fail` and the baseline does not know them.
    Failed(u64),
    /// The run ended early.
    Interrupted,
    /// Nothing at all was judged.
    NothingJudged,
    /// So many baseline entries match no deviation any more.
    StaleBaseline(u64),
    /// So many variants of a `must` (or of a `vendor` rule) could not be judged.
    Undecided(u64),
    /// So many variants ended `warn`, which `--fail-on should` counts.
    Warned(u64),
}

impl Cause {
    fn exit_code(self) -> ExitCode {
        match self {
            Self::Failed(_) | Self::StaleBaseline(_) | Self::Warned(_) => ExitCode::Deviates,
            Self::Interrupted | Self::NothingJudged | Self::Undecided(_) => ExitCode::Undecided,
        }
    }
}

/// The exit code of a run and every reason for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conclusion {
    exit_code: ExitCode,
    causes: Vec<Cause>,
}

impl Conclusion {
    /// The exit code; 1 outranks 3.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        self.exit_code
    }

    /// The reasons, those for 1 first; empty when the exit code is 0.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    pub(crate) fn draw(results: &[VariantResult], rules: Policy, ending: Ending) -> Self {
        let unknown = |verdict| count(results, |result| is_unknown(result, verdict));
        let warned = match rules.fail_on {
            FailOn::Should => unknown(Verdict::Warn),
            FailOn::Must | FailOn::Never => 0,
        };
        let failed = match rules.fail_on {
            FailOn::Must | FailOn::Should => unknown(Verdict::Fail),
            FailOn::Never => 0,
        };
        let undecided = match rules.undecided {
            Undecided::Allow => 0,
            Undecided::Refuse => count(results, is_undecided),
        };
        let counted = [
            Cause::Failed(failed),
            Cause::Warned(warned),
            Cause::StaleBaseline(rules.stale),
            Cause::Undecided(undecided),
        ];
        let mut causes: Vec<Cause> = counted.into_iter().filter(|cause| cause.holds()).collect();
        if !results.iter().any(|result| result.verdict.is_judgement()) {
            causes.push(Cause::NothingJudged);
        }
        match ending {
            Ending::Interrupted => causes.push(Cause::Interrupted),
            Ending::Complete => {}
        }
        let exit_code = causes
            .first()
            .map_or(ExitCode::Conforms, |first| first.exit_code());
        Self { exit_code, causes }
    }
}

/// What the caller of a run asked for, as far as it bears on the exit code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) fail_on: FailOn,
    pub(crate) undecided: Undecided,
    /// Baseline entries that are stale.
    pub(crate) stale: u64,
}

impl Cause {
    fn holds(self) -> bool {
        match self {
            Self::Failed(n) | Self::StaleBaseline(n) | Self::Undecided(n) | Self::Warned(n) => {
                n > 0
            }
            Self::Interrupted | Self::NothingJudged => true,
        }
    }
}

fn count(results: &[VariantResult], holds: impl Fn(&VariantResult) -> bool) -> u64 {
    results.iter().map(|result| u64::from(holds(result))).sum()
}

fn is_unknown(result: &VariantResult, verdict: Verdict) -> bool {
    result.verdict == verdict && result.known.is_none()
}

/// A `vendor` rule counts as a `must` here, as it does for `fail`: it is demanded by a profile that
/// the user chose.
fn is_undecided(result: &VariantResult) -> bool {
    let demanded = match result.rule.level {
        Level::Must | Level::Vendor => true,
        Level::May | Level::Should => false,
    };
    demanded && (is_unknown(result, Verdict::Inconclusive) || is_unknown(result, Verdict::Error))
}
