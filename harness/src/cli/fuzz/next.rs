//! What a campaign sends next.

use std::sync::Arc;

use crate::fuzz::{Drawn, Effect, Sequence};
use crate::plan::Variant;
use crate::suite::model::Case;
use crate::target::Target;

/// What is sent next.
pub(super) struct Next {
    /// Where it is from.
    pub(super) origin: Origin,
    /// The case, as it is sent.
    pub(super) case: Arc<Case>,
    /// Its mutation.
    pub(super) mutation: String,
    /// The rule of each step, or of all.
    pub(super) rules: Vec<String>,
    /// What it must come to.
    pub(super) effect: Effect,
}

/// Where a request is from.
pub(super) enum Origin {
    /// It was drawn from the mutations.
    Drawn(Box<Drawn>),
    /// It is an entry of the corpus, or a walk, and for whom it is sent.
    Kept(Box<(Sequence, Variant)>),
}

impl Next {
    /// For whom it is sent.
    pub(super) fn variant(&self) -> &Variant {
        match &self.origin {
            Origin::Drawn(drawn) => &drawn.variant,
            Origin::Kept(kept) => &kept.1,
        }
    }

    /// What is kept of it where something deviates.
    pub(super) fn sequence(&self, target: &Target) -> Sequence {
        match &self.origin {
            Origin::Drawn(drawn) => drawn.sequence(target),
            Origin::Kept(kept) => kept.0.clone(),
        }
    }
}
