//! Authorization requests that are pushed (RFC 9126).

use tokenspec_reference_server::wire::response::Response;

use super::fixture::{CB, CHALLENGE, Fixture, granted, redemption, redirected, refused, text};

const PLACE: &str = "/as/par.oauth2";

fn form(more: &str) -> String {
    format!(
        "response_type=code&client_id=basic&redirect_uri={CB}&code_challenge={CHALLENGE}&code_challenge_method=S256&scope=read{more}"
    )
}

fn push(fixture: &mut Fixture, form: &str) -> Response {
    let request = fixture.basic_request("basic", PLACE, form);
    fixture.send(&request)
}

fn pushed(fixture: &mut Fixture) -> String {
    let response = push(fixture, &form("&state=xyz"));
    assert_eq!(response.status, 201);
    assert_eq!(response.member("expires_in"), Some(60.into()));
    text(&response, "request_uri")
}

#[test]
fn pushed_request_leads_to_a_code_once_whatever_the_url_says() {
    let mut fixture = Fixture::new("oauth2.0");
    let uri = pushed(&mut fixture);
    let query = format!("client_id=basic&request_uri={uri}&scope=write&state=abc&code_challenge=x");
    let response = fixture.authorize(&query);
    assert_eq!(redirected(&response, "state").as_deref(), Some("xyz"));
    let code = redirected(&response, "code").unwrap();
    granted(&fixture.basic("basic", &redemption(&code)), "read");
    assert_eq!(fixture.authorize(&query).status, 400);
}

#[test]
fn request_uri_is_good_for_its_client_and_for_a_minute() {
    let mut fixture = Fixture::new("oauth2.0");
    let uri = pushed(&mut fixture);
    for query in [
        format!("client_id=post&request_uri={uri}"),
        format!("client_id=basic&request_uri={uri}x"),
        form("&request_uri=urn:ietf:params:oauth:request_uri:x"),
    ] {
        assert_eq!(fixture.authorize(&query).status, 400, "{query}");
    }
    fixture.elapse(60);
    let response = fixture.authorize(&format!("client_id=basic&request_uri={uri}"));
    assert_eq!(response.status, 400);
}

#[test]
fn request_that_would_be_refused_is_refused_when_it_is_pushed() {
    let mut fixture = Fixture::new("oauth2.0");
    for (more, error) in [
        ("&request_uri=urn:x", "invalid_request"),
        ("&response_type=code", "invalid_request"),
    ] {
        refused(&push(&mut fixture, &form(more)), 400, error);
    }
    let elsewhere = form("").replace(CB, "https://elsewhere.example/");
    refused(&push(&mut fixture, &elsewhere), 400, "invalid_request");
    let scope = form("").replace("scope=read", "scope=nope");
    refused(&push(&mut fixture, &scope), 400, "invalid_scope");
    let alone = tokenspec_reference_server::wire::raw_request::RawRequest::post(PLACE, &form(""));
    refused(&fixture.send(&alone), 401, "invalid_client");
}
