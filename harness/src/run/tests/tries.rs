//! What may be chance is tried again: silence, and answers of the class 5xx.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scripted::{Act, PROBE, REFUSAL, TOKEN, is_probe, outcome, serve};
use crate::run::Halt;
use crate::suite::answer::Grade;

/// As PROBE, for a rule that owes an answer to every request.
const OWED: &str = "{name: c, baseline: client_credentials, deviation: {set: {probe: x}}, \
    expect: [{refused: invalid_request}, {silence: [closed], grade: fail}]}";

const ERROR: Act = Act::Answer(503, r#"{"error":"temporarily_unavailable"}"#);

#[tokio::test]
async fn answer_that_breaks_off_is_an_error() {
    let server = serve(|request| {
        if is_probe(request) {
            Act::Midway
        } else {
            TOKEN
        }
    })
    .await;
    for case in [PROBE, OWED] {
        let halt = outcome(case, &server).await.unwrap_err();
        assert!(matches!(halt, Halt::Broken { .. }), "{halt:?}");
    }
}

#[tokio::test]
async fn silence_is_an_error_where_no_answer_is_owed() {
    let server = serve(|request| if is_probe(request) { Act::Close } else { TOKEN }).await;
    let halt = outcome(PROBE, &server).await.unwrap_err();
    assert!(matches!(halt, Halt::Broken { .. }), "{halt:?}");
}

#[tokio::test]
async fn silence_fails_a_rule_that_owes_an_answer_when_it_repeats() {
    let server = serve(|request| if is_probe(request) { Act::Close } else { TOKEN }).await;
    let (grade, reason) = outcome(OWED, &server).await.unwrap();
    assert_eq!(grade, Grade::Fail);
    assert!(reason.contains("3 times in a row"), "{reason}");
    // Three probes, and a control before, between and after them.
    assert_eq!(server.requests.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn silence_that_does_not_repeat_is_no_failure() {
    let probes = AtomicUsize::new(0);
    let server = serve(move |request| {
        if !is_probe(request) {
            return TOKEN;
        }
        match probes.fetch_add(1, Ordering::SeqCst) {
            0 => Act::Close,
            _ => REFUSAL,
        }
    })
    .await;
    assert_eq!(outcome(OWED, &server).await.unwrap().0, Grade::Pass);
}

#[tokio::test]
async fn server_error_fails_when_it_repeats() {
    let server = serve(|request| if is_probe(request) { ERROR } else { TOKEN }).await;
    let (grade, reason) = outcome(PROBE, &server).await.unwrap();
    assert_eq!(grade, Grade::Fail);
    assert!(reason.contains("3 times in a row"), "{reason}");
    assert_eq!(server.requests.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn server_error_that_does_not_repeat_is_no_failure() {
    let probes = AtomicUsize::new(0);
    let server = serve(move |request| {
        if !is_probe(request) {
            return TOKEN;
        }
        match probes.fetch_add(1, Ordering::SeqCst) {
            0 => ERROR,
            _ => REFUSAL,
        }
    })
    .await;
    assert_eq!(outcome(PROBE, &server).await.unwrap().0, Grade::Pass);
}

#[tokio::test]
async fn silence_of_a_server_that_falls_silent_altogether_is_inconclusive() {
    let probed = Arc::new(AtomicUsize::new(0));
    let server = serve(move |request| {
        if is_probe(request) {
            probed.fetch_add(1, Ordering::SeqCst);
        }
        match probed.load(Ordering::SeqCst) {
            0 => TOKEN,
            _ => Act::Close,
        }
    })
    .await;
    let halt = outcome(OWED, &server).await.unwrap_err();
    assert!(matches!(halt, Halt::Inconclusive(_)), "{halt:?}");
}
