//! What the callback host shows, and what arrived there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::locked;

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

/// Whom something is shown to: requests at a path, all of them or those that have a text in a header field or in their content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path.
    pub path: String,
    /// The text.
    pub with: Option<String>,
}

/// What is shown, and what arrived.
#[derive(Debug)]
pub(super) struct Board {
    published: Mutex<BTreeMap<Place, Published>>,
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

impl Board {
    /// Nothing is shown yet. The latest arrivals are kept, `most` of them.
    pub(super) fn keeping(most: usize) -> Self {
        Self {
            published: Mutex::default(),
            arrivals: Mutex::new(Arrivals {
                kept: VecDeque::new(),
                most,
                next: 0,
            }),
            arrived: Notify::new(),
        }
    }

    pub(super) fn publish(&self, place: Place, content: Option<Published>) -> Option<Published> {
        let mut published = locked(&self.published);
        match content {
            Some(content) => published.insert(place, content),
            None => published.remove(&place),
        }
    }

    /// Keeps a request; what it is answered with.
    pub(super) fn take(&self, mut arrival: Arrival) -> Option<Published> {
        let shown = self.shown(&arrival);
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

    /// What is for requests with a text of this one goes before what is for all.
    fn shown(&self, arrival: &Arrival) -> Option<Published> {
        let published = locked(&self.published);
        let of_path = |(place, _): &(&Place, &Published)| place.path == arrival.path();
        let mut here = published.iter().filter(of_path);
        let particular = here.clone().find(|(place, _)| {
            let with = place.with.as_deref();
            with.is_some_and(|with| arrival.has(with))
        });
        let found = particular.or_else(|| here.find(|(place, _)| place.with.is_none()));
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
