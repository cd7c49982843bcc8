//! Any octets as the answer of a server: read, observed, and held against expectations of every kind.

use std::sync::Arc;

use std::sync::OnceLock;

use tokenspec::judge::{Observation, Reply, Surroundings, TokenFacts, judge};
use tokenspec::run::http_answer;
use tokenspec::suite::answer::Answer;
use tokenspec::template::{Rendered, Scope};
use tokenspec::wire::http1::{End, Progress, ReadError, ReadLimits, ResponseReader};
use tokenspec::wire::json::Document;
use tokenspec::wire::response::{AnswerTo, Oddity, Response};

/// How much an answer may hold here.
const LIMITS: ReadLimits = ReadLimits {
    head: 4096,
    body: 4096,
};

/// What is made of some octets.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The answer, as far as it came.
    pub response: Option<Response>,
    /// Why reading ended before its end.
    pub error: Option<ReadError>,
    /// What the end of the connection means.
    pub end: End,
}

/// One input of the fuzzer: what came over the connection until it ended.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    let whole = read(input.chunks(input.len().max(1)));
    let pieces = read(input.chunks(7));
    assert_eq!(
        whole.response, pieces.response,
        "it matters how the octets come"
    );
    assert_eq!(whole.end, pieces.end, "it matters how the octets come");
    json(input);
    let Some(response) = whole.response else {
        return;
    };
    assert!(response.body.len() <= LIMITS.body && (100..1000).contains(&response.status));
    for answers in expectations() {
        judged(answers, &response);
    }
}

/// Reads octets that come in these pieces.
///
/// # Panics
/// When the reader contradicts itself.
#[must_use]
pub fn read<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> Read {
    let mut reader = ResponseReader::new(AnswerTo::Other, LIMITS);
    let mut error = None;
    for piece in pieces {
        match reader.feed(piece) {
            Ok(Progress::More | Progress::Done) => {}
            Err(why) => {
                error = Some(why);
                break;
            }
        }
    }
    let end = reader.end();
    let foreign = reader.foreign_start();
    assert!(
        foreign.is_none() || end != End::Complete,
        "complete, and foreign"
    );
    let mut response = reader.into_response();
    if let Some(response) = &mut response {
        // How much followed is known only for the piece in which the answer ended.
        response.oddities.retain(|oddity| match oddity {
            Oddity::BytesAfterEnd { .. } => false,
            Oddity::BareLf
            | Oddity::BothFramings
            | Oddity::BodyCut { .. }
            | Oddity::ChunkSizeSpace
            | Oddity::ConflictingContentLength
            | Oddity::ContentLengthWithoutBody
            | Oddity::LeadingEmptyLines
            | Oddity::MissingReason
            | Oddity::StatusLineSpaces
            | Oddity::ObsoleteFolding
            | Oddity::RepeatedContentLength
            | Oddity::SpaceBeforeColon
            | Oddity::TransferEncodingInHttp10
            | Oddity::TransferEncodingWithoutBody
            | Oddity::UncleanTlsClose
            | Oddity::UnknownTransferCoding { .. }
            | Oddity::UnaskedUpgrade => true,
        });
    }
    Read {
        response,
        error,
        end,
    }
}

/// Judges one answer, in a run whose control had the same.
///
/// # Panics
/// When the answer can't be judged.
pub fn judged(answers: &[Answer], response: &Response) {
    let around = Around(observed(response));
    let judgement = judge(answers, &around.0, &around);
    let told = judgement.map(|judgement| !judgement.reason.is_empty() && !judgement.silent);
    assert_eq!(told, Ok(true), "an answer has to be judged");
    assert!(!around.0.summary().is_empty() && !around.0.outcome().is_empty());
}

fn observed(response: &Response) -> Observation {
    Observation {
        reply: Reply::Answer(Arc::new(http_answer(response, jiff::Timestamp::UNIX_EPOCH))),
        had_authorization: response.status % 2 == 1,
        asked_scope: Some("read write".to_owned()),
        token: TokenFacts::default(),
        aftermath: None,
    }
}

/// What `serde_json` reads, the judge's reader reads without a note; what that reads so, `serde_json` does too.
fn json(input: &[u8]) {
    let body = input
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    let body = input.get(body..).unwrap_or_default();
    let ours = Document::read(body);
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(_) => {
            let is_strict = ours
                .as_ref()
                .is_ok_and(|document| document.notes.is_empty());
            assert!(is_strict, "serde_json reads it: {ours:?}");
        }
        Err(why) => {
            let is_strict = ours.is_ok_and(|document| document.notes.is_empty());
            let shown = why.to_string();
            let explained = ["number out of range", "recursion limit exceeded"];
            let explained = explained.iter().any(|reason| shown.starts_with(reason));
            assert!(!is_strict || explained, "serde_json refuses it: {shown}");
        }
    }
}

/// The answers of each case of the rule file beside this one.
///
/// # Panics
/// When that is no rule file.
pub fn expectations() -> &'static [Vec<Answer>] {
    static ANSWERS: OnceLock<Vec<Vec<Answer>>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let text = include_str!("judge.yaml");
        let rule = tokenspec::suite::parse_rule(text, "judge.yaml", "fuzz", "judge");
        assert!(
            rule.is_ok(),
            "{}",
            rule.as_ref()
                .map_or_else(ToString::to_string, |_| String::new())
        );
        let cases = rule.into_iter().flat_map(|rule| rule.cases);
        cases.map(|case| case.expect.0).collect()
    })
}

/// A run in which every capability word holds, and everything saved is the answer itself.
struct Around(Observation);

impl Scope for Around {
    fn lookup(&self, _: &[String]) -> Option<Rendered> {
        Some(Rendered::plain("https://client.example:8443/cb?a=b#c"))
    }

    fn random(&self, length: usize) -> String {
        "x".repeat(length)
    }

    fn atm_match(&self, uri: &str) -> String {
        uri.to_owned()
    }
}

impl Surroundings for Around {
    fn word(&self, _: &str) -> bool {
        true
    }

    fn saved(&self, _: &str) -> Option<&Observation> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_answer_can_be_judged() {
        assert_eq!(expectations().len(), 3);
        fuzz(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 400 X\r\n\r\n");
        fuzz(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        fuzz(b"HTTP/1.0 400 Bad\r\n\r\n{\"error\":\"invalid_grant\",\"error\":1e999}");
        fuzz(b"");
    }

    #[test]
    fn every_built_in_expectation_can_be_held_against_an_answer() {
        let raw = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"access_token\":\"a\",\"scope\":\"b\"}";
        let read = read(std::iter::once(raw.as_slice()));
        let response = read.response.unwrap();
        let suite = tokenspec::suite::load::built_in().unwrap();
        for case in suite.rules.iter().flat_map(|rule| &rule.cases) {
            judged(&case.expect.0, &response);
        }
    }
}
