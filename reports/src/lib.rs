//! The report of a run: one model, and one renderer for each form it takes.
//!
//! [`Report::build`] computes everything that is counted or decided: verdicts of rules, sums, the
//! exit code. A renderer turns a finished [`Report`] into text and decides nothing. Absent on
//! purpose: HTTP, OAuth, sockets, files, clocks, printing. Moments arrive as RFC 3339 text,
//! evidence as bytes from which the caller has already taken every secret.
#![forbid(unsafe_code)]

mod conclusion;
mod dto;
mod evidence;
mod group;
pub mod junit;
mod model;
mod rerun;
mod run;
#[cfg(test)]
mod sample;
mod summary;
pub mod terminal;
mod variant;
mod verdict;
mod visible;
mod wording;

pub use conclusion::{Allowance, Cause, Conclusion, Ending, ExitCode, FailOn, Undecided};
pub use dto::{ReadError, SCHEMA, from_json, json_schema, to_json};
pub use evidence::{EVIDENCE_LIMIT, Evidence};
pub use model::{Report, RuleResult, TargetReport};
pub use run::{RunFacts, Selection, Shard, StaleEntry, TargetInfo, Tool};
pub use summary::Summary;
pub use variant::{
    Exchange, Known, Observed, Outcome, Role, RuleInfo, Source, TlsFacts, Variant, VariantResult,
};
pub use verdict::{Level, Verdict};
