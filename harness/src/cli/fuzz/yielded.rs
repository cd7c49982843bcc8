//! What a campaign found so far, and what it reached.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::confirm::Finding;
use crate::fuzz::{Cause, Tally};

/// What was found so far, and what was reached.
#[derive(Debug, Default)]
pub(super) struct Yield {
    pub(super) tally: Tally,
    pub(super) distinct: HashSet<u64>,
    pub(super) findings: Vec<Finding>,
    /// Requests that had been sent when the first finding was confirmed.
    pub(super) first: Option<u64>,
    /// How often each mutation was judged.
    pub(super) judged: HashMap<String, u64>,
    /// Valid requests that were refused, as notices.
    pub(super) refused: Vec<String>,
    /// How often a mutation was answered otherwise than by the peer: the mutation, our class, the peer's.
    pub(super) differences: BTreeMap<(String, String, String), u64>,
    /// How often it was tried to confirm a deviation by a form of its mutation.
    pub(super) tried: HashMap<(Cause, String), u32>,
}

impl Yield {
    /// Deviations that did not come again, as lines.
    pub(super) fn unconfirmed(&self) -> Vec<String> {
        let found = |cause: &Cause| self.findings.iter().any(|it| it.cause == *cause);
        let mut lines: Vec<String> = self
            .tried
            .keys()
            .filter(|(cause, _)| !found(cause))
            .map(|(cause, form)| {
                format!(
                    "seen once, and not again with fresh controls: {} ({}), answered {}",
                    form, cause.rule, cause.answer
                )
            })
            .collect();
        lines.sort();
        lines
    }
}
