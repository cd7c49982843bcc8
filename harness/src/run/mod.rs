//! Running a plan: the imperative shell around `plan`, `probe` and `judge`.

mod around;
mod assertion;
mod attempt;
mod authorization_request;
mod authorize;
mod authorize_step;
mod bucket;
mod callback_step;
mod certificate;
mod check_step;
mod chunk;
mod command;
mod compose;
mod control;
mod credentials;
mod deadline;
mod dialogue;
mod discover;
mod examine;
mod fetch_step;
mod grant_credential;
mod grouping;
mod halt;
mod handshake_step;
mod inspect;
mod inspect_step;
mod lost;
mod many;
mod named_key;
mod observe;
mod parameters;
mod polling;
mod push_step;
mod register_step;
mod runner;
mod saml;
mod saved;
mod schedule;
mod session;
mod steps;
mod token;
mod wind_down;

pub use attempt::{Attempt, attempt, token_answer, valid_request};
pub use chunk::{Finished, Kept};
pub use discover::derive;
pub use examine::{Examination, Outcome, Subject, Trouble, examine};
pub use halt::Halt;
pub use observe::http_answer;
pub use register_step::Registered;
pub use runner::{Obtained, RunLimits, Runner};
pub use schedule::{Progress, run};
pub use session::Logged;
pub use wind_down::{WindDown, wind_down};

#[cfg(test)]
mod tests;
