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

    fn holds(self) -> bool {
        match self {
            Self::Failed(n) | Self::StaleBaseline(n) | Self::Undecided(n) | Self::Warned(n) => {
                n > 0
            }
            Self::Interrupted | Self::NothingJudged => true,
        }
    }
}

/// A deviation that did not count, and why; counts are of variants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Allowance {
    /// So many are known by the baseline.
    Known(u64),
    /// So many ended `fail`, which `--fail-on never` does not count.
    Failed(u64),
    /// So many ended `warn`, which the chosen `--fail-on` does not count.
    Warned(u64),
    /// So many of a `must` (or of a `vendor` rule) could not be judged, which
    /// `--allow-inconclusive` allows.
    Undecided(u64),
    /// So many of a `should` or a `may` could not be judged, which never counts.
    Optional(u64),
}

impl Allowance {
    fn holds(self) -> bool {
        match self {
            Self::Failed(n)
            | Self::Known(n)
            | Self::Optional(n)
            | Self::Undecided(n)
            | Self::Warned(n) => n > 0,
        }
    }
}

/// The exit code of a run, every reason for it, and what was let through.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conclusion {
    exit_code: ExitCode,
    causes: Vec<Cause>,
    allowances: Vec<Allowance>,
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

    /// What deviates and did not count.
    #[must_use]
    pub fn allowances(&self) -> &[Allowance] {
        &self.allowances
    }

    pub(crate) fn draw(results: &[VariantResult], policy: Policy, ending: Ending) -> Self {
        let tally = Tally::of(results);
        let (failed, failed_anyway) = match policy.fail_on {
            FailOn::Must | FailOn::Should => (tally.failed, 0),
            FailOn::Never => (0, tally.failed),
        };
        let (warned, warned_anyway) = match policy.fail_on {
            FailOn::Should => (tally.warned, 0),
            FailOn::Must | FailOn::Never => (0, tally.warned),
        };
        let (undecided, undecided_anyway) = match policy.undecided {
            Undecided::Refuse => (tally.undecided, 0),
            Undecided::Allow => (0, tally.undecided),
        };
        let mut causes = vec![
            Cause::Failed(failed),
            Cause::Warned(warned),
            Cause::StaleBaseline(policy.stale),
            Cause::Undecided(undecided),
        ];
        causes.retain(|cause| cause.holds());
        causes.extend((tally.judged == 0).then_some(Cause::NothingJudged));
        causes.extend((ending == Ending::Interrupted).then_some(Cause::Interrupted));
        let mut allowances = vec![
            Allowance::Known(tally.known),
            Allowance::Failed(failed_anyway),
            Allowance::Warned(warned_anyway),
            Allowance::Undecided(undecided_anyway),
            Allowance::Optional(tally.optional),
        ];
        allowances.retain(|allowance| allowance.holds());
        let exit_code = causes
            .first()
            .map_or(ExitCode::Conforms, |first| first.exit_code());
        Self {
            exit_code,
            causes,
            allowances,
        }
    }
}

/// What the caller of a run asked for, as far as it bears on the exit code.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) fail_on: FailOn,
    pub(crate) undecided: Undecided,
    /// Baseline entries that are stale.
    pub(crate) stale: u64,
}

/// Variants by what they mean for the exit code.
#[derive(Default)]
struct Tally {
    judged: u64,
    known: u64,
    failed: u64,
    warned: u64,
    undecided: u64,
    optional: u64,
}

impl Tally {
    fn of(results: &[VariantResult]) -> Self {
        let mut tally = Self::default();
        for result in results {
            tally.judged += u64::from(result.verdict.is_judgement());
            if let Some(count) = tally.count_for(result) {
                *count += 1;
            }
        }
        tally
    }

    fn count_for(&mut self, result: &VariantResult) -> Option<&mut u64> {
        if result.known.is_some() {
            return Some(&mut self.known);
        }
        match result.verdict {
            Verdict::Fail => Some(&mut self.failed),
            Verdict::Warn => Some(&mut self.warned),
            Verdict::Error | Verdict::Inconclusive => Some(match result.rule.level {
                // A vendor rule is demanded by a profile that the user chose: it counts as a
                // `must` here, as it does for `fail`.
                Level::Must | Level::Vendor => &mut self.undecided,
                Level::May | Level::Should => &mut self.optional,
            }),
            Verdict::Info | Verdict::Pass | Verdict::Skipped => None,
        }
    }
}

#[cfg(test)]
mod tests;
