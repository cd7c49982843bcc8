//! Every check that a request has to pass, by name and in order. A check is a predicate on the facts
//! and refuses in one way; where what it looks at is absent it passes, so that each of them can be
//! left out or replaced by itself. The first refusal wins.

pub mod client;
mod id;
pub mod message;
pub mod scope;
pub mod target;

pub use id::CheckId;

use crate::authentication::METHODS;
use crate::context::Context;
use crate::endpoints;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::{self, GRANTS};
use crate::resource_indicators;

/// A check: nothing, or the refusal.
pub type CheckFn = fn(&Context<'_>, &Facts) -> Result<(), Refusal>;

/// Checks that run under one condition.
pub struct Group {
    /// When they run.
    pub applies: fn(&Facts) -> bool,
    /// The checks in order.
    pub checks: &'static [(CheckId, CheckFn)],
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.checks.iter().map(|(id, _)| id))
            .finish()
    }
}

/// All groups in the order in which they run.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    let before = [&message::RECEIVED, &message::FORM, &client::PRESENTED];
    let methods = METHODS.iter().map(|method| &method.group);
    let grants = GRANTS.iter().map(|grant| &grant.group);
    let after = [
        &target::MANAGER,
        &endpoints::authorization::GROUP,
        &endpoints::backchannel::GROUP,
        &endpoints::decision::GROUP,
        &endpoints::device::GROUP,
        &endpoints::introspection::GROUP,
        &endpoints::revocation::GROUP,
        &endpoints::protected_resource::GROUP,
        &endpoints::registration::GROUP,
        &endpoints::registration::MANAGEMENT,
        &resource_indicators::GROUP,
    ];
    before
        .into_iter()
        .chain(methods)
        .chain([&client::AUTHENTICATED, &grants::GRANT_TYPE])
        .chain(grants)
        .chain(after)
}

#[cfg(test)]
mod tests;
