//! A target and all that sends to it, for one suite after another.

use std::sync::Arc;

use super::super::engine::{OrdinaryClient, connector, ordinary_client};
use super::super::sockets::callback_host;
use super::super::usage::UsageError;
use crate::run::{self, RunLimits, Runner};
use crate::suite::Suite;
use crate::target::Target;
use crate::target::capability::{CapabilitySet, DerivedFacts, capabilities};
use crate::transport::{CallbackHost, Connector};

/// A target, and how it is spoken to.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) target: Arc<Target>,
    pub(super) facts: DerivedFacts,
    pub(super) seed: u64,
    pub(super) limits: RunLimits,
    connector: Connector,
    ordinary: OrdinaryClient,
    callback: Option<Arc<CallbackHost>>,
}

impl Ground {
    /// Makes connections possible, and learns what of the target can't be read off its file.
    pub(super) async fn new(
        target: Target,
        declared: &[String],
        limits: RunLimits,
        seed: u64,
    ) -> Result<Self, UsageError> {
        let mut facts = DerivedFacts::none();
        for word in declared {
            facts.declare(word);
        }
        let mut ground = Self {
            connector: connector(&target)?,
            ordinary: ordinary_client(&target)?,
            target: Arc::new(target),
            facts,
            seed,
            limits,
            callback: None,
        };
        ground.callback = callback_host(&ground.target)?;
        let runner = ground.runner(Suite::default());
        ground.facts = run::derive(&runner, ground.facts.clone()).await;
        Ok(ground)
    }

    /// A runner for a suite. All of them share connections.
    pub(super) fn runner(&self, suite: Suite) -> Arc<Runner> {
        let runner = Runner::new(
            Arc::new(suite),
            Arc::clone(&self.target),
            self.facts.clone(),
            self.connector.clone(),
            self.ordinary.clone(),
            self.limits,
            self.seed,
        );
        Arc::new(runner.with_callback(self.callback.clone()))
    }

    pub(super) fn capabilities(&self) -> CapabilitySet<'_> {
        capabilities(&self.target, &self.facts)
    }
}
