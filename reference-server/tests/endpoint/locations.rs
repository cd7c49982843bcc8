//! Every place at which the token endpoint answers: one endpoint, whatever path or host names it.

use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, TOKEN};

/// Path and host of a place.
type Place = (String, String);

fn config() -> Config {
    let mut config = Config::embedded("oauth2.0").unwrap();
    config.token_endpoint.further_paths = vec![
        "/7a2f3c1e-90b4-4d6e-8f15-c3d2b1a09e87/as/token".to_owned(),
        "/tenant/as/token.oauth2".to_owned(),
    ];
    config.token_endpoint.virtual_hosts = vec!["as.example.local".to_owned()];
    config.token_endpoint.base_host = Some("token.example.local".to_owned());
    config
}

fn places() -> Vec<Place> {
    let urls = config().token_endpoints(BASE);
    let place = |url: &String| {
        let (_, rest) = url.split_once("://").unwrap();
        let at = rest.find('/').unwrap();
        (rest[at..].to_owned(), rest[..at].to_owned())
    };
    urls.iter().map(place).collect()
}

/// An answer as it goes out: every header, every octet.
fn octets(response: &Response) -> String {
    let body = String::from_utf8_lossy(&response.body);
    format!("{} {:?} {body}", response.status, response.headers)
}

/// What a server answers to a row of requests: good ones, bad ones, and ones that build on each other.
fn conversation((path, host): &Place) -> Vec<String> {
    let mut server = Fixture::of(&config(), &[]);
    Fixture::reseed();
    let mut answers = Vec::new();
    let code = server.code("basic", "");
    let redemption = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=https://client.example/cb&code_verifier={}",
        super::fixture::VERIFIER
    );
    let mut refresh = String::new();
    for form in [
        "grant_type=client_credentials",
        "grant_type=client_credentials&scope=read",
        "grant_type=client_credentials&scope=nothing",
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=implicit",
        "scope=read",
        "grant_type=authorization_code",
        "grant_type=authorization_code&code=unknown&redirect_uri=https://client.example/cb",
        &redemption,
        "REFRESH",
        &redemption,
        "REFRESH",
    ] {
        let form = form.replace("REFRESH", &format!("grant_type=refresh_token&{refresh}"));
        let request = server
            .basic_request("basic", path, &form)
            .header("host", host);
        let response = server.send(&request);
        let body = String::from_utf8_lossy(&response.body).into_owned();
        if let Some((_, rest)) = body.split_once("\"refresh_token\":\"") {
            refresh = format!("refresh_token={}", rest.split('"').next().unwrap());
        }
        answers.push(octets(&response));
    }
    for request in [
        RawRequest::post(path, "grant_type=client_credentials"),
        RawRequest::post(path, "grant_type=client_credentials&client_id=nobody"),
        RawRequest::post(path, "grant_type=client_credentials")
            .header("authorization", "Basic bm9ib2R5Ong="),
        RawRequest::get(path),
        server
            .basic_request("basic", path, "{}")
            .header("content-type", "application/json"),
    ] {
        let response = server.send(&request.header("host", host));
        answers.push(octets(&response));
    }
    answers
}

#[test]
fn every_place_answers_octet_by_octet_the_same() {
    let places = places();
    assert_eq!(places.len(), 5);
    let first = conversation(&places[0]);
    assert!(
        first.iter().filter(|it| it.starts_with("200 ")).count() >= 4,
        "{first:#?}"
    );
    for place in &places[1..] {
        assert_eq!(conversation(place), first, "{place:?}");
    }
}

#[test]
fn what_one_place_issued_is_used_up_at_every_place() {
    for (path, host) in places() {
        let mut server = Fixture::of(&config(), &[]);
        let code = server.code("basic", "");
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=https://client.example/cb&code_verifier={}",
            super::fixture::VERIFIER
        );
        let there = server
            .basic_request("basic", &path, &form)
            .header("host", &host);
        assert_eq!(server.send(&there).status, 200, "{path}");
        let here = server.basic_request("basic", TOKEN, &form);
        assert_eq!(server.send(&here).status, 400, "{path}");
    }
}

#[test]
fn other_paths_are_no_token_endpoint() {
    let mut server = Fixture::of(&config(), &[]);
    for path in [
        "/as/token",
        "/other/as/token",
        "/as/token.oauth2/",
        "/AS/token.oauth2",
    ] {
        let request = server.basic_request("basic", path, "grant_type=client_credentials");
        assert_eq!(server.send(&request).status, 404, "{path}");
    }
}
