//! The rate at which a run may send.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;

/// A token bucket: so many requests a second, spread evenly.
pub(super) struct Bucket {
    interval: Option<Duration>,
    watch: Stopwatch,
    next: Mutex<Duration>,
}

impl Bucket {
    /// `None`: without a limit.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let interval = rate
            .filter(|rate| *rate > 0.0)
            .map(|rate| Duration::from_secs_f64(1.0 / rate));
        Self {
            interval,
            watch: Stopwatch::start(),
            next: Mutex::new(Duration::ZERO),
        }
    }

    /// How long the next requests have to wait. Those after them wait for all of these.
    pub(super) fn take(&self, requests: u32) -> Option<Duration> {
        let interval = self.interval?;
        let now = self.watch.elapsed();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = (*next).max(now);
        *next = start + interval * requests;
        Some(start - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_in_one_instant_use_up_the_rate_of_all_of_them() {
        let bucket = Bucket::new(Some(10.0));
        assert_eq!(bucket.take(10), Some(Duration::ZERO));
        let wait = bucket.take(1).unwrap();
        assert!(wait > Duration::from_millis(900), "{wait:?}");
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        assert_eq!(Bucket::new(None).take(1000), None);
    }
}
