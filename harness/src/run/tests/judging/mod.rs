//! What the judge says of raw answers: octets → facts → grade. The expectations are those of rule files.

mod answers;
mod contents;

use std::collections::BTreeMap;

use crate::judge::{Judgement, Observation, Surroundings, TokenFacts, judge};
use crate::plan::tests::suite;
use crate::run::observe;
use crate::suite::answer::{Answer, Grade};
use crate::template::{Rendered, Scope};
use crate::transport::{ConnectionUse, Exchange, Failure};
use crate::wire::http1::{ReadLimits, ResponseReader};
use crate::wire::response::AnswerTo;

/// The answers that a rule file writes.
fn answers(expect: &str) -> Vec<Answer> {
    let case = format!("cases:\n  - {{name: c, baseline: client_credentials, expect: {expect}}}");
    let suite = suite(&[("r", &case)]);
    suite.rules[0].cases[0].expect.0.clone()
}

/// What is seen of an answer, given as octets.
fn seen(raw: &[u8]) -> Observation {
    let limits = ReadLimits {
        head: 4096,
        body: 4096,
    };
    let mut reader = ResponseReader::new(AnswerTo::Other, limits);
    reader.feed(raw).unwrap();
    reader.end();
    observed(Ok(reader.into_response().unwrap()), raw)
}

fn observed(result: Result<crate::wire::response::Response, Failure>, raw: &[u8]) -> Observation {
    let exchange = Exchange {
        sent: Vec::new(),
        received: raw.to_vec(),
        result,
        partial: None,
        started: crate::clock::now(),
        elapsed: std::time::Duration::ZERO,
        tls: None,
        connection: ConnectionUse::Fresh,
        aftermath: None,
    };
    Observation {
        reply: observe::reply(&exchange),
        had_authorization: false,
        asked_scope: None,
        token: TokenFacts::default(),
        aftermath: None,
    }
}

/// An answer of this status, with a body and further lines of the head.
fn http(status: u16, more: &str, body: &[u8]) -> Observation {
    let mut raw = format!("HTTP/1.1 {status} X\r\n{more}\r\n").into_bytes();
    raw.extend_from_slice(body);
    seen(&raw)
}

/// A run in which these words hold, and these observations were saved.
#[derive(Default)]
struct Around {
    words: Vec<&'static str>,
    saved: BTreeMap<&'static str, Observation>,
}

impl Scope for Around {
    fn lookup(&self, path: &[String]) -> Option<Rendered> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        (path == ["client", "id"]).then(|| Rendered::plain("web"))
    }

    fn random(&self, length: usize) -> String {
        "x".repeat(length)
    }

    fn atm_match(&self, uri: &str) -> String {
        uri.to_owned()
    }
}

impl Surroundings for Around {
    fn word(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn saved(&self, name: &str) -> Option<&Observation> {
        self.saved.get(name)
    }
}

fn judged(expect: &str, seen: &Observation, around: &Around) -> Judgement {
    judge(&answers(expect), seen, around).unwrap()
}

/// Rows of status, body and grade under one expectation.
#[track_caller]
fn assert_grades(expect: &str, rows: &[(u16, &str, Grade)]) {
    for (status, body, grade) in rows {
        let seen = http(*status, "", body.as_bytes());
        let judgement = judged(expect, &seen, &Around::default());
        assert_eq!(
            judgement.grade, *grade,
            "{expect}: {status} {body}: {judgement:?}"
        );
    }
}

const TOKEN: &str = r#"{"access_token":"2YotnFZFEjr1","token_type":"Bearer"}"#;
