//! The baseline file as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::Located;

/// A file of known deviations.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Baseline")]
pub(super) struct BaselineFile {
    /// The known deviations.
    pub(super) known: Vec<Located<EntryFile>>,
}

/// Deviations that have one reason.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Known")]
pub(super) struct EntryFile {
    /// The rules, as a glob over their ids.
    pub(super) rule: Located<String>,
    /// The case, by name. Absent: all.
    pub(super) case: Option<String>,
    /// The client, by its name in the target file. Absent: all.
    pub(super) client: Option<String>,
    /// The verdict. Absent: fail and warn.
    pub(super) verdict: Option<VerdictFile>,
    /// Why it is as it is. `TODO` stands for a reason that is still to be found: the deviation
    /// counts as unknown.
    pub(super) reason: Located<String>,
    /// Who looks after it.
    pub(super) owner: Option<String>,
    /// Where it is tracked.
    pub(super) link: Option<String>,
    /// The last day on which the entry counts, like 2027-01-31.
    pub(super) until: Option<Located<String>>,
}

/// A verdict that can be known.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Verdict")]
pub(super) enum VerdictFile {
    /// The answer breaks a `must`, or a `vendor` rule.
    Fail,
    /// The answer breaks a `should`.
    Warn,
    /// The exchange broke.
    Error,
    /// It can't be said.
    Inconclusive,
}
