//! The end of a run: tokens that it obtained are revoked where the target can (design §5).

use std::sync::Arc;

use tokio::task::JoinSet;

use super::runner::{Obtained, Runner};
use super::session::Session;
use crate::plan::Variant;

/// What remains after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindDown {
    /// Tokens that were revoked.
    pub revoked: usize,
    /// Tokens that may still be good.
    pub remaining: usize,
}

/// Revokes what the run obtained, a few at a time.
pub async fn wind_down(runner: &Arc<Runner>) -> WindDown {
    let obtained = runner.take_obtained();
    let total = obtained.len();
    if runner.target.endpoints.revocation.is_none() || runner.unreachable() {
        return WindDown {
            revoked: 0,
            remaining: total,
        };
    }
    let lanes = runner.limits.concurrency.max(1);
    let mut tasks = JoinSet::new();
    let mut obtained = obtained.into_iter();
    let mut revoked = 0;
    loop {
        while tasks.len() < lanes {
            let Some(token) = obtained.next() else { break };
            let runner = Arc::clone(runner);
            tasks.spawn(async move { revoke(&runner, &token).await });
        }
        match tasks.join_next().await {
            Some(done) => revoked += usize::from(done.unwrap_or(false)),
            None => {
                return WindDown {
                    revoked,
                    remaining: total - revoked,
                };
            }
        }
    }
}

async fn revoke(runner: &Runner, token: &Obtained) -> bool {
    let target = &runner.target;
    let revocation = target.endpoints.revocation.as_ref();
    let caller = revocation.and_then(|endpoint| endpoint.client.as_ref());
    let name = caller.unwrap_or(&token.client);
    let client = target.clients.iter().position(|it| it.name == *name);
    let variant = Variant {
        id: "wind down".to_owned(),
        client,
        ..Variant::default()
    };
    let mut session = Session::new(runner, &variant, 0);
    let Some(client) = session.values.client else {
        return false;
    };
    let answer = session.revoke(&token.token, Some(token.kind), client).await;
    answer.is_ok_and(|seen| {
        seen.answer()
            .is_some_and(|answer| (200..300).contains(&answer.status))
    })
}
