//! Clients that register themselves (RFC 7591, RFC 7592).

use serde_json::{Value, json};
use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::raw_request::{Body, RawRequest};
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, TOKEN, granted, refused, text};

const PLACE: &str = "/as/clients.oauth2";

fn request(metadata: &Value) -> RawRequest {
    let mut request = RawRequest::post(PLACE, "");
    request.set_header("content-type", "application/json");
    request.body = Body::Complete(metadata.to_string().into_bytes());
    request
}

fn registered(fixture: &mut Fixture, metadata: &Value) -> Response {
    let response = fixture.send(&request(metadata));
    assert_eq!(response.status, 201, "{metadata}");
    response
}

fn service() -> Value {
    json!({"client_name": "one", "grant_types": ["client_credentials"], "scope": "read admin"})
}

/// A request about a client by itself.
fn managed(client: &Response, method: &str, token: &str) -> RawRequest {
    let uri = text(client, "registration_client_uri");
    let mut request = RawRequest::get(uri.strip_prefix(BASE).unwrap());
    method.clone_into(&mut request.method);
    request.header("authorization", &format!("Bearer {token}"))
}

fn token_request(client: &Response) -> RawRequest {
    let (id, secret) = (text(client, "client_id"), text(client, "client_secret"));
    RawRequest::post(TOKEN, "grant_type=client_credentials")
        .header("authorization", &basic::encode(&id, &secret))
}

#[test]
fn registered_client_is_told_what_was_registered_and_gets_tokens() {
    let mut fixture = Fixture::new("oauth2.0");
    let client = registered(&mut fixture, &service());
    assert_eq!(client.field("cache-control"), Some("no-store"));
    assert_eq!(
        text(&client, "token_endpoint_auth_method"),
        "client_secret_basic"
    );
    assert_eq!(text(&client, "scope"), "read");
    assert!(client.member("client_secret_expires_at").unwrap().is_u64());
    let response = fixture.send(&token_request(&client));
    granted(&response, "read");
    let mut wrong = token_request(&client);
    wrong.set_header(
        "authorization",
        &basic::encode(&text(&client, "client_id"), "x"),
    );
    refused(&fixture.send(&wrong), 401, "invalid_client");
}

#[test]
fn deleted_client_is_none_and_its_tokens_are_dead() {
    let mut fixture = Fixture::new("oauth2.0");
    let client = registered(&mut fixture, &service());
    let token = granted(&fixture.send(&token_request(&client)), "read");
    let own = text(&client, "registration_access_token");
    let shown = fixture.send(&managed(&client, "GET", &own));
    assert_eq!((shown.status, shown.members()), (200, client.members()));
    assert_eq!(fixture.send(&managed(&client, "DELETE", "x")).status, 401);
    assert!(fixture.is_active(&token));
    assert_eq!(fixture.send(&managed(&client, "DELETE", &own)).status, 204);
    assert_eq!(fixture.send(&managed(&client, "DELETE", &own)).status, 401);
    assert!(!fixture.is_active(&token));
    refused(
        &fixture.send(&token_request(&client)),
        401,
        "invalid_client",
    );
}

#[test]
fn registration_ends() {
    let mut fixture = Fixture::new("oauth2.0");
    let client = registered(&mut fixture, &service());
    fixture.elapse(86_399);
    granted(&fixture.send(&token_request(&client)), "read");
    fixture.elapse(1);
    refused(
        &fixture.send(&token_request(&client)),
        401,
        "invalid_client",
    );
}

#[test]
fn metadata_that_can_not_be_registered_are_refused() {
    let mut fixture = Fixture::new("oauth2.0");
    let with = |name: &str, value: Value| {
        let mut metadata = service();
        metadata[name] = value;
        metadata
    };
    for metadata in [
        json!([]),
        with("grant_types", json!("client_credentials")),
        with("grant_types", json!(["password"])),
        with("response_types", json!(["token"])),
        with("token_endpoint_auth_method", json!("private_key_jwt")),
        with("token_endpoint_auth_method", json!("none")),
        with("token_endpoint_auth_method", json!("tls_client_auth")),
    ] {
        let response = fixture.send(&request(&metadata));
        refused(&response, 400, "invalid_client_metadata");
    }
    for uris in [json!(["/cb"]), json!(["https://client.example/cb#x"])] {
        let response = fixture.send(&request(&with("redirect_uris", uris)));
        refused(&response, 400, "invalid_redirect_uri");
    }
    let response = fixture.send(&request(&json!({})));
    refused(&response, 400, "invalid_redirect_uri");
    let form = RawRequest::post(PLACE, "client_name=one");
    refused(&fixture.send(&form), 400, "invalid_client_metadata");
    assert_eq!(fixture.send(&RawRequest::get(PLACE)).status, 405);
}

#[test]
fn nobody_registers_where_the_configuration_has_no_place_for_it() {
    let mut fixture = Fixture::new("pingfederate");
    assert_eq!(fixture.send(&request(&service())).status, 404);
}
