//! From the serialised form back to the model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use super::SCHEMA;
use super::evidence::Bytes;
use super::shape::{
    Exchange, Known, Report, RuleResult, Source, Stale, Target, Tls, Variant, VariantResult,
};
use crate::conclusion::{Ending, Undecided};
use crate::evidence::Evidence;
use crate::{model, run, variant};

/// Why a text is no report.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The text is no JSON object, or a key is missing or has the wrong type.
    #[error("not a tokenspec report, line {line}, column {column}: {what}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// The JSON does not name a schema.
    #[error("not a tokenspec report: it has no `schema`; expected `{SCHEMA}`")]
    NoSchema,
    /// The report has a schema that this version does not read.
    #[error("the report has schema `{found}`; this version of tokenspec reads `{SCHEMA}`")]
    OtherSchema {
        /// The schema of the report.
        found: String,
    },
    /// The bytes of an exchange can't be read.
    #[error("result {result}: {what}")]
    Evidence {
        /// Which entry of `results`, from 0.
        result: usize,
        /// What is wrong.
        what: &'static str,
    },
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let what = error.to_string().replace(&place, "");
        Self::Json {
            line: error.line(),
            column: error.column(),
            what,
        }
    }
}

/// The one key that decides whether the others can be understood.
#[derive(Deserialize)]
struct Header {
    schema: Option<String>,
}

pub(super) fn report(json: &str) -> Result<model::Report, ReadError> {
    let header: Header = serde_json::from_str(json)?;
    match header.schema {
        Some(schema) if schema == SCHEMA => {}
        Some(found) => return Err(ReadError::OtherSchema { found }),
        None => return Err(ReadError::NoSchema),
    }
    let mut report: Report = serde_json::from_str(json)?;
    let texts = Texts::new(std::mem::take(&mut report.rule_results));
    let mut shared = BTreeMap::new();
    let mut results = Vec::new();
    for (place, result) in std::mem::take(&mut report.results).into_iter().enumerate() {
        let rule = texts.rule(&result);
        let key = (result.target.clone(), result.rule.clone());
        let shared = shared.entry(key).or_insert_with(|| Arc::new(rule.clone()));
        let rule = if **shared == rule {
            Arc::clone(shared)
        } else {
            Arc::new(rule)
        };
        let result = variant_result(result, rule).map_err(|what| ReadError::Evidence {
            result: place,
            what,
        })?;
        results.push(result);
    }
    Ok(model::Report::build(facts(report), results))
}

/// What is written once for each rule and target.
struct Texts(BTreeMap<(String, String), (String, Option<String>)>);

impl Texts {
    fn new(rules: Vec<RuleResult>) -> Self {
        let entry = |rule: RuleResult| ((rule.target, rule.rule), (rule.statement, rule.remedy));
        Self(rules.into_iter().map(entry).collect())
    }

    fn rule(&self, result: &VariantResult) -> variant::RuleInfo {
        let key = (result.target.clone(), result.rule.clone());
        let (statement, remedy) = self.0.get(&key).cloned().unwrap_or_default();
        variant::RuleInfo {
            id: result.rule.clone(),
            statement,
            remedy,
            level: result.level.into(),
            source: source(&result.source),
            suite: result.suite.clone(),
            own_file: None,
        }
    }
}

fn facts(report: Report) -> run::RunFacts {
    run::RunFacts {
        tool: run::Tool {
            name: report.tool.name,
            version: report.tool.version,
        },
        targets: report.targets.into_iter().map(target).collect(),
        started: report.started,
        finished: report.finished,
        seed: report.seed,
        selection: run::Selection {
            suites: report.selection.suites,
            rules: report.selection.rules,
            levels: report
                .selection
                .levels
                .into_iter()
                .map(Into::into)
                .collect(),
        },
        shard: report.shard.map(|shard| run::Shard {
            index: shard.index,
            count: shard.count,
        }),
        ending: if report.interrupted {
            Ending::Interrupted
        } else {
            Ending::Complete
        },
        fail_on: report.policy.fail_on.into(),
        undecided: match report.policy.allow_inconclusive {
            true => Undecided::Allow,
            false => Undecided::Refuse,
        },
        stale: report.stale_baseline.into_iter().map(stale).collect(),
        notices: report.notices,
    }
}

fn target(target: Target) -> run::TargetInfo {
    run::TargetInfo {
        name: target.name,
        token_endpoint: target.token_endpoint,
        profiles: target.profile,
        argument: target.argument,
        flags: target.flags,
        notices: target.notices,
    }
}

fn stale(entry: Stale) -> run::StaleEntry {
    run::StaleEntry {
        rule: entry.rule,
        case: entry.case,
        client: entry.client,
        verdict: entry.verdict.map(Into::into),
        reason: entry.reason,
        why: entry.why,
    }
}

fn source(source: &Source) -> variant::Source {
    variant::Source {
        document: source.document.clone(),
        section: source.section.clone(),
        url: source.url.clone(),
    }
}

fn variant_result(
    result: VariantResult,
    rule: Arc<variant::RuleInfo>,
) -> Result<variant::VariantResult, &'static str> {
    let exchanges: Result<Vec<_>, _> = result.exchanges.into_iter().map(exchange).collect();
    Ok(variant::VariantResult {
        target: result.target,
        rule,
        case: result.case,
        variant: which(result.variant),
        verdict: result.verdict.into(),
        known: result.known.map(known),
        reason: result.reason,
        difference: result.difference,
        expected: result.expected,
        observed: variant::Observed {
            status: result.observed.status,
            error: result.observed.error,
            outcome: result.observed.outcome.map(Into::into),
        },
        exchanges: exchanges?,
        curl: result.curl,
    })
}

fn which(variant: Variant) -> variant::Variant {
    variant::Variant {
        id: variant.id,
        client: variant.client,
        method: variant.method,
        grant: variant.grant,
        parameter: variant.parameter,
        position: variant.position,
    }
}

fn known(known: Known) -> variant::Known {
    variant::Known {
        reason: known.reason,
        owner: known.owner,
        link: known.link,
        until: known.until,
    }
}

fn exchange(exchange: Exchange) -> Result<variant::Exchange, &'static str> {
    let bytes = |bytes: Option<Bytes>| bytes.map(Evidence::try_from).transpose();
    Ok(variant::Exchange {
        role: exchange.role.into(),
        sent: bytes(exchange.sent)?,
        received: bytes(exchange.received)?,
        failure: exchange.failure,
        started: exchange.started,
        took: took(exchange.milliseconds)?,
        tls: exchange.tls.map(tls),
    })
}

fn took(milliseconds: f64) -> Result<Duration, &'static str> {
    let seconds = (milliseconds * 1e3).round() / 1e6;
    Duration::try_from_secs_f64(seconds).map_err(|_| "milliseconds are negative or too many")
}

fn tls(tls: Tls) -> variant::TlsFacts {
    variant::TlsFacts {
        version: tls.version,
        cipher_suite: tls.cipher_suite,
        alpn: tls.alpn,
        alert: tls.alert,
    }
}
