//! Key sets of clients: fetched in bounded time and size, and kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::outgoing::ask;
use crate::endpoint::Reading;
use crate::jose::jwk::JwkSet;
use crate::jose::key_sets::{Fetched, Keep, LIFETIME, PAUSE, Wanted, is_known, wanted};
use crate::moment::Timestamp;
use crate::resolve;
use crate::server::Server;

/// So long may fetching take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The sets that are kept, by their URLs.
#[derive(Debug, Default)]
pub(super) struct KeySets {
    kept: Mutex<BTreeMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    set: Arc<JwkSet>,
    fetched: Timestamp,
}

impl KeySets {
    /// Fetches what a request needs, and looks at its assertion again.
    pub(super) async fn supply(&self, server: &Server, reading: &mut Reading, now: Timestamp) {
        let seams = &server.seams.key_sets;
        if !server.registry.fetches() && seams.is_empty() {
            return;
        }
        let facts = &reading.facts;
        let wanted = seams
            .iter()
            .fold(wanted(facts), |wanted, seam| seam(facts, wanted));
        for uri in &wanted.unused {
            drop(fetch(uri).await);
        }
        let (Some(uri), Some(client)) = (&wanted.uri, &facts.client) else {
            return;
        };
        let client = client.id.clone();
        if let Some(set) = self.find(uri, &wanted, reading, now).await {
            reading.facts.presented.fetched = Some(Fetched { client, set });
            resolve::assertion(&mut reading.facts);
        }
    }

    async fn find(
        &self,
        uri: &str,
        wanted: &Wanted,
        reading: &Reading,
        now: Timestamp,
    ) -> Option<Arc<JwkSet>> {
        let before = self.kept().get(uri).cloned();
        let lives = |it: &Kept| wanted.keep == Keep::Always || now.since(it.fetched) < LIFETIME;
        let kept = before.clone().filter(lives);
        if let Some(kept) = &kept {
            let again = now.since(kept.fetched) >= PAUSE && !is_known(&kept.set, &reading.facts);
            if !again || wanted.keep == Keep::Always {
                return Some(Arc::clone(&kept.set));
            }
        }
        let Some(text) = fetch(uri).await else {
            return kept.map(|it| it.set);
        };
        let mut set = match JwkSet::parse(&text, &[]) {
            Ok(set) => set,
            Err(error) => {
                tracing::warn!(uri, %error, "a key set can not be used");
                return kept.map(|it| it.set);
            }
        };
        if let Some(before) = before.filter(|_| wanted.keep == Keep::Added) {
            set.keys.extend(before.set.keys.iter().cloned());
            set.certificates
                .extend(before.set.certificates.iter().cloned());
        }
        let set = Arc::new(set);
        let kept = Kept {
            set: Arc::clone(&set),
            fetched: now,
        };
        let _before = self.kept().insert(uri.to_owned(), kept);
        Some(set)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The content of what is at a URL; none: it is not there, too large, or comes too slowly.
async fn fetch(uri: &str) -> Option<String> {
    let fetched = tokio::time::timeout(PATIENCE, get(uri)).await;
    let text = fetched.ok().flatten();
    if text.is_none() {
        tracing::warn!(uri, "a key set can not be fetched");
    }
    text
}

async fn get(uri: &str) -> Option<String> {
    let answer = ask("GET", uri, "Accept: application/json\r\n", &[]).await?;
    if answer.status != 200 {
        return None;
    }
    answer.content().await
}
