use super::*;

const BODY: &str = "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb";

fn problems(head: &str, body: &str) -> Vec<String> {
    let length = body.len();
    let request =
        format!("{head}Host: server.example.com\r\nContent-Length: {length}\r\n\r\n{body}");
    lint(request.as_bytes(), "/token")
}

const HEAD: &str = "POST /token HTTP/1.1\r\nAuthorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW\r\n\
    Content-Type: application/x-www-form-urlencoded\r\n";

#[test]
fn example_of_rfc_6749_breaks_nothing() {
    assert_eq!(problems(HEAD, BODY), Vec::<String>::new());
}

#[test]
fn a_code_is_as_the_server_made_it() {
    let odd = BODY.replace("Splx", "%7F%C3%A9");
    assert_eq!(problems(HEAD, &odd), Vec::<String>::new());
}

#[test]
fn broken_rule_of_the_form_is_named() {
    check(&[
        ("not a POST", HEAD.replace("POST", "GET"), BODY.to_owned()),
        (
            "not a POST",
            HEAD.replace("/token", "/token?x=y"),
            BODY.to_owned(),
        ),
        (
            "media type",
            HEAD.replace("x-www-form-urlencoded", "json"),
            BODY.to_owned(),
        ),
        (
            "one Host",
            format!("{HEAD}Host: other.example\r\n"),
            BODY.to_owned(),
        ),
        (
            "framed",
            format!("{HEAD}Transfer-Encoding: chunked\r\n"),
            BODY.to_owned(),
        ),
        (
            "`code` stands there more than once",
            HEAD.to_owned(),
            format!("{BODY}&c%6Fde=2"),
        ),
        (
            "`scope` has no value",
            HEAD.to_owned(),
            format!("{BODY}&scope="),
        ),
        (
            "not form-encoded",
            HEAD.to_owned(),
            format!("{BODY}&state=a b"),
        ),
        (
            "not form-encoded",
            HEAD.to_owned(),
            format!("{BODY}&state=%+1"),
        ),
        (
            "not form-encoded",
            HEAD.to_owned(),
            format!("{BODY}&state=%FF"),
        ),
        ("not form-encoded", HEAD.to_owned(), format!("{BODY}&state")),
    ]);
}

#[test]
fn broken_rule_of_the_grant_is_named() {
    let verifier = "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX";
    check(&[
        ("no grant_type", HEAD.to_owned(), "code=x".to_owned()),
        (
            "requires `code`",
            HEAD.to_owned(),
            "grant_type=authorization_code".to_owned(),
        ),
        (
            "requires `password`",
            HEAD.to_owned(),
            "grant_type=password&username=a".to_owned(),
        ),
        (
            "syntax of `code_verifier`",
            HEAD.to_owned(),
            format!("{BODY}{verifier}"),
        ),
        (
            "syntax of `scope`",
            HEAD.to_owned(),
            format!("{BODY}&scope=a++b"),
        ),
        (
            "syntax of `redirect_uri`",
            HEAD.to_owned(),
            BODY.replace("%2Fcb", "%2Fcb%23x"),
        ),
        (
            "syntax of `client_id`",
            HEAD.to_owned(),
            format!("{BODY}&client_id=%0A"),
        ),
    ]);
}

#[test]
fn broken_rule_of_client_authentication_is_named() {
    let anonymous = HEAD.replace("Authorization", "X-Nothing");
    check(&[
        (
            "more than one client auth",
            HEAD.to_owned(),
            format!("{BODY}&client_id=a&client_secret=b"),
        ),
        (
            "nothing names the client",
            anonymous.clone(),
            BODY.to_owned(),
        ),
        (
            "without its client_id",
            anonymous.clone(),
            format!("{BODY}&client_secret=b"),
        ),
        (
            "go together",
            anonymous,
            format!("{BODY}&client_assertion=a.b.c"),
        ),
        (
            "Basic credentials",
            HEAD.replace("Basic czZC", "Bearer czZC"),
            BODY.to_owned(),
        ),
        (
            "Basic credentials",
            HEAD.replace("czZC", "!"),
            BODY.to_owned(),
        ),
    ]);
}

/// Each request breaks this rule and no other.
fn check(cases: &[(&str, String, String)]) {
    for (problem, head, body) in cases {
        let found = problems(head, body);
        let [only] = found.as_slice() else {
            panic!("{problem}: {found:?}");
        };
        assert!(only.contains(problem), "{problem}: {only}");
    }
}

#[test]
fn what_is_no_request_breaks_one_rule() {
    assert_eq!(lint(b"POST /token HTTP/1.1\r\n", "/token").len(), 1);
}
