//! Members, bodies, header fields, and what is known of the token.

use std::collections::BTreeMap;

use super::{Around, TOKEN, assert_grades, http, judged};
use crate::judge::{HttpAnswer, Observation, TokenFacts};
use crate::suite::answer::Grade;
use crate::suite::answer::Grade::{Fail, Pass};

#[test]
fn members_and_types_are_read_as_written() {
    let expires =
        |condition: &str| format!("{{accepted: {{}}, json: {{expires_in: {condition}}}}}");
    let rows = [
        ("{type: integer}", "3600", Pass),
        ("{type: integer}", "-1", Pass),
        ("{type: integer}", "3600.0", Fail),
        ("{type: integer}", "36e2", Fail),
        ("{type: number}", "36e2", Pass),
        ("{type: integer}", "\"3600\"", Fail),
        ("{type: [integer, string]}", "\"3600\"", Pass),
        ("{type: integer, at_least: 1}", "0", Fail),
        ("{type: integer, at_most: 900}", "900", Pass),
        // A number of any size keeps its digits.
        (
            "{equals: \"100000000000000000000\"}",
            "100000000000000000000",
            Pass,
        ),
        ("{absent: true}", "null", Fail),
        ("{type: 'null'}", "null", Pass),
    ];
    for (condition, value, grade) in rows {
        let body = format!(r#"{{"access_token":"a","expires_in":{value}}}"#);
        let seen = http(200, "", body.as_bytes());
        let judgement = judged(&expires(condition), &seen, &Around::default());
        assert_eq!(judgement.grade, grade, "{condition} of {value}");
    }
    assert_grades(
        "{accepted: {has: [token_type], lacks: [refresh_token]}}",
        &[
            (200, TOKEN, Pass),
            (200, r#"{"access_token":"a"}"#, Fail),
            (
                200,
                r#"{"access_token":"a","token_type":"b","refresh_token":"c"}"#,
                Fail,
            ),
        ],
    );
}

#[test]
fn body_is_one_json_object_and_nothing_else() {
    let object = "{accepted: {}, body: {json_object: true}}";
    let padded = format!(" \r\n{TOKEN}\n");
    let rows: [(&[u8], Grade); 7] = [
        (TOKEN.as_bytes(), Pass),
        (padded.as_bytes(), Pass),
        (b"\xef\xbb\xbf{\"access_token\":\"a\"}", Fail),
        (b"{\"access_token\":\"a\"} {}", Fail),
        (b")]}'\n{\"access_token\":\"a\"}", Fail),
        (b"{\"access_token\":\"a\",}", Fail),
        (b"{\"access_token\":\"\xff\"}", Fail),
    ];
    for (body, grade) in rows {
        let judgement = judged(object, &http(200, "", body), &Around::default());
        assert_eq!(judgement.grade, grade, "{}", String::from_utf8_lossy(body));
    }
    assert_grades(
        "{accepted: {}, body: {unique_members: true}}",
        &[
            (200, TOKEN, Pass),
            (200, r#"{"access_token":"a","x":1,"x":1}"#, Fail),
            (200, r#"{"access_token":"a","x":1,"\u0078":2}"#, Fail),
            (200, r#"{"access_token":"a","y":{"x":1,"x":2}}"#, Pass),
        ],
    );
}

#[test]
fn header_conditions_see_every_line() {
    let store = "{accepted: {}, header: {Cache-Control: {token: no-store}}}";
    for (more, grade) in [
        ("Cache-Control: no-store\r\n", Pass),
        ("cache-control: private,  NO-STORE\r\n", Pass),
        (
            "Cache-Control: private\r\nCache-Control: no-store\r\n",
            Pass,
        ),
        ("Cache-Control: no-store-ever\r\n", Fail),
        ("", Fail),
    ] {
        let seen = http(200, more, TOKEN.as_bytes());
        assert_eq!(
            judged(store, &seen, &Around::default()).grade,
            grade,
            "{more}"
        );
    }
}

#[test]
fn like_the_control_means_the_same_class_of_answer() {
    let scoped = |scope: &str| {
        let body = format!(r#"{{"access_token":"a","scope":"{scope}"}}"#);
        http(200, "", body.as_bytes())
    };
    let refusal = |error: &str| http(400, "", format!(r#"{{"error":"{error}"}}"#).as_bytes());
    for (control, probe, grade) in [
        (scoped("read write"), scoped("write read"), Pass),
        (scoped("read write"), scoped("read"), Fail),
        (scoped("read"), refusal("invalid_scope"), Fail),
        (refusal("invalid_scope"), refusal("invalid_scope"), Pass),
        (refusal("invalid_scope"), refusal("invalid_grant"), Fail),
        (refusal("invalid_scope"), scoped("read"), Fail),
    ] {
        let around = Around {
            saved: BTreeMap::from([("control", control)]),
            ..Around::default()
        };
        assert_eq!(
            judged("{like: control}", &probe, &around).grade,
            grade,
            "{probe:?}"
        );
    }
    // Without a control nothing is like it.
    assert_eq!(
        judged("{like: control}", &scoped("read"), &Around::default()).grade,
        Fail
    );
}

#[test]
fn real_scope_and_client_are_those_of_the_token() {
    let token = TokenFacts {
        scope: Some("read".to_owned()),
        client_id: Some("web".to_owned()),
        ..TokenFacts::default()
    };
    let seen = Observation {
        token,
        asked_scope: Some("read write".to_owned()),
        ..http(200, "", TOKEN.as_bytes())
    };
    for (expect, grade) in [
        // The answer is silent about the scope: it tells the one that was asked.
        ("{accepted: {scope: {equals: read write}}}", Pass),
        ("{accepted: {real_scope: {equals: read}}}", Pass),
        ("{accepted: {real_scope: {contains: write}}}", Fail),
        ("{accepted: {of_client: '${client.id}'}}", Pass),
        ("{accepted: {of_client: other}}", Fail),
        // Nobody looked which manager issued it.
        ("{accepted: {issued_by: api}}", Fail),
    ] {
        assert_eq!(
            judged(expect, &seen, &Around::default()).grade,
            grade,
            "{expect}"
        );
    }
}

#[test]
fn answer_of_no_members_shows_none() {
    assert!(HttpAnswer::default().members().is_empty());
}
