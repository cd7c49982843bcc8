//! The one place of the harness that reads time.
//!
//! Absent: waiting. A step that needs time to pass asks the target's clock, and timeouts are
//! tokio's, in `transport/`.

use std::time::{Duration, Instant};

/// The wall-clock time now.
#[must_use]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Measures how long something takes, on a clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is the harness's clock"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::{Stopwatch, now};

    #[test]
    fn stopwatch_never_runs_backwards() {
        let watch = Stopwatch::start();
        let first = watch.elapsed();
        assert!(watch.elapsed() >= first);
    }

    #[test]
    fn time_is_later_than_this_code() {
        assert!(now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }
}
