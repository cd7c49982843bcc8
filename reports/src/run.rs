//! What the caller hands over for a run as a whole.

use crate::conclusion::{Ending, FailOn, Undecided};
use crate::verdict::{Level, Verdict};

/// A server under test.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TargetInfo {
    /// Its name, the same as in its results; two targets of a report have different names.
    pub name: String,
    /// The URL of its token endpoint.
    pub token_endpoint: String,
    /// Names of the chosen profiles.
    pub profiles: Vec<String>,
    /// What the user typed as TARGET; absent for the embedded server.
    pub argument: Option<String>,
    /// Flags that a second run of one rule needs again, as typed: `--suite`, `mine/`.
    pub flags: Vec<String>,
    /// What every reader of the report must see, such as certificates that are not checked.
    pub notices: Vec<String>,
}

/// Which program made the report.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tool {
    /// `tokenspec`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What the user selected; an empty list selects everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selection {
    /// `--suite`.
    pub suites: Vec<String>,
    /// `--rule`.
    pub rules: Vec<String>,
    /// `--level`.
    pub levels: Vec<Level>,
}

/// Which part of a plan was run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shard {
    /// From 1.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

/// A baseline entry that explains nothing any more.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StaleEntry {
    /// The glob of the entry.
    pub rule: String,
    /// The case that narrows it.
    pub case: Option<String>,
    /// The client that narrows it.
    pub client: Option<String>,
    /// The verdict that narrows it.
    pub verdict: Option<Verdict>,
    /// The reason that the entry gives.
    pub reason: String,
    /// Why it is stale, in words: `matches no rule`, `no variant deviates any more`.
    pub why: String,
}

/// What the caller knows of a run beside its results.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RunFacts {
    /// Which program.
    pub tool: Tool,
    /// The targets, in the order of the run; those of results that are missing here are added.
    pub targets: Vec<TargetInfo>,
    /// RFC 3339.
    pub started: String,
    /// RFC 3339.
    pub finished: String,
    /// The seed of everything random.
    pub seed: u64,
    /// What the user selected.
    pub selection: Selection,
    /// Which shard; absent for a whole run.
    pub shard: Option<Shard>,
    /// Whether it came to its end.
    pub ending: Ending,
    /// `--fail-on`.
    pub fail_on: FailOn,
    /// `--allow-inconclusive`.
    pub undecided: Undecided,
    /// Baseline entries that are stale.
    pub stale: Vec<StaleEntry>,
    /// What the reader should know beside the verdicts, such as grants that may remain.
    pub notices: Vec<String>,
}
