//! What the judge may ask about the run around an exchange.

use super::saved::Values;
use crate::judge::{Observation, Surroundings};
use crate::target::capability::CapabilitySet;
use crate::template::{Rendered, Scope};

/// The values of a variant, its control, and what target and client can do.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub values: &'a Values<'a>,
    pub capabilities: &'a CapabilitySet<'a>,
    pub control: Option<&'a Observation>,
}

impl Scope for Around<'_> {
    fn lookup(&self, path: &[String]) -> Option<Rendered> {
        self.values.lookup(path)
    }

    fn random(&self, length: usize) -> String {
        self.values.random(length)
    }

    fn atm_match(&self, uri: &str) -> String {
        self.values.atm_match(uri)
    }
}

impl Surroundings for Around<'_> {
    fn word(&self, word: &str) -> bool {
        let (bare, wanted) = match word.strip_prefix('-') {
            Some(bare) => (bare, false),
            None => (word, true),
        };
        let variant = self.values.variant;
        let has = match (self.values.client, variant.grant) {
            (Some(client), Some(grant)) => self.capabilities.client_has_for(client, bare, grant),
            (Some(client), None) => self.capabilities.client_has(client, bare),
            (None, _) => self.capabilities.has(bare),
        };
        has == wanted
    }

    fn saved(&self, name: &str) -> Option<&Observation> {
        if name == "control" {
            return self.control;
        }
        self.values
            .saved
            .get(name)
            .and_then(|saved| saved.observation.as_ref())
    }

    fn is_reported(&self) -> bool {
        self.values.is_reported
    }
}
