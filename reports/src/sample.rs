//! Reports for the tests: small ones of any verdict, and one hand-built one that has everything.

use std::sync::Arc;
use std::time::Duration;

use crate::conclusion::Ending;
use crate::evidence::Evidence;
use crate::model::Report;
use crate::run::{RunFacts, Selection, Shard, StaleEntry, TargetInfo, Tool};
use crate::variant::{
    Exchange, Known, Observed, Outcome, Role, RuleInfo, Source, TlsFacts, Variant, VariantResult,
};
use crate::verdict::{Level, Verdict};

mod results;

/// A result with nothing but a rule and a verdict.
pub(crate) fn result(rule: &str, level: Level, verdict: Verdict) -> VariantResult {
    let rule = rule_info(
        rule,
        level,
        ("RFC 6749", "5.2"),
        "The sentence of the rule.",
    );
    variant(
        &rule,
        "the case",
        ("web", "client_secret_basic", "client_credentials"),
        verdict,
    )
}

/// The same result, explained by a baseline.
pub(crate) fn known(mut result: VariantResult) -> VariantResult {
    result.known = Some(Known {
        reason: "the parser keeps the first value".to_owned(),
        owner: Some("identity team".to_owned()),
        link: Some("https://tracker.example/123".to_owned()),
        until: Some("2027-01-31".to_owned()),
    });
    result
}

/// Every verdict, known entries, binary and hostile bytes, two targets, an interrupted run.
pub(crate) fn full() -> Report {
    Report::build(facts(), results::all())
}

/// A short run in which everything passes.
pub(crate) fn passing() -> Report {
    let facts = RunFacts {
        ending: Ending::Complete,
        stale: Vec::new(),
        shard: None,
        notices: Vec::new(),
        targets: facts().targets.into_iter().skip(1).collect(),
        ..facts()
    };
    let mut pass = result("rfc6749-success-json-object", Level::Must, Verdict::Pass);
    pass.target = EMBEDDED.to_owned();
    Report::build(facts, vec![pass])
}

const EXAMPLE: &str = "Example AS";
const EMBEDDED: &str = "reference server (pingfederate)";

fn facts() -> RunFacts {
    RunFacts {
        tool: Tool {
            name: "tokenspec".to_owned(),
            version: "0.1.0".to_owned(),
        },
        targets: vec![
            TargetInfo {
                name: EXAMPLE.to_owned(),
                token_endpoint: "https://as.example.com:9031/as/token.oauth2".to_owned(),
                profiles: vec!["oauth2.0".to_owned()],
                argument: Some("examples/my as.yaml".to_owned()),
                flags: Vec::new(),
                notices: vec![
                    "the server's certificate is not checked (`tls.insecure`)".to_owned(),
                ],
            },
            TargetInfo {
                name: EMBEDDED.to_owned(),
                token_endpoint: "http://127.0.0.1:49152/as/token.oauth2".to_owned(),
                profiles: vec!["oauth2.0".to_owned(), "pingfederate".to_owned()],
                argument: None,
                flags: vec!["--profile".to_owned(), "pingfederate".to_owned()],
                notices: Vec::new(),
            },
        ],
        started: "2026-11-20T10:00:00Z".to_owned(),
        finished: "2026-11-20T10:00:07.25Z".to_owned(),
        seed: 42,
        selection: Selection {
            suites: vec!["rfc6749".to_owned(), "pingfederate".to_owned()],
            rules: vec!["*".to_owned()],
            levels: vec![Level::Must, Level::Vendor, Level::Should],
        },
        shard: Some(Shard { index: 1, count: 2 }),
        ending: Ending::Interrupted,
        stale: vec![StaleEntry {
            rule: "rfc6749-duplicate-*".to_owned(),
            case: None,
            client: Some("web".to_owned()),
            verdict: Some(Verdict::Fail),
            reason: "upstream ticket 77".to_owned(),
            why: "none of its rules deviates any more".to_owned(),
        }],
        notices: vec!["3 refresh tokens could not be revoked and may still hold.".to_owned()],
        ..RunFacts::default()
    }
}

pub(crate) fn rule_info(id: &str, level: Level, source: (&str, &str), statement: &str) -> RuleInfo {
    let (document, section) = source;
    let number = document.strip_prefix("RFC ");
    let suite = id.split('-').next().unwrap_or_default();
    RuleInfo {
        id: id.to_owned(),
        statement: statement.to_owned(),
        remedy: None,
        level,
        source: Source {
            document: document.to_owned(),
            section: section.to_owned(),
            url: number.map(|number| {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }),
        },
        suite: if id.starts_with("form") {
            "form-urlencoded"
        } else {
            suite
        }
        .to_owned(),
        own_file: None,
    }
}

fn variant(
    rule: &RuleInfo,
    case: &str,
    (client, method, grant): (&str, &str, &str),
    verdict: Verdict,
) -> VariantResult {
    VariantResult {
        target: EXAMPLE.to_owned(),
        rule: Arc::new(rule.clone()),
        case: case.to_owned(),
        variant: Variant {
            id: format!("{client}/{method}/{grant}"),
            client: Some(client.to_owned()),
            method: Some(method.to_owned()),
            grant: Some(grant.to_owned()),
            parameter: None,
            position: None,
        },
        verdict,
        known: None,
        reason: String::new(),
        difference: None,
        expected: Vec::new(),
        observed: Observed::default(),
        exchanges: Vec::new(),
        curl: None,
    }
}

fn observed(status: u16, error: Option<&str>, outcome: Outcome) -> Observed {
    Observed {
        status: Some(status),
        error: error.map(str::to_owned),
        outcome: Some(outcome),
    }
}

fn exchange(role: Role, sent: impl Into<Vec<u8>>, received: impl Into<Vec<u8>>) -> Exchange {
    Exchange {
        role,
        sent: Some(Evidence::new(sent)),
        received: Some(Evidence::new(received)),
        failure: None,
        started: "2026-11-20T10:00:01.5Z".to_owned(),
        took: Duration::from_micros(12_345),
        tls: None,
    }
}

fn tls() -> TlsFacts {
    TlsFacts {
        version: Some("TLSv1.3".to_owned()),
        cipher_suite: Some("TLS13_AES_256_GCM_SHA384".to_owned()),
        alpn: Some("http/1.1".to_owned()),
        alert: None,
    }
}
