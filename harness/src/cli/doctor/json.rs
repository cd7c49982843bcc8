//! The findings for machines.

use serde_json::{Value, json};
use tokenspec_report::{Evidence, Exchange};

use super::{Finding, State};
use crate::target::Target;

/// `{target, token_endpoint, works, findings: [{client, method, grant, endpoint, url, state, came_back, advice, exchanges}]}`.
pub(super) fn render(target: &Target, findings: &[Finding<'_>]) -> String {
    let all: Vec<Value> = findings.iter().map(finding).collect();
    let whole = json!({
        "target": target.name,
        "token_endpoint": target.token_endpoint.to_string(),
        "works": super::code(findings) == super::ExitCode::Success,
        "notices": super::engine::notices(target),
        "findings": all,
    });
    format!("{whole:#}\n")
}

fn finding(finding: &Finding<'_>) -> Value {
    let place = &finding.place;
    let exchanges: Vec<Value> = finding.exchanges.iter().map(exchange).collect();
    json!({
        "client": place.client,
        "method": place.method,
        "grant": place.grant,
        "endpoint": place.endpoint,
        "url": place.url,
        "state": match finding.state {
            State::Works => "works",
            State::Fails => "fails",
            State::Untried => "not tried",
        },
        "came_back": finding.words,
        "advice": finding.advice,
        "exchanges": exchanges,
    })
}

fn exchange(exchange: &Exchange) -> Value {
    let text = |evidence: &Option<Evidence>| {
        evidence
            .as_ref()
            .map(|evidence| String::from_utf8_lossy(evidence.bytes()).into_owned())
    };
    json!({
        "role": exchange.role.word(),
        "sent": text(&exchange.sent),
        "received": text(&exchange.received),
        "failure": exchange.failure,
    })
}
