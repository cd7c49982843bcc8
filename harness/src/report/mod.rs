//! Findings → the report: the only place that builds one.

mod curl;
mod places;
mod redact;
mod views;
mod windows;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokenspec_report::{
    Evidence, Exchange, Known, Observed, Outcome as ReportOutcome, RuleInfo, Source, TlsFacts,
    Variant as VariantInfo, VariantResult, Verdict,
};

pub use redact::{Mask, Redactor};

use jiff::civil::Date;

use crate::baseline::{Baseline, Outcome};
use crate::judge::Observation;
use crate::plan::Planned;
use crate::run::{Finished, Halt, Logged};
use crate::side_by_side;
use crate::suite::Suite;
use crate::suite::answer::Grade;
use crate::target::Target;
use crate::vocabulary::Level;

/// The level as the report names it.
#[must_use]
pub fn level(level: Level) -> tokenspec_report::Level {
    match level {
        Level::Must => tokenspec_report::Level::Must,
        Level::Should => tokenspec_report::Level::Should,
        Level::May => tokenspec_report::Level::May,
        Level::Vendor => tokenspec_report::Level::Vendor,
    }
}

/// What a run against one target came to.
#[derive(Clone, Copy, Debug)]
pub struct Outcomes<'a> {
    /// The suites.
    pub suite: &'a Suite,
    /// The target.
    pub target: &'a Target,
    /// What was planned.
    pub plan: &'a [Planned],
    /// What became of it, in the order of the plan.
    pub finished: &'a [Option<Finished>],
}

/// The results of a run against one target, in plan order.
#[must_use]
pub fn results(
    outcomes: Outcomes<'_>,
    baseline: Option<&Baseline>,
    redactor: &mut Redactor,
) -> Vec<VariantResult> {
    let Outcomes {
        suite,
        target,
        plan,
        finished,
    } = outcomes;
    let today = crate::clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    redactor.add_target(target);
    meet(finished, redactor);
    let workshop = Workshop {
        suite,
        target,
        rules: rule_infos(suite, plan),
        redactor,
        rendered: Mutex::default(),
    };
    let pairs: Vec<_> = plan.iter().zip(finished).collect();
    let mut results = side_by_side::in_order(&pairs, |(planned, finished)| {
        workshop.result(planned, finished.as_ref())
    });
    for result in &mut results {
        result.known = known(baseline, today, result);
    }
    results
}

/// Numbers all secrets, in the order in which a reader meets them.
fn meet(finished: &[Option<Finished>], redactor: &mut Redactor) {
    let mut seen = HashSet::new();
    for finished in finished.iter().flatten() {
        for logged in &finished.log {
            if seen.insert(Arc::as_ptr(&logged.exchange).addr()) {
                redactor.meet(&logged.exchange.sent);
                redactor.meet(&logged.exchange.received);
            }
        }
    }
}

/// What the report says of each rule of a plan, by the rule's place in the suite.
fn rule_infos(suite: &Suite, plan: &[Planned]) -> HashMap<usize, Arc<RuleInfo>> {
    let mut infos = HashMap::new();
    for planned in plan {
        if let Some(rule) = suite.rules.get(planned.rule.rule) {
            infos
                .entry(planned.rule.rule)
                .or_insert_with(|| Arc::new(rule_info(rule, planned.rule.level)));
        }
    }
    infos
}

/// A rule of a suite, as the report names it, at its own level.
#[must_use]
pub fn rule_of(suite: &Suite, id: &str) -> Option<RuleInfo> {
    let rule = suite.rule_named(id)?;
    Some(rule_info(rule, rule.source.level))
}

fn rule_info(rule: &crate::suite::Rule, planned: Level) -> RuleInfo {
    RuleInfo {
        id: rule.id.clone(),
        statement: rule.statement.clone(),
        remedy: rule.remedy.clone(),
        level: level(planned),
        source: Source {
            document: rule.source.document.value.clone(),
            section: rule.source.section.value.clone(),
            url: source_url(rule),
        },
        suite: rule.suite.clone(),
        own_file: rule.own.then(|| rule.file.clone()),
    }
}

