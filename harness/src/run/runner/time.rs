//! The target's time: read, moved, waited for.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Deserialize;

use super::Runner;
use crate::run::halt::Halt;
use crate::target::{Allow, UrlTemplate};

/// What a clock says that tells the time: `{"now": SECONDS}`, since 1970.
#[derive(Deserialize)]
struct Told {
    now: i64,
}

/// Patience with a request that may wait for its answer.
pub(in crate::run) struct Patience<'r> {
    runner: &'r Runner,
    seconds: u64,
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        self.runner
            .patience
            .fetch_sub(self.seconds, Ordering::Relaxed);
    }
}

impl Runner {
    /// The target's time, in seconds since 1970: ours, and what its clock was moved by.
    pub(in crate::run) fn now(&self) -> i64 {
        crate::clock::now().as_second() + self.clock_offset()
    }

    /// Seconds by which the target's clock was moved.
    pub fn clock_offset(&self) -> i64 {
        self.clock_offset.load(Ordering::Relaxed)
    }

    /// Asks the target's clock for the time, by moving it by nothing: an earlier run may have moved it. Where it does not
    /// tell, it is taken to be ours.
    pub(in crate::run) async fn read_clock(&self) {
        if let Some(clock) = &self.target.clock {
            // What is wrong with it is told by the first case that moves it.
            drop(self.move_clock(clock, 0).await);
        }
    }

    /// Lets time pass at the target: by its clock, or really where `allow: [slow]` consents.
    pub(in crate::run) async fn elapse(&self, time: Duration) -> Result<(), Halt> {
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        if let Some(clock) = &self.target.clock {
            return self.move_clock(clock, seconds).await;
        }
        if time > Duration::from_secs(5) && !self.capabilities().has("slow") {
            return Err(Halt::Skipped(format!(
                "needs {seconds} s: set `clock`, or `allow: [slow]`, in the target file"
            )));
        }
        self.wait(time).await
    }

    /// As long as what is returned lives, an exchange may take so much longer: at a target whose time really passes.
    pub(in crate::run) fn wait_longer(&self, time: Duration) -> Patience<'_> {
        let really = self.target.clock.is_none();
        let seconds = if really { time.as_secs() } else { 0 };
        self.patience.fetch_add(seconds, Ordering::Relaxed);
        Patience {
            runner: self,
            seconds,
        }
    }

    /// How much longer an exchange may take than the limits of the run say.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience.load(Ordering::Relaxed))
    }

    async fn move_clock(&self, clock: &UrlTemplate, seconds: u64) -> Result<(), Halt> {
        let text = seconds.to_string();
        let url = clock
            .expand(|name| (name == "seconds").then_some(text.as_str()))
            .map_err(|why| Halt::Skipped(format!("`clock.advance`: {why}")))?;
        let unmoved = |why| Halt::Inconclusive(format!("the clock {url} can't be moved: {why}"));
        let answer = self.ordinary.post(&url).send().await.map_err(unmoved)?;
        if !answer.status().is_success() {
            let status = answer.status();
            return Err(Halt::Inconclusive(format!(
                "the clock {url} answered {status}"
            )));
        }
        let told = answer.bytes().await.map_err(unmoved)?;
        match serde_json::from_slice::<Told>(&told) {
            Ok(Told { now }) => {
                let ahead = now - crate::clock::now().as_second();
                self.clock_offset.store(ahead, Ordering::Relaxed);
            }
            Err(_) => {
                let seconds = i64::try_from(seconds).unwrap_or(0);
                self.clock_offset.fetch_add(seconds, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// The target tells the first poll to slow down: from now on there is a longer pause before it.
    pub(in crate::run) fn learn_polling_pause(&self) {
        self.polling_pause.fetch_add(5, Ordering::Relaxed);
    }

    /// The pause before the first poll, where the target wants one. It is waited for really: its clock is not moved while
    /// other variants are under way.
    pub(in crate::run) async fn wait_to_poll(&self) -> Result<(), Halt> {
        let seconds = self.polling_pause.load(Ordering::Relaxed);
        if seconds > 5 && !self.target.allow.contains(&Allow::Slow) {
            return Err(Halt::Skipped(format!(
                "the first poll has to wait for {seconds} s: set `allow: [slow]` in the target file"
            )));
        }
        if seconds == 0 {
            return Ok(());
        }
        self.wait(Duration::from_secs(seconds)).await
    }

    async fn wait(&self, time: Duration) -> Result<(), Halt> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = self.interruption.notified() => Err(Halt::Interrupted),
        }
    }
}
