//! The words that one target has.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Capability, DerivedFacts, Source, find, words};
use crate::{
    target::{Client, Target},
    vocabulary::Grant,
};

/// The words that a target has, as far as it is known now.
#[derive(Clone, Debug)]
pub struct CapabilitySet<'a> {
    target: &'a Target,
    present: Arc<BTreeSet<&'static str>>,
}

/// The words that the target has by its file, its profiles, and what was learnt.
#[must_use]
pub fn capabilities<'a>(target: &'a Target, facts: &DerivedFacts) -> CapabilitySet<'a> {
    let present = words()
        .into_iter()
        .filter(|capability| holds(capability, target, facts))
        .map(|capability| capability.word)
        .collect();
    CapabilitySet {
        target,
        present: Arc::new(present),
    }
}

fn holds(capability: &Capability, target: &Target, facts: &DerivedFacts) -> bool {
    let word = capability.word;
    let granted = || target.supports.granted.contains(word) || facts.declares(word);
    let has = match capability.source {
        Source::Keys(shows) => shows(target),
        Source::Shown(shows) => shows(target) || granted(),
        Source::Grant(_) | Source::Auth(_) | Source::Client(_) | Source::ClientOrAll(_) => target
            .clients
            .iter()
            .any(|client| capability.of_client(target, client, None) == Some(true)),
        Source::Learnt(fact) => facts.knows(fact) || granted(),
        Source::Profile => facts.declares(word),
        Source::Supports => granted(),
        Source::Nothing => false,
    };
    has && !target.supports.denied.contains(word)
}

impl<'a> CapabilitySet<'a> {
    /// The set of a target whose words are known from before.
    #[must_use]
    pub const fn known(target: &'a Target, present: Arc<BTreeSet<&'static str>>) -> Self {
        Self { target, present }
    }
}

impl CapabilitySet<'_> {
    /// The words by themselves.
    #[must_use]
    pub fn words(&self) -> Arc<BTreeSet<&'static str>> {
        Arc::clone(&self.present)
    }

    /// Whether the target has the word. Unknown words nobody has: ask [`find`] first.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.present.contains(word)
    }

    /// The words that it has, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.present.iter().copied()
    }

    /// Whether the client has the word: its own property, or else one of the target. A word that
    /// depends on a grant (`two_scopes`) holds if it does for one of the client's grants.
    #[must_use]
    pub fn client_has(&self, client: &Client, word: &str) -> bool {
        self.holds_for(client, word, None)
    }

    /// As [`Self::client_has`], for a request of this grant.
    #[must_use]
    pub fn client_has_for(&self, client: &Client, word: &str, grant: Grant) -> bool {
        self.holds_for(client, word, Some(grant))
    }

    fn holds_for(&self, client: &Client, word: &str, grant: Option<Grant>) -> bool {
        let own = find(word)
            .ok()
            .and_then(|word| word.of_client(self.target, client, grant));
        match own {
            Some(own) => own && !self.target.supports.denied.contains(word),
            None => self.has(word),
        }
    }

    /// Why the target lacks the word, and which key would grant it.
    #[must_use]
    pub fn reason_missing(&self, word: &str) -> String {
        let capability = match find(word) {
            Ok(capability) => capability,
            Err(unknown) => return format!("{unknown}: {}", unknown.advice()),
        };
        if self.target.supports.denied.contains(word) {
            return format!("needs `{word}`: the target file denies it (`supports: [-{word}]`)");
        }
        format!("needs `{word}`: {}", capability.how_to_grant())
    }
}
