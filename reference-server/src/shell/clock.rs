//! The system's clock, moved forward by those who test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::moment::{Clock, Timestamp};

/// The system's time and so many seconds more.
#[derive(Debug, Default)]
pub struct ServerClock {
    ahead: AtomicU64,
}

impl ServerClock {
    /// Moves the clock forward; there is no way back.
    pub fn advance(&self, seconds: u32) {
        self.ahead.fetch_add(u64::from(seconds), Ordering::SeqCst);
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is where the server reads the time"
        )]
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(now.as_secs()).plus(self.ahead.load(Ordering::SeqCst))
    }
}
