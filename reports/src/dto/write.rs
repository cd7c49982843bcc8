//! From the model to its serialised form.

use std::collections::BTreeSet;

use super::SCHEMA;
use super::evidence::Bytes;
use super::shape::{
    Counts, Exchange, Known, Observed, Policy, Report, RuleResult, Selection, Shard, Source, Stale,
    Target, Tls, Tool, Variant, VariantResult,
};
use crate::conclusion::{Ending, Undecided};
use crate::{model, run, summary, variant};

pub(super) fn shape(report: &model::Report) -> Report {
    let facts = report.facts();
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: facts.tool.name.clone(),
            version: facts.tool.version.clone(),
        },
        target: names(report).join(", "),
        profile: profiles(report),
        started: facts.started.clone(),
        finished: facts.finished.clone(),
        seed: facts.seed,
        selection: selection(&facts.selection),
        shard: facts.shard.map(|shard| Shard {
            index: shard.index,
            count: shard.count,
        }),
        policy: Policy {
            fail_on: facts.fail_on.into(),
            allow_inconclusive: facts.undecided == Undecided::Allow,
        },
        interrupted: facts.ending == Ending::Interrupted,
        exit_code: report.conclusion().exit_code().number(),
        exit_reasons: report.conclusion().sentences(),
        summary: counts(report.variants()),
        rules: counts(report.rules()),
        notices: facts.notices.clone(),
        stale_baseline: facts.stale.iter().map(stale).collect(),
        targets: report.targets().iter().map(target).collect(),
        rule_results: report.targets().iter().flat_map(rule_results).collect(),
        results: report.results().iter().map(variant_result).collect(),
    }
}

fn names(report: &model::Report) -> Vec<&str> {
    report
        .targets()
        .iter()
        .map(|target| target.info.name.as_str())
        .collect()
}

/// Each profile once, in the order in which they are first named.
fn profiles(report: &model::Report) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = report
        .targets()
        .iter()
        .flat_map(|target| &target.info.profiles);
    all.filter(|profile| seen.insert(profile.as_str()))
        .cloned()
        .collect()
}

fn selection(selection: &run::Selection) -> Selection {
    Selection {
        suites: selection.suites.clone(),
        rules: selection.rules.clone(),
        levels: selection
            .levels
            .iter()
            .map(|level| (*level).into())
            .collect(),
    }
}

fn counts(summary: &summary::Summary) -> Counts {
    Counts {
        pass: summary.pass,
        fail: summary.fail,
        warn: summary.warn,
        info: summary.info,
        skipped: summary.skipped,
        inconclusive: summary.inconclusive,
        error: summary.error,
        known: summary.known,
    }
}

fn stale(entry: &run::StaleEntry) -> Stale {
    Stale {
        rule: entry.rule.clone(),
        case: entry.case.clone(),
        client: entry.client.clone(),
        verdict: entry.verdict.map(Into::into),
        reason: entry.reason.clone(),
        why: entry.why.clone(),
    }
}

fn target(target: &model::TargetReport) -> Target {
    Target {
        name: target.info.name.clone(),
        token_endpoint: target.info.token_endpoint.clone(),
        profile: target.info.profiles.clone(),
        argument: target.info.argument.clone(),
        flags: target.info.flags.clone(),
        notices: target.info.notices.clone(),
        summary: counts(&target.variants),
        rules: counts(&target.rules),
    }
}

fn rule_results(target: &model::TargetReport) -> impl Iterator<Item = RuleResult> {
    target.results.iter().map(|result| RuleResult {
        target: target.info.name.clone(),
        rule: result.rule.id.clone(),
        statement: result.rule.statement.clone(),
        remedy: result.rule.remedy.clone(),
        level: result.rule.level.into(),
        source: source(&result.rule.source),
        suite: result.rule.suite.clone(),
        verdict: result.verdict.into(),
        known: result.is_known(),
        summary: counts(&result.variants),
        rerun: result.rerun.clone(),
    })
}

fn source(source: &variant::Source) -> Source {
    Source {
        document: source.document.clone(),
        section: source.section.clone(),
        url: source.url.clone(),
    }
}

fn variant_result(result: &variant::VariantResult) -> VariantResult {
    VariantResult {
        target: result.target.clone(),
        rule: result.rule.id.clone(),
        level: result.rule.level.into(),
        source: source(&result.rule.source),
        suite: result.rule.suite.clone(),
        case: result.case.clone(),
        variant: which(&result.variant),
        verdict: result.verdict.into(),
        known: result.known.as_ref().map(known),
        reason: result.reason.clone(),
        difference: result.difference.clone(),
        expected: result.expected.clone(),
        observed: Observed {
            status: result.observed.status,
            error: result.observed.error.clone(),
            outcome: result.observed.outcome.map(Into::into),
        },
        exchanges: result.exchanges.iter().map(exchange).collect(),
        curl: result.curl.clone(),
    }
}

fn which(variant: &variant::Variant) -> Variant {
    Variant {
        id: variant.id.clone(),
        client: variant.client.clone(),
        method: variant.method.clone(),
        grant: variant.grant.clone(),
        parameter: variant.parameter.clone(),
        position: variant.position.clone(),
    }
}

fn known(known: &variant::Known) -> Known {
    Known {
        reason: known.reason.clone(),
        owner: known.owner.clone(),
        link: known.link.clone(),
        until: known.until.clone(),
    }
}

fn exchange(exchange: &variant::Exchange) -> Exchange {
    Exchange {
        role: exchange.role.into(),
        sent: exchange.sent.as_ref().map(Bytes::from),
        received: exchange.received.as_ref().map(Bytes::from),
        failure: exchange.failure.clone(),
        started: exchange.started.clone(),
        milliseconds: milliseconds(exchange.took),
        tls: exchange.tls.as_ref().map(tls),
    }
}

/// To the microsecond.
fn milliseconds(took: std::time::Duration) -> f64 {
    took.as_micros() as f64 / 1e3
}

fn tls(tls: &variant::TlsFacts) -> Tls {
    Tls {
        version: tls.version.clone(),
        cipher_suite: tls.cipher_suite.clone(),
        alpn: tls.alpn.clone(),
        alert: tls.alert.clone(),
    }
}
