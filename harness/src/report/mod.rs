//! Findings → the report: the only place that builds one.

mod curl;
mod places;
mod redact;
mod views;
mod windows;

use std::sync::Arc;

use tokenspec_report::{
    Evidence, Exchange, Known, Observed, Outcome as ReportOutcome, RuleInfo, Source, TlsFacts,
    Variant as VariantInfo, VariantResult, Verdict,
};

pub use redact::Redactor;

use jiff::civil::Date;

use crate::baseline::{Baseline, Outcome};
use crate::judge::Observation;
use crate::plan::Planned;
use crate::run::{Finished, Halt, Logged};
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

/// The results of a run against one target, in plan order.
#[must_use]
pub fn results(
    suite: &Suite,
    target: &Target,
    plan: &[Planned],
    finished: &[Option<Finished>],
    baseline: Option<&Baseline>,
    redactor: &mut Redactor,
) -> Vec<VariantResult> {
    let today = crate::clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    redactor.add_target(target);
    let mut rules: Vec<Option<Arc<RuleInfo>>> = vec![None; suite.rules.len()];
    let mut results = Vec::with_capacity(plan.len());
    for (planned, finished) in plan.iter().zip(finished) {
        let Some(rule) = suite.rules.get(planned.rule.rule) else {
            continue;
        };
        let info = match rules.get_mut(planned.rule.rule) {
            Some(Some(info)) => Arc::clone(info),
            Some(place) => Arc::clone(place.insert(Arc::new(rule_info(rule, planned.rule.level)))),
            None => continue,
        };
        redactor.next_variant();
        let mut result = result(suite, target, planned, finished.as_ref(), info, redactor);
        result.known = known(baseline, today, &result);
        results.push(result);
    }
    results
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

fn result(
    suite: &Suite,
    target: &Target,
    planned: &Planned,
    finished: Option<&Finished>,
    rule: Arc<RuleInfo>,
    redactor: &mut Redactor,
) -> VariantResult {
    let case = suite.case(planned.rule.rule, planned.case);
    let (verdict, reason, expected) = conclude(planned, finished, rule.level);
    let mut result = VariantResult {
        target: target.name.clone(),
        rule,
        case: case.map(|case| case.name.value.clone()).unwrap_or_default(),
        variant: variant_info(target, planned),
        verdict,
        known: None,
        reason,
        difference: difference(planned),
        expected,
        observed: Observed::default(),
        exchanges: Vec::new(),
        curl: None,
    };
    if let Some(finished) = finished {
        for logged in &finished.log {
            redactor.learn(&logged.exchange.sent);
            redactor.learn(&logged.exchange.received);
        }
        result.reason = redactor.redact_text(&result.reason);
        result.expected = result
            .expected
            .iter()
            .map(|text| redactor.redact_text(text))
            .collect();
        result.observed = finished
            .observation
            .as_ref()
            .map(|seen| observed(seen, redactor))
            .unwrap_or_default();
        result.exchanges = finished
            .log
            .iter()
            .map(|logged| shared_exchange(logged, redactor))
            .collect();
        let probe = finished
            .log
            .iter()
            .rfind(|logged| logged.role == tokenspec_report::Role::Probe);
        let probe = probe
            .or_else(|| finished.log.last())
            .and_then(|logged| logged.message.as_ref());
        result.curl = probe.and_then(|message| curl::line(message, redactor));
    }
    result
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

fn observed(seen: &Observation, redactor: &mut Redactor) -> Observed {
    let answer = seen.answer();
    Observed {
        status: answer.map(|answer| answer.status),
        error: answer
            .and_then(|answer| answer.text_member("error"))
            .map(|error| redactor.redact_text(error)),
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

/// An exchange, rendered once however many variants share it: only a control is shared, and its secrets are its own.
/// Exchanges as they are shown. The redactor has to know their secrets.
#[must_use]
pub fn evidence(log: &[Logged], redactor: &mut Redactor) -> Vec<Exchange> {
    log.iter()
        .map(|logged| exchange(logged, redactor))
        .collect()
}

fn shared_exchange(logged: &Logged, redactor: &mut Redactor) -> Exchange {
    if logged.role != tokenspec_report::Role::Control {
        return exchange(logged, redactor);
    }
    if let Some(rendered) = redactor.rendered(&logged.exchange) {
        return rendered;
    }
    let rendered = exchange(logged, redactor);
    redactor.keep_rendered(&logged.exchange, rendered.clone());
    rendered
}

fn exchange(logged: &Logged, redactor: &mut Redactor) -> Exchange {
    let exchange = &logged.exchange;
    let evidence = |bytes: &[u8], redactor: &mut Redactor| {
        let kept = bytes
            .get(..tokenspec_report::EVIDENCE_LIMIT)
            .unwrap_or(bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let cut = length > u64::try_from(kept.len()).unwrap_or(0);
        let redacted = redactor.redact(kept);
        if cut {
            Evidence::beginning_of(redacted, length)
        } else {
            Evidence::new(redacted)
        }
    };
    Exchange {
        role: logged.role,
        sent: (!exchange.sent.is_empty()).then(|| evidence(&exchange.sent, redactor)),
        received: (!exchange.received.is_empty()).then(|| evidence(&exchange.received, redactor)),
        failure: exchange
            .failure()
            .map(|failure| redactor.redact_text(&failure.to_string())),
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
