//! Entries that are no longer true.

use tokenspec_report::Verdict;

use super::{Baseline, Entry, Outcome};

/// An entry to be removed.
#[derive(Clone, Copy, Debug)]
pub struct Stale<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// What is wrong with it.
    pub reason: StaleReason,
}

/// Why an entry is stale.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StaleReason {
    /// Its pattern matches no rule.
    NoSuchRule,
    /// What it speaks of was judged, and nothing of it deviates.
    NothingDeviates,
}

impl std::fmt::Display for StaleReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoSuchRule => "no rule has such an id",
            Self::NothingDeviates => "what it speaks of conforms now",
        })
    }
}

impl Baseline {
    /// The entries that are stale after a whole run: `rules` are the ids of all rules there are,
    /// planned or not. Of a run that was cut short or is one of several shards, nothing follows.
    ///
    /// An entry is kept while anything that it speaks of ended `inconclusive` or `error`: whether
    /// that still deviates is not known.
    #[must_use]
    pub fn stale(&self, rules: &[&str], outcomes: &[Outcome<'_>]) -> Vec<Stale<'_>> {
        self.entries
            .iter()
            .filter_map(|entry| {
                let reason = staleness(entry, rules, outcomes)?;
                Some(Stale { entry, reason })
            })
            .collect()
    }
}

fn staleness(entry: &Entry, rules: &[&str], outcomes: &[Outcome<'_>]) -> Option<StaleReason> {
    if !rules.iter().any(|rule| entry.rule.is_match(rule)) {
        return Some(StaleReason::NoSuchRule);
    }
    let mut judged = outcomes
        .iter()
        .filter(|outcome| entry.concerns(**outcome) && outcome.verdict != Verdict::Skipped)
        .peekable();
    judged.peek()?;
    let open = judged.any(|outcome| {
        entry.describes(*outcome)
            || matches!(outcome.verdict, Verdict::Inconclusive | Verdict::Error)
    });
    (!open).then_some(StaleReason::NothingDeviates)
}
