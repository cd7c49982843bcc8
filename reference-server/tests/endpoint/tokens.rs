//! What happens to tokens afterwards: introspection, revocation, the protected resource, metadata.

use serde_json::Value;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, granted, refused, text};

const CC: &str = "grant_type=client_credentials";

fn resource(fixture: &mut Fixture, authorization: Option<&str>) -> Response {
    let request = RawRequest::get("/me");
    let request = match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    };
    fixture.send(&request)
}

fn revoke(fixture: &mut Fixture, client: &str, token: &str) -> Response {
    let request =
        fixture.basic_request(client, "/as/revoke_token.oauth2", &format!("token={token}"));
    fixture.send(&request)
}

#[test]
fn access_token_lives_as_long_as_announced() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.basic("machine", CC);
    let token = granted(&response, "read write");
    let lifetime = response.member("expires_in").unwrap().as_u64().unwrap();
    let introspected = fixture.introspect(&token);
    let expiry = introspected.member("exp").unwrap().as_u64().unwrap();
    assert_eq!(expiry, fixture.now.0 + lifetime);
    fixture.elapse(lifetime - 1);
    assert!(fixture.is_active(&token));
    assert_eq!(
        resource(&mut fixture, Some(&format!("Bearer {token}"))).status,
        200
    );
    fixture.elapse(1);
    assert!(!fixture.is_active(&token));
    assert_eq!(
        resource(&mut fixture, Some(&format!("Bearer {token}"))).status,
        401
    );
}

#[test]
fn resource_wants_a_good_bearer_token() {
    let mut fixture = Fixture::new("oauth2.0");
    let refresh = text(&fixture.code_grant("basic", ""), "refresh_token");
    for authorization in [
        None,
        Some("Basic eDp5"),
        Some("Bearer"),
        Some("Bearer unknown"),
    ] {
        let response = resource(&mut fixture, authorization);
        assert_eq!(response.status, 401, "{authorization:?}");
        assert!(
            response
                .field("www-authenticate")
                .unwrap()
                .starts_with("Bearer ")
        );
    }
    assert_eq!(
        resource(&mut fixture, Some(&format!("Bearer {refresh}"))).status,
        401
    );
}

#[test]
fn introspection_needs_authentication_and_a_token() {
    let mut fixture = Fixture::new("oauth2.0");
    let path = "/as/introspect.oauth2";
    let request = RawRequest::post(path, "token=x&client_id=public");
    refused(&fixture.send(&request), 401, "invalid_client");
    let request = fixture.basic_request("rs", path, "");
    refused(&fixture.send(&request), 400, "invalid_request");
    let request = fixture.basic_request("rs", path, "token=unknown");
    assert_eq!(fixture.send(&request).body, b"{\"active\":false}");
}

#[test]
fn introspection_shows_a_client_its_own_tokens_only() {
    let mut fixture = Fixture::new("oauth2.0");
    let token = granted(&fixture.basic("machine", CC), "read write");
    let mut active = |client: &str| {
        let form = format!("token={token}");
        let request = fixture.basic_request(client, "/as/introspect.oauth2", &form);
        fixture.send(&request).member("active")
    };
    assert_eq!(active("machine"), Some(Value::Bool(true)));
    assert_eq!(active("basic"), Some(Value::Bool(false)));
    assert_eq!(active("rs"), Some(Value::Bool(true)));
}

#[test]
fn revoked_refresh_token_takes_its_grant_along() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.code_grant("basic", "");
    let (access, token) = (
        granted(&response, "read write"),
        text(&response, "refresh_token"),
    );
    assert_eq!(revoke(&mut fixture, "basic", &token).status, 200);
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    refused(&fixture.basic("basic", &refresh), 400, "invalid_grant");
    assert!(!fixture.is_active(&access) && !fixture.is_active(&token));
}

#[test]
fn revoked_access_token_leaves_the_grant() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.code_grant("basic", "");
    let (access, token) = (
        granted(&response, "read write"),
        text(&response, "refresh_token"),
    );
    assert_eq!(revoke(&mut fixture, "basic", &access).status, 200);
    assert!(!fixture.is_active(&access));
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    granted(&fixture.basic("basic", &refresh), "read write");
}

#[test]
fn stranger_revokes_nothing() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.code_grant("basic", "");
    let (access, token) = (
        granted(&response, "read write"),
        text(&response, "refresh_token"),
    );
    refused(
        &revoke(&mut fixture, "basic-other", &token),
        400,
        "invalid_grant",
    );
    refused(
        &revoke(&mut fixture, "basic-other", &access),
        400,
        "invalid_grant",
    );
    assert!(fixture.is_active(&access) && fixture.is_active(&token));
    assert_eq!(revoke(&mut fixture, "basic", "unknown").status, 200);
    let request = fixture.basic_request("basic", "/as/revoke_token.oauth2", "");
    refused(&fixture.send(&request), 400, "invalid_request");
}

#[test]
fn revoked_jwt_is_inactive() {
    let mut fixture = Fixture::new("pingfederate");
    let form = format!("{CC}&access_token_manager_id=app");
    let token = granted(&fixture.basic("basic", &form), "read write");
    assert_eq!(token.split('.').count(), 3);
    assert!(fixture.is_active(&token));
    assert_eq!(revoke(&mut fixture, "basic", &token).status, 200);
    assert!(!fixture.is_active(&token));
}

#[test]
fn metadata_names_the_places_and_both_documents_agree() {
    let mut fixture = Fixture::new("oauth2.0");
    let one = fixture.send(&RawRequest::get("/.well-known/oauth-authorization-server"));
    let other = fixture.send(&RawRequest::get("/.well-known/openid-configuration"));
    assert_eq!((one.status, &one.body), (200, &other.body));
    assert_eq!(text(&one, "issuer"), BASE);
    assert_eq!(
        text(&one, "token_endpoint"),
        format!("{BASE}/as/token.oauth2")
    );
    let members = one.members().unwrap();
    for (name, value) in &members {
        let is_empty_list = value.as_array().is_some_and(Vec::is_empty);
        assert!(!is_empty_list && !value.is_null(), "{name}");
    }
    assert_eq!(
        members["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );
    let jwks = fixture.send(&RawRequest::get("/pf/JWKS"));
    let keys = jwks.member("keys").unwrap();
    assert_eq!(keys[0]["kty"], "EC");
    assert!(keys[0].get("d").is_none());
}

#[test]
fn host_header_does_not_change_the_issuer() {
    let mut fixture = Fixture::new("pingfederate");
    let request = RawRequest::get("/.well-known/openid-configuration").header("host", "evil.test");
    assert_eq!(text(&fixture.send(&request), "issuer"), BASE);
}
