//! What the callback host shows, and what arrived there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// What is answered at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The status.
    pub status: u16,
    /// Header fields beside Content-Length and Connection.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
    /// So long after the request.
    pub delay: Duration,
}

/// A request that arrived. What it says may be secret and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its number, from 0: later ones have higher ones.
    pub number: usize,
    /// The method.
    pub method: String,
    /// The request target: the path, with the query if there is one.
    pub target: String,
    /// The header fields; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content, without its chunks.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Arrival {
    /// Whether this text is in a header field or in the content.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        let mut values = self.headers.iter().map(|(_, value)| value);
        values.any(|value| value.contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// Its path, without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// Requests that arrived are no longer kept: what is there is not all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more requests arrived at the callback host than it keeps")]
pub struct Forgotten;

/// What is shown, and what arrived.
#[derive(Debug)]
pub(super) struct Board {
    published: Mutex<BTreeMap<String, Published>>,
    /// Answers to requests that have a text, by path and text.
    particular: Mutex<BTreeMap<(String, String), Published>>,
    arrivals: Mutex<Arrivals>,
    arrived: Notify,
}

#[derive(Debug)]
struct Arrivals {
    /// The latest ones, in order.
    kept: VecDeque<Arrival>,
    /// So many at most.
    most: usize,
    /// The number of the next.
    next: usize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    /// Nothing is shown yet. The latest arrivals are kept, `most` of them.
    pub(super) fn keeping(most: usize) -> Self {
        Self {
            published: Mutex::default(),
            particular: Mutex::default(),
            arrivals: Mutex::new(Arrivals {
                kept: VecDeque::new(),
                most,
                next: 0,
            }),
            arrived: Notify::new(),
        }
    }

    pub(super) fn publish(&self, path: &str, content: Option<Published>) -> Option<Published> {
        let mut published = locked(&self.published);
        match content {
            Some(content) => published.insert(path.to_owned(), content),
            None => published.remove(path),
        }
    }

    pub(super) fn publish_for(
        &self,
        (path, with): (&str, &str),
        content: Option<Published>,
    ) -> Option<Published> {
        let place = (path.to_owned(), with.to_owned());
        let mut particular = locked(&self.particular);
        match content {
            Some(content) => particular.insert(place, content),
            None => particular.remove(&place),
        }
    }

    /// Keeps a request; what it is answered with.
    pub(super) fn take(&self, mut arrival: Arrival) -> Option<Published> {
        let own = self.particular(&arrival);
        let shown = own.or_else(|| locked(&self.published).get(arrival.path()).cloned());
        {
            let mut arrivals = locked(&self.arrivals);
            arrival.number = arrivals.next;
            arrivals.next += 1;
            if arrivals.kept.len() == arrivals.most {
                drop(arrivals.kept.pop_front());
            }
            arrivals.kept.push_back(arrival);
        }
        self.arrived.notify_waiters();
        shown
    }

    fn particular(&self, arrival: &Arrival) -> Option<Published> {
        let particular = locked(&self.particular);
        let found = particular
            .iter()
            .find(|((path, with), _)| path == arrival.path() && arrival.has(with));
        found.map(|(_, content)| content.clone())
    }

    pub(super) fn next_number(&self) -> usize {
        locked(&self.arrivals).next
    }

    pub(super) fn arrivals(&self, path: &str, from: usize) -> Result<Vec<Arrival>, Forgotten> {
        let arrivals = locked(&self.arrivals);
        let oldest = arrivals.next - arrivals.kept.len();
        if from < oldest {
            return Err(Forgotten);
        }
        let later = arrivals.kept.iter().skip(from - oldest);
        Ok(later.filter(|it| it.path() == path).cloned().collect())
    }

    pub(super) fn arrived(&self) -> Notified<'_> {
        self.arrived.notified()
    }
}
