//! Times in suites, and looks that are repeated within one.

use std::time::Duration;

use super::halt::Halt;
use super::session::Session;
use crate::judge::RenderText as _;
use crate::suite::text::Text;

impl Session<'_> {
    /// Until when a look may be repeated.
    pub(super) fn deadline(&self, within: Option<&Text>) -> Result<Deadline, Halt> {
        let left = match within {
            Some(text) => duration(&self.values.text(text)?)?,
            None => Duration::ZERO,
        };
        Ok(Deadline {
            watch: crate::clock::Stopwatch::start(),
            left,
        })
    }
}

/// A time within which a look is repeated.
pub(super) struct Deadline {
    watch: crate::clock::Stopwatch,
    left: Duration,
}

impl Deadline {
    /// Waits a little; false when the time is over.
    pub(super) async fn wait(&self) -> bool {
        if self.watch.elapsed() >= self.left {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100).min(self.left)).await;
        true
    }

    /// Likewise, or until this happens.
    pub(super) async fn until(&self, event: Option<impl Future<Output = ()>>) -> bool {
        let Some(event) = event else {
            return self.wait().await;
        };
        tokio::select! {
            () = event => true,
            waited = self.wait() => waited,
        }
    }
}

/// A duration as suites write it; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, Halt> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    seconds
        .or_else(|| humantime::parse_duration(text).ok())
        .ok_or_else(|| {
            Halt::Inconclusive(format!("`{text}` is no duration that can be waited for"))
        })
}
