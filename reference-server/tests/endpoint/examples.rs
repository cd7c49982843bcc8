//! Known answers: the requests that RFC 6749 prints, sent to a server with the clients it prints.

use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use super::fixture::{Fixture, granted, redirected, text};

const CONFIG: &str = "
name: examples of RFC 6749
token_endpoint: {path: /token}
paths: {authorization: /authorize}
clients:
  s6BhdRkqt3:
    auth: client_secret_basic
    also_accepts: [client_secret_post]
    secret: gX1fBat3bV
    grants: [authorization_code, client_credentials, refresh_token]
    scopes: [read]
    redirect_uris: ['https://client.example.com/cb']
";

const AUTHORIZATION: &str = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW";

fn fixture() -> Fixture {
    Fixture::of(&Config::parse(CONFIG, "examples").unwrap(), &[])
}

fn post(form: &str) -> RawRequest {
    RawRequest::post("/token", form).header("authorization", AUTHORIZATION)
}

#[test]
fn section_4_1_authorization_code() {
    let mut fixture = fixture();
    let redirect = fixture.send(&RawRequest::get(
        "/authorize?response_type=code&client_id=s6BhdRkqt3&state=xyz\
         &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb",
    ));
    assert_eq!(redirect.status, 302);
    assert!(
        redirect
            .field("location")
            .unwrap()
            .starts_with("https://client.example.com/cb?code=")
    );
    assert_eq!(redirected(&redirect, "state").as_deref(), Some("xyz"));
    let code = redirected(&redirect, "code").unwrap();
    let response = fixture.send(&post(&format!(
        "grant_type=authorization_code&code={code}\
         &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb"
    )));
    granted(&response, "read");
    let refresh = text(&response, "refresh_token");
    let response = fixture.send(&post(&format!(
        "grant_type=refresh_token&refresh_token={refresh}"
    )));
    granted(&response, "read");
}

#[test]
fn section_4_4_2_client_credentials() {
    let response = fixture().send(&post("grant_type=client_credentials"));
    granted(&response, "read");
    assert!(response.member("refresh_token").is_none());
}

#[test]
fn section_2_3_1_credentials_in_the_body() {
    let mut fixture = fixture();
    let credentials = "client_id=s6BhdRkqt3&client_secret=gX1fBat3bV";
    let form = format!("grant_type=client_credentials&{credentials}");
    granted(&fixture.send(&RawRequest::post("/token", &form)), "read");
}
