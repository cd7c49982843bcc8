//! What the caller hands over for each variant: the rule, the judgement, the evidence.

use std::sync::Arc;
use std::time::Duration;

use crate::evidence::Evidence;
use crate::verdict::{Level, Verdict};

/// Where a rule comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// `RFC 6749`.
    pub document: String,
    /// `5.2`; empty when the document has no sections.
    pub section: String,
    /// Where the section can be read.
    pub url: Option<String>,
}

/// One rule as it was planned for one target; shared by all its variants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleInfo {
    /// `rfc6749-code-single-use`.
    pub id: String,
    /// The requirement in one sentence.
    pub statement: String,
    /// How to mend a server that breaks it, where the sentence does not say so already.
    pub remedy: Option<String>,
    /// The level under the chosen profiles.
    pub level: Level,
    /// Where it comes from.
    pub source: Source,
    /// The suite it belongs to.
    pub suite: String,
    /// The file of a user's own rule, which a run finds by that only.
    pub own_file: Option<String>,
}

/// Which variant of a case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Variant {
    /// The same in every run.
    pub id: String,
    /// Name of the client in the target file.
    pub client: Option<String>,
    /// How the client authenticates.
    pub method: Option<String>,
    /// The grant.
    pub grant: Option<String>,
    /// The parameter that the case was expanded over.
    pub parameter: Option<String>,
    /// The position that the case was expanded over.
    pub position: Option<String>,
}

/// An entry of the baseline that explains a deviation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Known {
    /// Why it is as it is.
    pub reason: String,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Where it is tracked.
    pub link: Option<String>,
    /// The last day on which the entry counts, RFC 3339 full-date.
    pub until: Option<String>,
}

/// What became of the probe, in one word.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// Granted.
    Accepted,
    /// Closed or reset without an answer.
    Closed,
    /// Answered with a redirect.
    Redirected,
    /// Answered with anything that grants nothing.
    Refused,
    /// No answer in time.
    Timeout,
    /// Ended by TLS: an alert or a refused handshake.
    Tls,
}

impl Outcome {
    /// The word for it in every form of report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Closed => "closed",
            Self::Redirected => "redirected",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
        }
    }

    /// What it means, for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Closed => "closed without an answer",
            Self::Redirected => "redirected",
            Self::Refused => "refused",
            Self::Timeout => "no answer in time",
            Self::Tls => "ended by TLS",
        }
    }
}

/// What was seen of the probe; all empty when nothing was sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Observed {
    /// Status code.
    pub status: Option<u16>,
    /// The `error` member of the answer.
    pub error: Option<String>,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

/// Why an exchange took place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// To obtain what the case needs.
    Setup,
    /// The same request without the fault.
    Control,
    /// The request under test.
    Probe,
    /// To see what the probe left behind.
    After,
}

impl Role {
    /// The word for it in every form of report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Control => "control",
            Self::Probe => "probe",
            Self::Setup => "setup",
        }
    }
}

/// What TLS agreed on, or how it ended.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: Option<String>,
    /// `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: Option<String>,
    /// The protocol chosen by ALPN.
    pub alpn: Option<String>,
    /// The alert that ended the connection.
    pub alert: Option<String>,
}

/// One request and what came back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exchange {
    /// Why it took place.
    pub role: Role,
    /// What left for the server; nothing when no connection came about.
    pub sent: Option<Evidence>,
    /// What came back.
    pub received: Option<Evidence>,
    /// Why nothing, or not all, came back.
    pub failure: Option<String>,
    /// RFC 3339.
    pub started: String,
    /// From the first byte sent to the last received; reports keep whole microseconds.
    pub took: Duration,
    /// Absent without TLS.
    pub tls: Option<TlsFacts>,
}

/// The judgement on one variant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VariantResult {
    /// Name of the target.
    pub target: String,
    /// The rule, with its level for this target.
    pub rule: Arc<RuleInfo>,
    /// Name of the case.
    pub case: String,
    /// Which variant of it.
    pub variant: Variant,
    /// What came of it.
    pub verdict: Verdict,
    /// The baseline entry that explains it; dropped where there is nothing to explain.
    pub known: Option<Known>,
    /// The verdict in words: `accepted`, `refused, but with 500`, or what is missing and which key
    /// of the target file would grant it.
    pub reason: String,
    /// How the probe differs from its control, in words.
    pub difference: Option<String>,
    /// The answers that conform, each in words.
    pub expected: Vec<String>,
    /// What was seen.
    pub observed: Observed,
    /// In the order in which they were started.
    pub exchanges: Vec<Exchange>,
    /// A command that sends the probe, with environment variables for secrets.
    pub curl: Option<String>,
}
