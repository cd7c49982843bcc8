//! The keys of a report. Their names are a contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SCHEMA;
use super::evidence::Bytes;
use super::words::{FailOn, Level, Outcome, Role, Verdict};

/// The report of one run of tokenspec. Keys may be added; a reader skips those that it does not
/// know.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[schemars(title = "tokenspec-report/1")]
pub(super) struct Report {
    /// Name and version of this form.
    #[schemars(extend("const" = SCHEMA))]
    pub(super) schema: String,
    /// The program that made the report.
    pub(super) tool: Tool,
    /// Name of the target; of several, all names with a comma between them.
    pub(super) target: String,
    /// Names of all profiles that were chosen.
    pub(super) profile: Vec<String>,
    /// RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(super) started: String,
    /// RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(super) finished: String,
    /// The seed of everything random in the run.
    pub(super) seed: u64,
    /// What the user selected.
    pub(super) selection: Selection,
    /// Which part of the plan was run; null for all of it.
    pub(super) shard: Option<Shard>,
    /// What counts for the exit code.
    pub(super) policy: Policy,
    /// Whether the run ended early.
    pub(super) interrupted: bool,
    /// 0 conforms, 1 does not (or the baseline is stale), 3 can't be said.
    #[schemars(extend("enum" = [0, 1, 3]))]
    pub(super) exit_code: u8,
    /// Why the exit code is what it is, and what did not count, in sentences.
    pub(super) exit_reasons: Vec<String>,
    /// Counts of variants.
    pub(super) summary: Counts,
    /// Counts of rules, each with the worst verdict of its variants.
    pub(super) rules: Counts,
    /// What the reader should know beside the verdicts.
    pub(super) notices: Vec<String>,
    /// Baseline entries that explain nothing any more.
    pub(super) stale_baseline: Vec<Stale>,
    /// The targets, in the order of the run.
    pub(super) targets: Vec<Target>,
    /// One for each rule of each target, in plan order.
    pub(super) rule_results: Vec<RuleResult>,
    /// One for each variant, in plan order.
    pub(super) results: Vec<VariantResult>,
}

/// The program that made the report.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Tool {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
}

/// What the user selected; an empty list selects everything.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Selection {
    /// `--suite`.
    pub(super) suites: Vec<String>,
    /// `--rule`.
    pub(super) rules: Vec<String>,
    /// `--level`.
    pub(super) levels: Vec<Level>,
}

/// Which part of a plan was run.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Shard {
    /// From 1.
    #[schemars(range(min = 1))]
    pub(super) index: u32,
    /// How many there are.
    #[schemars(range(min = 1))]
    pub(super) count: u32,
}

/// What counts for the exit code.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Policy {
    /// `--fail-on`.
    pub(super) fail_on: FailOn,
    /// `--allow-inconclusive`.
    pub(super) allow_inconclusive: bool,
}

/// How many ended with each verdict. `known` counts again those of fail, warn, inconclusive and
/// error that the baseline explains.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Counts {
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) warn: u64,
    pub(super) info: u64,
    pub(super) skipped: u64,
    pub(super) inconclusive: u64,
    pub(super) error: u64,
    pub(super) known: u64,
}

/// A baseline entry that explains nothing any more.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Stale {
    /// The glob of the entry.
    pub(super) rule: String,
    /// The case that narrows it.
    pub(super) case: Option<String>,
    /// The client that narrows it.
    pub(super) client: Option<String>,
    /// The verdict that narrows it.
    pub(super) verdict: Option<Verdict>,
    /// The reason that the entry gives.
    pub(super) reason: String,
    /// Why it is stale.
    pub(super) why: String,
}

/// A server under test.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Target {
    /// Its name, as in the results.
    pub(super) name: String,
    /// The URL of its token endpoint.
    pub(super) token_endpoint: String,
    /// Names of the chosen profiles.
    pub(super) profile: Vec<String>,
    /// TARGET as the user typed it; null for the embedded server.
    pub(super) argument: Option<String>,
    /// Flags that a second run of one rule needs again.
    pub(super) flags: Vec<String>,
    /// What every reader must see, such as certificates that are not checked.
    pub(super) notices: Vec<String>,
    /// Counts of its variants.
    pub(super) summary: Counts,
    /// Counts of its rules.
    pub(super) rules: Counts,
}

