//! Ctrl-C: heard from the beginning of the command to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::output::say;

/// Whether somebody pressed Ctrl-C.
#[derive(Debug, Default)]
pub(super) struct Interruption(AtomicBool);

impl Interruption {
    /// Listens from now on. The second time ends the process at once.
    pub(super) fn listen() -> Arc<Self> {
        let interruption = Arc::new(Self::default());
        let heard = Arc::clone(&interruption);
        // It has nothing to hand back, and ends with the process.
        drop(tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                say("interrupted: finishing the report (once more to stop at once)");
                heard.0.store(true, Ordering::Relaxed);
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::abort();
            }
        }));
        interruption
    }

    /// Whether it came.
    pub(super) fn has_come(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
