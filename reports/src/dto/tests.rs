//! The contract of `tokenspec-report/1`.

use serde_json::Value;

use super::*;
use crate::sample::{full, passing};
use crate::variant::{Outcome, Role};
use crate::verdict::{Level, Verdict};

fn json(report: &Report) -> Value {
    serde_json::from_str(&to_json(report)).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The sample with one key changed, read again.
fn read_with(pointer: &str, value: Value) -> Result<Report, ReadError> {
    let mut json = json(&full());
    *json.pointer_mut(pointer).unwrap() = value;
    from_json(&json.to_string())
}

#[test]
fn the_sample_is_written_as_reviewed() {
    insta::assert_snapshot!(to_json(&full()));
}

#[test]
fn the_schema_is_as_reviewed() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&json_schema()).unwrap());
}

#[test]
fn the_sample_is_valid_against_the_schema() {
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&json_schema())
        .unwrap();
    for report in [full(), passing()] {
        let errors: Vec<String> = validator
            .iter_errors(&json(&report))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_refuses_a_report_without_a_key_of_the_contract() {
    let schema = json_schema();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let report = json(&full());
    for key in keys(&report) {
        let mut without = report.clone();
        without.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&without), "{key} may be left out");
    }
}

#[test]
fn the_keys_are_those_of_the_contract() {
    let report = json(&full());
    let contract = [
        "schema",
        "tool",
        "target",
        "profile",
        "started",
        "finished",
        "seed",
        "selection",
        "shard",
        "interrupted",
        "exit_code",
        "summary",
        "rules",
        "results",
    ];
    for key in contract {
        assert!(report.get(key).is_some(), "{key}");
    }
    let counts = [
        "error",
        "fail",
        "inconclusive",
        "info",
        "known",
        "pass",
        "skipped",
        "warn",
    ]
    .as_slice();
    assert_eq!(
        (keys(&report["summary"]), keys(&report["rules"])),
        (counts.into(), counts.into())
    );
}

#[test]
fn the_keys_of_a_result_are_those_of_the_contract() {
    let report = json(&full());
    let contract = [
        "target",
        "rule",
        "level",
        "source",
        "suite",
        "case",
        "variant",
        "verdict",
        "known",
        "reason",
        "expected",
        "observed",
        "exchanges",
        "curl",
    ];
    for result in report["results"].as_array().unwrap() {
        assert!(
            contract.iter().all(|key| result.get(key).is_some()),
            "{result}"
        );
        assert_eq!(keys(&result["source"]), ["document", "section", "url"]);
        assert_eq!(keys(&result["observed"]), ["error", "outcome", "status"]);
        for exchange in result["exchanges"].as_array().unwrap() {
            assert_eq!(
                keys(exchange),
                [
                    "failure",
                    "milliseconds",
                    "received",
                    "role",
                    "sent",
                    "started",
                    "tls"
                ]
            );
        }
    }
}

#[test]
fn the_words_are_those_of_the_model() {
    fn check(written: impl serde::Serialize, word: &str) {
        assert_eq!(serde_json::to_value(written).unwrap(), word);
    }
    for verdict in Verdict::ALL {
        check(words::Verdict::from(verdict), verdict.word());
    }
    for level in [Level::Must, Level::Should, Level::May, Level::Vendor] {
        check(words::Level::from(level), level.word());
    }
    for role in [Role::Setup, Role::Control, Role::Probe, Role::After] {
        check(words::Role::from(role), role.word());
    }
    let ended = [Outcome::Closed, Outcome::Tls, Outcome::Timeout];
    for outcome in [Outcome::Accepted, Outcome::Refused, Outcome::Redirected]
        .into_iter()
        .chain(ended)
    {
        check(words::Outcome::from(outcome), outcome.word());
    }
}

#[test]
fn a_report_that_is_read_again_is_the_same() {
    for report in [full(), passing()] {
        assert_eq!(from_json(&to_json(&report)).unwrap(), report);
    }
}

#[test]
fn keys_of_a_later_version_are_skipped() {
    let mut later = json(&full());
    later["novelty"] = Value::from(1);
    later["results"][0]["novelty"] = Value::from(1);
    assert_eq!(from_json(&later.to_string()).unwrap(), full());
}

#[test]
fn what_a_report_claims_to_have_counted_is_not_believed() {
    assert_eq!(read_with("/exit_code", Value::from(0)).unwrap(), full());
    assert_eq!(read_with("/summary/fail", Value::from(0)).unwrap(), full());
    assert_eq!(
        read_with("/rule_results/0/verdict", Value::from("pass")).unwrap(),
        full()
    );
}

#[test]
fn bytes_are_text_or_base64_and_say_when_they_are_cut() {
    let report = json(&full());
    let probe = |result: usize, side: &str| {
        let exchanges = report["results"][result]["exchanges"].as_array().unwrap();
        exchanges
            .iter()
            .find(|exchange| exchange["role"] == "probe")
            .unwrap()[side]
            .clone()
    };
    assert!(probe(0, "sent").is_string());
    assert!(probe(4, "sent")["base64"].is_string());
    assert_eq!(probe(4, "sent")["truncated"], Value::from(false));
    assert!(probe(4, "received")["text"].is_string());
    assert_eq!(probe(4, "received")["truncated"], Value::from(true));
}

#[test]
fn a_text_that_is_no_report_says_why() {
    let check = |text: &str, expect: &str| {
        assert_eq!(from_json(text).unwrap_err().to_string(), expect);
    };
    check(
        "",
        "not a tokenspec report, line 1, column 0: EOF while parsing a value",
    );
    check(
        "{}",
        "not a tokenspec report: it has no `schema`; expected `tokenspec-report/1`",
    );
    check(
        r#"{"schema": "tokenspec-report/2"}"#,
        "the report has schema `tokenspec-report/2`; this version of tokenspec reads \
         `tokenspec-report/1`",
    );
    check(
        r#"{"schema": "tokenspec-report/1"}"#,
        "not a tokenspec report, line 1, column 32: missing field `tool`",
    );
}

#[test]
fn malformed_evidence_is_refused_and_located() {
    let mut twice = json(&full());
    twice["results"][4]["exchanges"][1]["sent"]["text"] = Value::from("too");
    let error = from_json(&twice.to_string()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "result 4: bytes have both text and base64"
    );
    let error = read_with("/results/4/exchanges/1/sent/base64", Value::from("?")).unwrap_err();
    assert_eq!(error.to_string(), "result 4: base64 is malformed");
    let error = read_with("/results/4/exchanges/1/milliseconds", Value::from(-1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "result 4: milliseconds are negative or too many"
    );
}
