//! The plan: suite × target → variants, and what is set aside with its reason. Pure.

mod applicable;
mod budget;
mod clients;
mod expand;
mod one;
mod select;
mod shard;
mod sources;
mod thin;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::suite::change::Change;
use crate::vocabulary::{Grant, Level};

pub use budget::{Budget, cost, failed_authentications, share};
pub use clients::ONE_PER_METHOD;
pub use expand::{Context, expand};
pub use one::ONE;
pub use select::{Selection, SelectionProblem, select};
pub use shard::shard;
pub use sources::NAMES as SOURCE_NAMES;
pub use thin::thin;

/// A rule of the plan: where it stands in the suite, and its level under the chosen profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedRule {
    /// Index of the rule in the suite.
    pub rule: usize,
    /// Its level under the profiles.
    pub level: Level,
}

/// One entry of the plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The rule.
    pub rule: PlannedRule,
    /// Index of the case in the rule.
    pub case: usize,
    /// Who, what and where.
    pub variant: Variant,
    /// Why it is not run, if so.
    pub skip: Option<String>,
}

/// One case for one client, grant, binding and deviation.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// The same in every run.
    pub id: String,
    /// The request of a client that the target does not know: what a bare URL can show (design §3).
    pub stranger: bool,
    /// Index of the client in the target.
    pub client: Option<usize>,
    /// Index of the second client.
    pub other: Option<usize>,
    /// The grant of its baseline.
    pub grant: Option<Grant>,
    /// What `for_each` bound: name to members (`""` is the value itself).
    pub bindings: BTreeMap<String, Binding>,
    /// The label and the change of the deviation.
    pub deviation: Option<(String, Arc<Change>)>,
}

/// The members of a bound value; the empty name is the value itself.
pub type Binding = BTreeMap<String, String>;

impl Variant {
    /// The parameter that `for_each` bound.
    #[must_use]
    pub fn parameter(&self) -> Option<String> {
        self.bindings
            .get("parameter")
            .and_then(|binding| binding.get(""))
            .cloned()
    }

    /// The other bindings and the deviation's label.
    #[must_use]
    pub fn position(&self) -> Option<String> {
        let mut words: Vec<String> = self
            .bindings
            .iter()
            .filter(|(name, _)| *name != "parameter")
            .map(|(name, binding)| format!("{name} {}", shown(binding)))
            .collect();
        words.extend(self.deviation.iter().map(|(label, _)| label.clone()));
        words.retain(|word| !word.is_empty());
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// A binding in a few characters.
fn shown(binding: &Binding) -> String {
    match binding.get("") {
        Some(value) => value.clone(),
        None => binding.values().cloned().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
pub(crate) mod tests;
