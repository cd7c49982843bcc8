//! The whole endpoint, in process, as a sequence of requests: issue, redeem, replay, refresh, revoke. A model of what was issued says
//! of each request whether tokens may come of it, and whether they must.
//!
//! An input is a text with a step on each line (see [`step`]); other octets make steps by `arbitrary`. [`steps`] reads both, and
//! what it reads can be written as text.

mod answer;
mod grants;
mod model;
mod request;
pub mod step;

use std::sync::OnceLock;

use tokenspec_reference_server::defects::Seams;
use tokenspec_reference_server::{Config, Server};

pub use model::{Model, Tally};
pub use step::{Step, steps};

use crate::server;

/// The most steps of a sequence.
pub const MOST: usize = 48;

/// One input of the fuzzer.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    check(&steps(input), reference());
}

/// Walks through a sequence, and says what came of it.
///
/// # Panics
/// When a request gets tokens that it must not get, or is refused though it is good, or an answer is malformed.
pub fn check(steps: &[Step], server: &Server) -> Tally {
    let mut model = Model::of(server);
    steps.iter().take(MOST).for_each(|step| model.walk(step));
    model.tally
}

/// The reference server in its configuration `oauth2.0`.
#[must_use]
pub fn reference() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| with(Seams::default()))
}

/// As [`reference()`], with defects.
#[must_use]
pub fn with(seams: Seams) -> Server {
    let config = Config::embedded("oauth2.0").map_err(Into::into);
    match config.and_then(|config| server::build(&config, seams)) {
        Ok(server) => server,
        Err(why) => unreachable!("the embedded configuration is good: {why}"),
    }
}

#[cfg(test)]
mod tests;