/// What came of one rule on one target.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct RuleResult {
    /// Name of the target.
    pub(super) target: String,
    /// Id of the rule.
    pub(super) rule: String,
    /// The requirement in one sentence.
    pub(super) statement: String,
    /// How to mend a server that breaks it, where the sentence does not say so.
    pub(super) remedy: Option<String>,
    /// Its level under the chosen profiles.
    pub(super) level: Level,
    /// Where it comes from.
    pub(super) source: Source,
    /// The suite that it belongs to.
    pub(super) suite: String,
    /// The worst verdict of its variants.
    pub(super) verdict: Verdict,
    /// Whether something deviates and the baseline explains all of it.
    pub(super) known: bool,
    /// Counts of its variants.
    pub(super) summary: Counts,
    /// The command that runs it alone.
    pub(super) rerun: String,
}

/// Where a rule comes from.
#[derive(Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub(super) struct Source {
    /// `RFC 6749`.
    pub(super) document: String,
    /// `5.2`.
    pub(super) section: String,
    /// Where the section can be read.
    pub(super) url: Option<String>,
}

/// The judgement on one variant.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct VariantResult {
    /// Name of the target.
    pub(super) target: String,
    /// Id of the rule.
    pub(super) rule: String,
    /// Its level under the chosen profiles.
    pub(super) level: Level,
    /// Where it comes from.
    pub(super) source: Source,
    /// The suite that it belongs to.
    pub(super) suite: String,
    /// Name of the case.
    pub(super) case: String,
    /// Which variant of it.
    pub(super) variant: Variant,
    /// What came of it.
    pub(super) verdict: Verdict,
    /// The baseline entry that explains it.
    pub(super) known: Option<Known>,
    /// The verdict in words.
    pub(super) reason: String,
    /// How the probe differs from its control, in words.
    pub(super) difference: Option<String>,
    /// The answers that conform, each in words.
    pub(super) expected: Vec<String>,
    /// What was seen; all null when nothing was sent.
    pub(super) observed: Observed,
    /// In the order in which they were started.
    pub(super) exchanges: Vec<Exchange>,
    /// A command that sends the probe, with environment variables for secrets.
    pub(super) curl: Option<String>,
}

/// Which variant of a case; null where the case was not expanded over it.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Variant {
    /// The same in every run.
    pub(super) id: String,
    /// Name of the client in the target file.
    pub(super) client: Option<String>,
    /// How the client authenticates.
    pub(super) method: Option<String>,
    /// The grant.
    pub(super) grant: Option<String>,
    /// The parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<String>,
    /// The position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<String>,
}

/// An entry of the baseline that explains a deviation.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Known {
    /// Why it is as it is.
    pub(super) reason: String,
    /// Who looks after it.
    pub(super) owner: Option<String>,
    /// Where it is tracked.
    pub(super) link: Option<String>,
    /// The last day on which the entry counts.
    pub(super) until: Option<String>,
}

/// What was seen of the probe.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Observed {
    /// Status code.
    pub(super) status: Option<u16>,
    /// The `error` member of the answer.
    pub(super) error: Option<String>,
    /// What became of it.
    pub(super) outcome: Option<Outcome>,
}

/// One request and what came back.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Exchange {
    /// Why it took place.
    pub(super) role: Role,
    /// What left for the server, without secrets; null when no connection came about.
    pub(super) sent: Option<Bytes>,
    /// What came back, without secrets.
    pub(super) received: Option<Bytes>,
    /// Why nothing, or not all, came back.
    pub(super) failure: Option<String>,
    /// RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(super) started: String,
    /// From the first byte sent to the last received.
    #[schemars(range(min = 0))]
    pub(super) milliseconds: f64,
    /// What TLS agreed on, or how it ended; null without TLS.
    pub(super) tls: Option<Tls>,
}

/// Facts of a TLS connection.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(super) struct Tls {
    /// `TLSv1.3`.
    pub(super) version: Option<String>,
    /// `TLS13_AES_256_GCM_SHA384`.
    pub(super) cipher_suite: Option<String>,
    /// The protocol chosen by ALPN.
    pub(super) alpn: Option<String>,
    /// The alert that ended the connection.
    pub(super) alert: Option<String>,
}
