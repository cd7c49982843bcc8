//! Known deviations: a file of patterns, each with a reason.
//!
//! A known deviation keeps its verdict and does not fail a run; an entry that is no longer true
//! fails it. Everything but `load` is a function of texts and outcomes.

mod entry;
mod file;
mod load;
mod parse;
mod rewrite;
mod staleness;

use jiff::civil::Date;
use tokenspec_report::Verdict;

pub use self::{
    entry::Entry,
    load::load,
    parse::{check, parse},
    rewrite::updated,
    staleness::{Stale, StaleReason},
};

/// What became of one variant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Outcome<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The case's name.
    pub case: &'a str,
    /// The name of the client in the target file, where there is one.
    pub client: Option<&'a str>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A file of known deviations.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
}

impl Baseline {
    /// Nothing is known.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// The entries in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The first entry that covers the outcome on this day. An entry without a true reason, or
    /// past its last day, covers nothing.
    #[must_use]
    pub fn covers(&self, outcome: Outcome<'_>, today: Date) -> Option<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.counts(today))
            .find(|entry| entry.describes(outcome))
    }

    /// The JSON Schema of baseline files.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        crate::schema::of::<file::BaselineFile>()
    }
}

#[cfg(test)]
mod tests;
