//! Notifications of clients (CIBA Core §10.2, §10.3): sent beside the answer, in bounded time, once.

use std::sync::Arc;
use std::time::Duration;

use super::outgoing::ask;
use super::{Shared, http};
use crate::moment::Clock as _;
use crate::notification::{Notification, Redirects, Timing};

/// So long may one take.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many redirects are followed, where they are.
const REDIRECTS: usize = 5;

/// Sends it. Who asked does not wait for it, unless it says so; neither does the end of the server.
pub(super) async fn send(shared: &Arc<Shared>, notification: Notification) {
    let awaited = notification.timing == Timing::Awaited;
    let sent = tokio::spawn(deliver(Arc::clone(shared), notification));
    if awaited {
        // A task that panicked has ended too.
        drop(sent.await);
    }
}

async fn deliver(shared: Arc<Shared>, notification: Notification) {
    let answered = tokio::time::timeout(PATIENCE, post(&notification)).await;
    let status = answered.ok().flatten();
    let is_taken = status.is_some_and(notification.is_taken);
    if !is_taken {
        let endpoint = notification.endpoint.as_str();
        tracing::warn!(endpoint, status, "a client did not take a notification");
    }
    let changes = if is_taken {
        notification.taken
    } else {
        notification.failed
    };
    if changes.is_empty() {
        return;
    }
    let now = shared.clock.now();
    let applied = http::with_store(&shared, move |shared| shared.store.apply(now, changes));
    if let Err(error) = applied.await {
        tracing::error!(%error, "changes are lost");
    }
}

/// The status of the answer.
async fn post(notification: &Notification) -> Option<u16> {
    let fields = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\n",
        notification.token
    );
    let mut content = notification.content.as_slice();
    let (mut method, mut url) = ("POST", notification.endpoint.clone());
    for _ in 0..REDIRECTS {
        let answer = ask(method, &url, &fields, content).await?;
        let is_unchanged = matches!(answer.status, 307 | 308);
        let follows = match notification.redirects {
            Redirects::Followed => is_unchanged || matches!(answer.status, 301..=303),
            Redirects::FollowedUnchanged => is_unchanged,
            Redirects::NotFollowed => false,
        };
        let Some(next) = answer.field("location").filter(|_| follows) else {
            return Some(answer.status);
        };
        next.clone_into(&mut url);
        if !is_unchanged {
            (method, content) = ("GET", &[]);
        }
    }
    None
}