/// Where the source of a rule can be read.
#[must_use]
pub fn source_url(rule: &crate::suite::Rule) -> Option<String> {
    rule.source.url.clone().or_else(|| rfc_url(rule))
}

/// Where an RFC's first cited section can be read.
fn rfc_url(rule: &crate::suite::Rule) -> Option<String> {
    let number = rule.source.document.as_str().strip_prefix("RFC ")?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let section: String = rule
        .source
        .section
        .as_str()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect();
    let section = section.trim_end_matches('.');
    Some(format!(
        "https://www.rfc-editor.org/rfc/rfc{digits}#section-{section}"
    ))
}

/// What the results of one target are made with.
struct Workshop<'a> {
    suite: &'a Suite,
    target: &'a Target,
    rules: HashMap<usize, Arc<RuleInfo>>,
    redactor: &'a Redactor,
    /// Exchanges that several variants share, as they are shown, by the address of the exchange.
    rendered: Mutex<HashMap<usize, Exchange>>,
}

impl Workshop<'_> {
    fn result(&self, planned: &Planned, finished: Option<&Finished>) -> Option<VariantResult> {
        let rule = Arc::clone(self.rules.get(&planned.rule.rule)?);
        let case = self.suite.case(planned.rule.rule, planned.case);
        let (verdict, reason, expected) = conclude(planned, finished, rule.level);
        let mut result = VariantResult {
            target: self.target.name.clone(),
            rule,
            case: case.map(|case| case.name.value.clone()).unwrap_or_default(),
            variant: variant_info(self.target, planned),
            verdict,
            known: None,
            reason,
            difference: difference(planned),
            expected,
            observed: Observed::default(),
            exchanges: Vec::new(),
            curl: None,
        };
        let Some(finished) = finished else {
            return Some(result);
        };
        let mut mask = self.redactor.mask();
        for logged in &finished.log {
            mask.learn(&logged.exchange.sent);
            mask.learn(&logged.exchange.received);
        }
        result.reason = mask.text(&result.reason);
        for expected in &mut result.expected {
            *expected = mask.text(expected);
        }
        let seen = finished.observation.as_ref();
        result.observed = seen.map(|seen| observed(seen, &mask)).unwrap_or_default();
        result.exchanges = finished
            .log
            .iter()
            .map(|logged| self.exchange(logged, &mask))
            .collect();
        let probe = finished
            .log
            .iter()
            .rfind(|logged| logged.role == tokenspec_report::Role::Probe);
        let probe = probe
            .or_else(|| finished.log.last())
            .and_then(|logged| logged.message.as_ref());
        result.curl = probe.and_then(|message| curl::line(message, &mask));
        Some(result)
    }

    /// An exchange, rendered once however many variants share it: only a control is shared, and its secrets are its own.
    fn exchange(&self, logged: &Logged, mask: &Mask<'_>) -> Exchange {
        if logged.role != tokenspec_report::Role::Control {
            return exchange(logged, mask);
        }
        let address = Arc::as_ptr(&logged.exchange).addr();
        let rendered = || self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        let known = rendered().get(&address).cloned();
        known.unwrap_or_else(|| {
            let shown = exchange(logged, mask);
            rendered().insert(address, shown.clone());
            shown
        })
    }
}

fn variant_info(target: &Target, planned: &Planned) -> VariantInfo {
    let variant = &planned.variant;
    let client = variant.client.and_then(|index| target.clients.get(index));
    VariantInfo {
        id: variant.id.clone(),
        client: client.map(|client| client.name.clone()),
        method: client.map(|client| client.auth.name().to_owned()),
        grant: variant.grant.map(|grant| grant.name().to_owned()),
        parameter: variant.parameter(),
        position: variant.position(),
    }
}

