//! Tokens, refusals, throttling, silence, and which of several answers decides.

use super::{Around, TOKEN, assert_grades, http, judged, observed};
use crate::judge::{Observation, Reply};
use crate::suite::answer::Grade::{Fail, Inconclusive, Info, Pass, Warn};
use crate::suite::answer::Silence;
use crate::transport::Failure;

#[test]
fn token_that_came_is_told_from_one_that_did_not() {
    let bom = format!("\u{feff}{TOKEN}");
    let behind = format!("{TOKEN}<html>");
    assert_grades(
        "{accepted: {}}",
        &[
            (200, TOKEN, Pass),
            (201, TOKEN, Pass),
            (302, TOKEN, Fail),
            (400, TOKEN, Fail),
            (200, r#"{"access_token":""}"#, Fail),
            (200, r#"{"access_token":null}"#, Fail),
            (200, r#"{"access_token":7}"#, Fail),
            (200, r#"{"access_token":["a"]}"#, Fail),
            // PingFederate's answer to validate_bearer.
            (200, r#"{"access_token":{"sub":"alice"}}"#, Pass),
            (200, r#"{"Access_Token":"a"}"#, Fail),
            (200, r#"["access_token"]"#, Fail),
            (200, "access_token=2YotnFZFEjr1&token_type=bearer", Fail),
            (200, "", Fail),
            // Read leniently: a rule about JSON is broken then, but a token came.
            (200, &bom, Pass),
            (200, &behind, Pass),
            (200, r#"{"access_token":"a","access_token":"b"}"#, Pass),
            (
                200,
                r#"{"error":"invalid_request","access_token":"a"}"#,
                Pass,
            ),
        ],
    );
}

#[test]
fn refusal_has_the_status_and_the_error_of_rfc_6749() {
    assert_grades(
        "{refused: [invalid_grant, invalid_request]}",
        &[
            (400, r#"{"error":"invalid_grant"}"#, Pass),
            (
                400,
                r#"{"error":"invalid_request","error_description":"x"}"#,
                Pass,
            ),
            (400, r#"{"error":"invalid_client"}"#, Fail),
            (401, r#"{"error":"invalid_grant"}"#, Fail),
            (200, r#"{"error":"invalid_grant"}"#, Fail),
            (500, r#"{"error":"invalid_grant"}"#, Fail),
            (400, r#"{"error":"INVALID_GRANT"}"#, Fail),
            (400, r#"{"error":["invalid_grant"]}"#, Fail),
            (400, r#"{"error_description":"invalid_grant"}"#, Fail),
            (400, "invalid_grant", Fail),
            // A token beside the error is no refusal.
            (400, r#"{"error":"invalid_grant","access_token":"a"}"#, Fail),
        ],
    );
    assert_grades(
        "{refused: any}",
        &[
            (400, r#"{"error":"invalid_grant"}"#, Pass),
            (400, r#"{"error":"made_up"}"#, Pass),
            (401, r#"{"error":"invalid_client"}"#, Pass),
            (400, r#"{"error":"invalid_client"}"#, Pass),
            (401, r#"{"error":"invalid_grant"}"#, Fail),
            (400, r#"{"error":""}"#, Fail),
            (400, "{}", Fail),
            (403, r#"{"error":"access_denied"}"#, Fail),
        ],
    );
    assert_grades(
        "{refused: bare}",
        &[
            (400, "Bad Request", Pass),
            (400, "", Pass),
            (400, "{}", Pass),
            (400, r#"{"error":""}"#, Pass),
            (400, r#"{"error":"invalid_grant"}"#, Fail),
            (404, "", Fail),
            (400, TOKEN, Fail),
        ],
    );
}

#[test]
fn client_that_used_the_authorization_field_is_refused_with_401() {
    for (status, had_authorization, grade) in [
        (400, false, Pass),
        (401, false, Pass),
        (401, true, Pass),
        (400, true, Fail),
    ] {
        for expect in ["{refused: invalid_client}", "{refused: any}"] {
            let seen = Observation {
                had_authorization,
                ..http(status, "", br#"{"error":"invalid_client"}"#)
            };
            let judgement = judged(expect, &seen, &Around::default());
            assert_eq!(
                judgement.grade, grade,
                "{expect} {status} {had_authorization}"
            );
        }
    }
}

#[test]
fn status_classes_and_errors_hold_without_a_token() {
    assert_grades(
        "{status: [405, 5xx]}",
        &[
            (405, "", Pass),
            (500, "x", Pass),
            (599, "x", Pass),
            (400, "", Fail),
            (405, TOKEN, Fail),
        ],
    );
    assert_grades(
        "{error: authorization_pending}",
        &[
            (400, r#"{"error":"authorization_pending"}"#, Pass),
            (200, r#"{"error":"authorization_pending"}"#, Pass),
            (400, r#"{"error":"slow_down"}"#, Fail),
        ],
    );
}

#[test]
fn first_answer_that_matches_grades() {
    let expect = "[{refused: invalid_grant}, {refused: invalid_request, grade: info, because: a choice}, \
        {status: 4xx, grade: warn, because: no OAuth error}, {accepted: {}, grade: inconclusive}]";
    assert_grades(
        expect,
        &[
            (400, r#"{"error":"invalid_grant"}"#, Pass),
            (400, r#"{"error":"invalid_request"}"#, Info),
            (403, "", Warn),
            (200, TOKEN, Inconclusive),
            (500, "", Fail),
        ],
    );
    let info = http(400, "", br#"{"error":"invalid_request"}"#);
    let judgement = judged(expect, &info, &Around::default());
    assert_eq!(judgement.because.as_deref(), Some("a choice"));
    // What conforms is told; what is only tolerated is not.
    assert_eq!(judgement.expected.len(), 2);
}

#[test]
fn answer_under_a_word_counts_only_where_the_word_holds() {
    let expect = "[{accepted: {}, when: [jwt_access_tokens], grade: info}, {refused: any}]";
    let token = http(200, "", TOKEN.as_bytes());
    let with = Around {
        words: vec!["jwt_access_tokens"],
        ..Around::default()
    };
    assert_eq!(judged(expect, &token, &with).grade, Info);
    assert_eq!(judged(expect, &token, &Around::default()).grade, Fail);
}

#[test]
fn server_that_asks_to_be_left_alone_is_not_judged() {
    let refused = "{refused: invalid_grant}";
    for (status, more, grade) in [
        (429, "", Inconclusive),
        (503, "Retry-After: 1\r\n", Inconclusive),
        (503, "", Fail),
    ] {
        let seen = http(status, more, b"");
        assert_eq!(
            judged(refused, &seen, &Around::default()).grade,
            grade,
            "{status}"
        );
    }
    // Unless that is what the rule is about.
    let seen = http(429, "", b"");
    assert_eq!(
        judged("{status: 429}", &seen, &Around::default()).grade,
        Pass
    );
}

#[test]
fn silence_matches_only_where_it_is_named() {
    let silence = |failure: Failure| observed(Err(failure), b"");
    let around = Around::default();
    let closed = judged("{refused: any}", &silence(Failure::Closed), &around);
    assert!(closed.silent, "{closed:?}");
    let named = "[{refused: any}, {silence: [closed]}]";
    let judgement = judged(named, &silence(Failure::Closed), &around);
    assert_eq!((judgement.grade, judgement.silent), (Pass, false));
    let alert = || {
        silence(Failure::TlsAlert {
            alert: "certificate_required".to_owned(),
        })
    };
    assert!(judged(named, &alert(), &around).silent);
    let tls = "{silence: [tls_alert, handshake_refused]}";
    assert_eq!(judged(tls, &alert(), &around).grade, Pass);
    // An answer is no silence.
    let refusal = http(400, "", br#"{"error":"invalid_request"}"#);
    assert_eq!(judged(tls, &refusal, &around).grade, Fail);
    assert!(matches!(
        alert().reply,
        Reply::None {
            silence: Some(Silence::TlsAlert),
            ..
        }
    ));
}
