//! The engine without a network, and against scripted servers on loopback.

mod called_back;
mod changed;
mod durations;
mod judging;
mod one_difference;
mod scripted;
mod tries;
mod unchanged;

use std::sync::Arc;
use std::time::Duration;

use super::{RunLimits, Runner};
use crate::plan::tests::everything_learnt;
use crate::suite::Suite;
use crate::target::Target;
use crate::transport::{Connector, Roots, TlsSettings, Verification};

/// A runner of these rules for this target. The seed is fixed.
fn runner(suite: Suite, target: Target) -> Runner {
    let connector = Connector::new(&TlsSettings {
        roots: Roots::WebPki,
        verification: Verification::Full,
    });
    let ordinary = crate::cli::engine::ordinary_client(&target).unwrap();
    let limits = RunLimits {
        concurrency: 4,
        rate: None,
        timeout: Duration::from_secs(20),
    };
    Runner::new(
        Arc::new(suite),
        Arc::new(target),
        everything_learnt(),
        connector.unwrap(),
        ordinary,
        limits,
        7,
    )
}
