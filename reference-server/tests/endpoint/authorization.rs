//! The authorization endpoint.

use tokenspec_reference_server::wire::raw_request::RawRequest;

use super::fixture::{CB, CHALLENGE, Fixture, redirected};

const GOOD: &str =
    "response_type=code&state=xyz&client_id=basic&redirect_uri=https://client.example/cb";

#[test]
fn faults_travel_by_redirect_with_the_state() {
    let mut fixture = Fixture::new("oauth2.0");
    for (query, error) in [
        (GOOD.replace("response_type=code", "x=y"), "invalid_request"),
        (
            GOOD.replace("=code&", "=token&"),
            "unsupported_response_type",
        ),
        (format!("{GOOD}&scope=nope"), "invalid_scope"),
        (format!("{GOOD}&scope=read&scope=read"), "invalid_request"),
        (format!("{GOOD}&hello=%zz"), "invalid_request"),
        (
            format!("{GOOD}&code_challenge_method=S256"),
            "invalid_request",
        ),
        (
            format!("{GOOD}&code_challenge={CHALLENGE}"),
            "invalid_request",
        ),
        (
            format!("{GOOD}&code_challenge={CHALLENGE}&code_challenge_method=plain"),
            "invalid_request",
        ),
        (
            format!("{GOOD}&code_challenge={CHALLENGE}&code_challenge_method=s256"),
            "invalid_request",
        ),
        (
            format!("{GOOD}&code_challenge={CHALLENGE}%3D&code_challenge_method=S256"),
            "invalid_request",
        ),
        (
            format!("{GOOD}&code_challenge=short&code_challenge_method=S256"),
            "invalid_request",
        ),
    ] {
        let response = fixture.authorize(&query);
        assert_eq!(response.status, 302, "{query}");
        assert!(
            response.field("location").unwrap().starts_with(CB),
            "{query}"
        );
        assert_eq!(
            redirected(&response, "error").as_deref(),
            Some(error),
            "{query}"
        );
        assert_eq!(
            redirected(&response, "state").as_deref(),
            Some("xyz"),
            "{query}"
        );
        assert_eq!(redirected(&response, "code"), None, "{query}");
    }
}

#[test]
fn nothing_is_redirected_to_a_place_that_is_not_registered() {
    let mut fixture = Fixture::new("oauth2.0");
    for query in [
        GOOD.replace("client_id=basic", "client_id=nobody"),
        GOOD.replace("client_id=basic&", ""),
        GOOD.replace("client.example", "evil.example"),
        GOOD.replace("/cb", "/cb/"),
        GOOD.replace("&redirect_uri=https://client.example/cb", ""),
    ] {
        let response = fixture.authorize(&query);
        assert_eq!(
            (response.status, response.field("location")),
            (400, None),
            "{query}"
        );
        assert!(
            response
                .field("content-type")
                .unwrap()
                .starts_with("text/html")
        );
    }
}

#[test]
fn client_that_has_to_use_a_challenge_is_refused_without() {
    let mut fixture = Fixture::new("oauth2.0");
    let query = "response_type=code&client_id=public&redirect_uri=https://app.example/cb";
    for more in ["", "&code_challenge=", "&code_challenge_method=S256"] {
        let response = fixture.authorize(&format!("{query}{more}"));
        assert_eq!(
            redirected(&response, "error").as_deref(),
            Some("invalid_request"),
            "{more}"
        );
    }
}

#[test]
fn request_may_be_posted() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.send(&RawRequest::post("/as/authorization.oauth2", GOOD));
    assert!(redirected(&response, "code").is_some());
    assert_eq!(
        redirected(&response, "iss").as_deref(),
        Some("https://as.example:9031")
    );
}

#[test]
fn client_without_the_grant_gets_no_code() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.authorize("response_type=code&client_id=machine");
    assert_eq!(response.status, 400);
}
