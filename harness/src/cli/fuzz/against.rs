//! `--against reference`: the same sequences, sent to the embedded server too; where the classes of the answers differ is told.
//! A difference is no finding: both may conform.

use std::sync::Arc;

use tokenspec_report::Role;

use super::super::embedded::{self, Deviation, Embedded};
use super::super::engine::{self, DEFAULT_PROFILE};
use super::super::usage::UsageError;
use super::ground::Ground;
use crate::fuzz::answer_class;
use crate::plan::Variant;
use crate::run::{self, Attempt, RunLimits, Runner};
use crate::suite::Suite;
use crate::suite::model::Case;
use crate::target::Target;

/// The server that answers are compared with.
#[derive(Debug)]
pub(super) struct Peer {
    _server: Embedded,
    target: Arc<Target>,
    runner: Arc<Runner>,
}

impl Peer {
    /// Starts it in the configuration of the first profile that has one.
    pub(super) async fn start(
        profiles: &[String],
        built_in: &Arc<Suite>,
        limits: RunLimits,
        seed: u64,
    ) -> Result<Self, UsageError> {
        let chosen = embedded::configurations().find(|name| profiles.iter().any(|it| it == name));
        let configuration = chosen.unwrap_or(DEFAULT_PROFILE);
        let server = Embedded::start(configuration, Deviation::None).await?;
        let profiles = engine::profiles(built_in, &[configuration.to_owned()])?;
        let words = profiles.iter().flat_map(|profile| &profile.file.declares);
        let declared: Vec<String> = words.map(|word| word.value.clone()).collect();
        let ground = Ground::new(server.target()?, &declared, limits, seed).await?;
        Ok(Self {
            _server: server,
            target: Arc::clone(&ground.target),
            runner: ground.runner(Suite::default()),
        })
    }

    /// The classes of its answers to the same; `None`: it has no client of that kind, or nothing could be judged.
    pub(super) async fn classes(
        &self,
        ours: &Target,
        variant: &Variant,
        case: &Case,
        number: u32,
    ) -> Option<Vec<String>> {
        let client = |index: Option<usize>| match index {
            None => Some(None),
            Some(index) => self.like(ours, index, variant).map(Some),
        };
        let variant = Variant {
            client: client(variant.client)?,
            other: client(variant.other)?,
            ..variant.clone()
        };
        let attempt = run::attempt(&self.runner, &variant, case, None, number).await;
        attempt.result.as_ref().ok()?;
        Some(classes(&self.runner, &attempt))
    }

    /// A client that authenticates in the same way and may use the same grant, of the same name where there is one.
    fn like(&self, ours: &Target, index: usize, variant: &Variant) -> Option<usize> {
        let wanted = ours.clients.get(index)?;
        let clients = self.target.clients.iter().enumerate();
        let mut able: Vec<_> = clients
            .filter(|(_, client)| {
                client.auth == wanted.auth && variant.grant.is_none_or(|grant| client.may(grant))
            })
            .collect();
        able.sort_by_key(|(_, client)| client.name != wanted.name);
        able.first().map(|(place, _)| *place)
    }
}

/// The classes of the answers to what a case sends to the token endpoint, in order.
pub(super) fn classes(runner: &Runner, attempt: &Attempt) -> Vec<String> {
    let sent = attempt.log.iter().filter(|it| it.role == Role::Probe);
    let answers = sent.filter_map(|logged| run::token_answer(runner, logged));
    let classes: Vec<String> = answers.map(|seen| answer_class(Some(&seen))).collect();
    if classes.is_empty() {
        return vec![answer_class(attempt.observation.as_ref())];
    }
    classes
}