/// How the probe differs, in words.
fn difference(planned: &Planned) -> Option<String> {
    match (planned.variant.parameter(), planned.variant.position()) {
        (Some(parameter), Some(position)) => Some(format!("{parameter}: {position}")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

/// The verdict on a variant under the level of its rule (design §2).
#[must_use]
pub fn verdict(planned: &Planned, finished: Option<&Finished>) -> Verdict {
    conclude(planned, finished, level(planned.rule.level)).0
}

/// Verdict, reason and expectation of a variant under its level.
fn conclude(
    planned: &Planned,
    finished: Option<&Finished>,
    level: tokenspec_report::Level,
) -> (Verdict, String, Vec<String>) {
    if let Some(reason) = &planned.skip {
        return (Verdict::Skipped, reason.clone(), Vec::new());
    }
    let Some(finished) = finished else {
        return (Verdict::Error, "never run".to_owned(), Vec::new());
    };
    match &finished.result {
        Ok(judgement) => {
            let verdict = match judgement.grade {
                Grade::Pass => Verdict::Pass,
                Grade::Info => Verdict::Info,
                Grade::Warn if level == tokenspec_report::Level::May => Verdict::Info,
                Grade::Warn => Verdict::Warn,
                Grade::Inconclusive => Verdict::Inconclusive,
                Grade::Fail => level.broken(),
            };
            (
                verdict,
                judgement.reason.clone(),
                judgement.expected.clone(),
            )
        }
        Err(Halt::Inconclusive(why)) => (Verdict::Inconclusive, why.clone(), Vec::new()),
        Err(Halt::Skipped(why)) => (Verdict::Skipped, why.clone(), Vec::new()),
        Err(Halt::Broken { cause, .. }) => (Verdict::Error, cause.clone(), Vec::new()),
        Err(Halt::Interrupted) => (Verdict::Error, "interrupted".to_owned(), Vec::new()),
    }
}

fn observed(seen: &Observation, mask: &Mask<'_>) -> Observed {
    let answer = seen.answer();
    Observed {
        status: answer.map(|answer| answer.status),
        error: answer
            .and_then(|answer| answer.text_member("error"))
            .map(|error| mask.text(error)),
        outcome: Some(match seen.outcome() {
            "accepted" => ReportOutcome::Accepted,
            "redirected" => ReportOutcome::Redirected,
            "refused" => ReportOutcome::Refused,
            "timeout" => ReportOutcome::Timeout,
            "tls" => ReportOutcome::Tls,
            _ => ReportOutcome::Closed,
        }),
    }
}

/// Exchanges as they are shown.
#[must_use]
pub fn evidence(log: &[Logged], mask: &Mask<'_>) -> Vec<Exchange> {
    log.iter().map(|logged| exchange(logged, mask)).collect()
}

fn exchange(logged: &Logged, mask: &Mask<'_>) -> Exchange {
    let exchange = &logged.exchange;
    let evidence = |bytes: &[u8]| {
        let kept = bytes
            .get(..tokenspec_report::EVIDENCE_LIMIT)
            .unwrap_or(bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let cut = length > u64::try_from(kept.len()).unwrap_or(0);
        let redacted = mask.octets(kept);
        if cut {
            Evidence::beginning_of(redacted, length)
        } else {
            Evidence::new(redacted)
        }
    };
    Exchange {
        role: logged.role,
        sent: (!exchange.sent.is_empty()).then(|| evidence(&exchange.sent)),
        received: (!exchange.received.is_empty()).then(|| evidence(&exchange.received)),
        failure: exchange
            .failure()
            .map(|failure| mask.text(&failure.to_string())),
        started: exchange.started.to_string(),
        took: exchange.elapsed,
        tls: exchange.tls.as_ref().map(|tls| TlsFacts {
            version: Some(tls.version.clone()),
            cipher_suite: Some(tls.cipher.clone()),
            alpn: tls.alpn.clone(),
            alert: None,
        }),
    }
}

/// The baseline entry that knows a deviation.
fn known(baseline: Option<&Baseline>, today: Date, result: &VariantResult) -> Option<Known> {
    let outcome = Outcome {
        rule: &result.rule.id,
        case: &result.case,
        client: result.variant.client.as_deref(),
        verdict: result.verdict,
    };
    Some(baseline?.covers(outcome, today)?.known())
}
