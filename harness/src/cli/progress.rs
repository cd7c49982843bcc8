//! Progress of long runs: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::say;
use crate::run::{Finished, Progress};
use crate::suite::answer::Grade;

/// Progress on stderr.
#[derive(Debug)]
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    label: String,
    total: usize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

impl Bar {
    /// A bar for so many variants.
    pub(super) fn new(label: &str, total: usize) -> Self {
        let terminal = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        let bar = terminal.then(|| {
            let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
            let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(label.to_owned());
            bar
        });
        Self {
            bar,
            label: label.to_owned(),
            total,
            done: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
        }
    }

    /// The end.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn finished(&self, _index: usize, finished: &Finished) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let fails = finished
            .result
            .as_ref()
            .is_ok_and(|judgement| judgement.grade == Grade::Fail);
        let failed =
            self.failed.fetch_add(usize::from(fails), Ordering::Relaxed) + usize::from(fails);
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{failed} deviate"));
            bar.inc(1);
        } else if done.is_multiple_of(1000) {
            say(&format!(
                "{}: {done} of {} variants, {failed} deviate",
                self.label, self.total
            ));
        }
    }
}
