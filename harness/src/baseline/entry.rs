//! One entry of a baseline.

use globset::GlobMatcher;
use jiff::civil::Date;
use tokenspec_report::{Known, Verdict};

use super::Outcome;

/// The reason of an entry that nobody has explained yet.
pub(super) const TODO: &str = "TODO";

/// Deviations that have one reason.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) rule: GlobMatcher,
    pub(super) case: Option<String>,
    pub(super) client: Option<String>,
    pub(super) verdict: Option<Verdict>,
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    pub(super) link: Option<String>,
    pub(super) until: Option<Date>,
    pub(super) line: usize,
}

impl Entry {
    /// The glob over rule ids, as it is written.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.rule.glob().glob()
    }

    /// The line of the file, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What a report says about a deviation that the entry covers.
    #[must_use]
    pub fn known(&self) -> Known {
        Known {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            link: self.link.clone(),
            until: self.until.map(|date| date.to_string()),
        }
    }

    /// Whether nobody has given a reason yet.
    #[must_use]
    pub fn is_unexplained(&self) -> bool {
        self.reason.trim() == TODO
    }

    /// Whether the last day is past.
    #[must_use]
    pub fn has_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether the entry covers anything on this day.
    pub(super) fn counts(&self, today: Date) -> bool {
        !self.is_unexplained() && !self.has_expired(today)
    }

    /// Whether the entry speaks of the variant, whatever the verdict.
    pub(super) fn concerns(&self, outcome: Outcome<'_>) -> bool {
        self.rule.is_match(outcome.rule)
            && self.case.as_deref().is_none_or(|case| case == outcome.case)
            && self
                .client
                .as_deref()
                .is_none_or(|client| outcome.client == Some(client))
    }

    /// Whether the entry speaks of the variant with this verdict.
    pub(super) fn describes(&self, outcome: Outcome<'_>) -> bool {
        let verdict = match self.verdict {
            Some(verdict) => verdict == outcome.verdict,
            None => matches!(outcome.verdict, Verdict::Fail | Verdict::Warn),
        };
        verdict && self.concerns(outcome)
    }
}
