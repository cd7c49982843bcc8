//! The end of a run: tokens that it obtained are revoked where the target can (design §5), and clients that it registered
//! deleted (RFC 7592 §2.3).

use std::sync::Arc;

use tokio::task::JoinSet;

use super::register_step::Registered;
use super::runner::{Obtained, Runner};
use super::session::Session;
use crate::plan::Variant;
use crate::probe::message::Message;
use crate::target::Target;

/// What remains after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindDown {
    /// Tokens that were revoked.
    pub revoked: usize,
    /// Tokens that may still be good.
    pub remaining: usize,
    /// Clients that were registered, and could not be deleted.
    pub clients: usize,
}

impl WindDown {
    /// What a person should know of it, each in a sentence; tokens on this machine are of no interest.
    #[must_use]
    pub fn notices(&self, target: &Target, name: &str) -> Vec<String> {
        let tokens = (self.remaining > 0 && !target.is_loopback()).then(|| {
            let count = self.remaining;
            format!("{count} tokens or grants of this run may remain at {name}")
        });
        let clients = (self.clients > 0).then(|| {
            let count = self.clients;
            format!("{count} clients that this run registered remain at {name}")
        });
        tokens.into_iter().chain(clients).collect()
    }
}

/// Something to be taken back.
enum Left {
    Client(Registered),
    Token(Obtained),
}

/// Whether it was taken back.
#[derive(Default)]
struct Count {
    tokens: usize,
    clients: usize,
}

/// Takes back what the run obtained, a few at a time.
pub async fn wind_down(runner: &Arc<Runner>) -> WindDown {
    let mut obtained = runner.take_obtained();
    let (registered, clients) = runner.take_registered();
    let tokens = obtained.len();
    if runner.unreachable() {
        return WindDown {
            revoked: 0,
            remaining: tokens,
            clients,
        };
    }
    if runner.target.endpoints.revocation.is_none() {
        obtained.clear();
    }
    let left = obtained.into_iter().map(Left::Token);
    let left = left.chain(registered.into_iter().map(Left::Client));
    let done = take_back(runner, left).await;
    WindDown {
        revoked: done.tokens,
        remaining: tokens - done.tokens,
        clients: clients - done.clients,
    }
}

async fn take_back(runner: &Arc<Runner>, mut left: impl Iterator<Item = Left>) -> Count {
    let lanes = runner.limits.concurrency.max(1);
    let mut tasks = JoinSet::new();
    let mut count = Count::default();
    loop {
        while tasks.len() < lanes {
            let Some(one) = left.next() else { break };
            let runner = Arc::clone(runner);
            tasks.spawn(async move {
                match one {
                    Left::Client(client) => (0, usize::from(delete(&runner, &client).await)),
                    Left::Token(token) => (usize::from(revoke(&runner, &token).await), 0),
                }
            });
        }
        match tasks.join_next().await {
            Some(done) => {
                let (tokens, clients) = done.unwrap_or_default();
                count.tokens += tokens;
                count.clients += clients;
            }
            None => return count,
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

async fn delete(runner: &Runner, client: &Registered) -> bool {
    let variant = Variant {
        id: "wind down".to_owned(),
        ..Variant::default()
    };
    let mut session = Session::new(runner, &variant, 0);
    let mut message = Message {
        method: "DELETE".to_owned(),
        authorization: Some(format!("Bearer {}", client.token).into_bytes()),
        ..Message::default()
    };
    crate::probe::address(&mut message, &client.uri);
    let answer = session.side_exchange(&message).await;
    answer.is_ok_and(|answer| (200..300).contains(&answer.status))
}
