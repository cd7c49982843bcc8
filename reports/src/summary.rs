//! Counts of verdicts.

use crate::variant::VariantResult;
use crate::verdict::Verdict;

/// How many variants, or how many rules, ended with each verdict.
///
/// The seven verdicts add up to the total. `known` counts again those of `fail`, `warn`,
/// `inconclusive` and `error` that the baseline explains.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Conforming.
    pub pass: u64,
    /// Broke a `must` or a `vendor` rule.
    pub fail: u64,
    /// Broke a `should`.
    pub warn: u64,
    /// Choices that the document leaves open.
    pub info: u64,
    /// Not applicable to the target.
    pub skipped: u64,
    /// Could not be told.
    pub inconclusive: u64,
    /// The exchange itself broke.
    pub error: u64,
    /// Of the deviations above, those that the baseline explains.
    pub known: u64,
}

impl Summary {
    /// The count of one verdict.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Error => self.error,
            Verdict::Fail => self.fail,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::Info => self.info,
            Verdict::Pass => self.pass,
            Verdict::Skipped => self.skipped,
            Verdict::Warn => self.warn,
        }
    }

    /// All that was planned: the sum of the seven verdicts.
    #[must_use]
    pub fn planned(&self) -> u64 {
        Verdict::ALL.iter().map(|verdict| self.of(*verdict)).sum()
    }

    /// What was judged: neither skipped nor inconclusive nor broken.
    #[must_use]
    pub fn judged(&self) -> u64 {
        self.pass + self.fail + self.warn + self.info
    }

    /// What a baseline may explain: fail, warn, inconclusive and error.
    #[must_use]
    pub fn deviating(&self) -> u64 {
        self.fail + self.warn + self.inconclusive + self.error
    }

    /// Whether something deviates and the baseline explains all of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known > 0 && self.known == self.deviating()
    }

    pub(crate) fn add(&mut self, result: &VariantResult) {
        self.add_one(result.verdict);
        self.known += u64::from(result.known.is_some());
    }

    pub(crate) fn add_one(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Error => &mut self.error,
            Verdict::Fail => &mut self.fail,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Info => &mut self.info,
            Verdict::Pass => &mut self.pass,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Warn => &mut self.warn,
        };
        *count += 1;
    }
}
