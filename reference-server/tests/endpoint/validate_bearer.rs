//! PingFederate's validation of access tokens.

use serde_json::json;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, refused, text};

const VALIDATED: &str = "urn:pingidentity.com:oauth2:validated_token";

/// A token of `basic`, issued by the instance that `more` leads to.
fn issued(server: &mut Fixture, more: &str) -> String {
    let answer = server.basic("basic", &format!("grant_type=client_credentials{more}"));
    text(&answer, "access_token")
}

fn validate(server: &mut Fixture, client: &str, token: &str, more: &str) -> Response {
    let form = format!(
        "grant_type=urn:pingidentity.com:oauth2:grant_type:validate_bearer&token={token}{more}"
    );
    server.basic(client, &form)
}

#[test]
fn attributes_of_a_good_token_are_told_and_no_token_is_issued() {
    let mut server = Fixture::new("pingfederate");
    let token = issued(&mut server, "&scope=read");
    server.elapse(100);
    for _ in 0..2 {
        let answer = validate(&mut server, "validator", &token, "");
        assert_eq!(answer.status, 200);
        assert_eq!(text(&answer, "token_type"), VALIDATED);
        assert_eq!(text(&answer, "scope"), "read");
        assert_eq!(text(&answer, "client_id"), "basic");
        assert_eq!(answer.member("expires_in"), Some(500.into()));
        let attributes = json!({"sub": "basic", "client_id": "basic", "atm": "default"});
        assert_eq!(answer.member("access_token"), Some(attributes));
        assert_eq!(answer.field("cache-control"), Some("no-store"));
        assert!(answer.member("refresh_token").is_none());
    }
}

#[test]
fn token_is_looked_for_where_the_request_leads_to() {
    let mut server = Fixture::new("pingfederate");
    let token = issued(&mut server, "&access_token_manager_id=app");
    refused(
        &validate(&mut server, "validator", &token, ""),
        400,
        "invalid_grant",
    );
    for (more, good) in [
        ("&access_token_manager_id=app", true),
        ("&aud=https://app.example.local/x", true),
        ("&resource=https://app.example.local", true),
        ("&access_token_manager_id=default", false),
        ("&aud=https://app.example.local/path", false),
    ] {
        let answer = validate(&mut server, "validator", &token, more);
        if good {
            assert_eq!(answer.status, 200, "{more}");
        } else {
            refused(&answer, 400, "invalid_grant");
        }
    }
    for more in [
        "&access_token_manager_id=nope",
        "&aud=https://foreign.example",
    ] {
        refused(
            &validate(&mut server, "validator", &token, more),
            400,
            "invalid_target",
        );
    }
}

#[test]
fn client_for_all_instances_has_all_of_them_tried_unless_it_names_one() {
    let mut server = Fixture::new("pingfederate");
    for manager in ["default", "app", "path", "policy"] {
        let token = issued(&mut server, &format!("&access_token_manager_id={manager}"));
        let all = "validator-of-all";
        assert_eq!(
            validate(&mut server, all, &token, "").status,
            200,
            "{manager}"
        );
        let named = validate(&mut server, all, &token, "&access_token_manager_id=more");
        refused(&named, 400, "invalid_grant");
    }
    // Not of an instance that the validator itself may not use.
    let closed = server.basic(
        "machine",
        "grant_type=client_credentials&access_token_manager_id=closed",
    );
    let token = text(&closed, "access_token");
    refused(
        &validate(&mut server, "validator-of-all", &token, ""),
        400,
        "invalid_grant",
    );
}

#[test]
fn token_that_is_not_good_is_refused() {
    let mut server = Fixture::new("pingfederate");
    let token = issued(&mut server, "");
    let refresh = text(&server.code_grant("basic", ""), "refresh_token");
    for bad in ["unknown", &refresh, &token[1..], &format!("{token}x")] {
        refused(
            &validate(&mut server, "validator", bad, ""),
            400,
            "invalid_grant",
        );
    }
    refused(
        &validate(&mut server, "validator", "", ""),
        400,
        "invalid_request",
    );
    let repeated = format!("&token={token}");
    refused(
        &validate(&mut server, "validator", &token, &repeated),
        400,
        "invalid_request",
    );
    let path = "/as/revoke_token.oauth2";
    let revoked = issued(&mut server, "");
    let revocation = server.basic_request("basic", path, &format!("token={revoked}"));
    assert_eq!(server.send(&revocation).status, 200);
    refused(
        &validate(&mut server, "validator", &revoked, ""),
        400,
        "invalid_grant",
    );
    server.elapse(600);
    refused(
        &validate(&mut server, "validator", &token, ""),
        400,
        "invalid_grant",
    );
}

#[test]
fn grant_is_for_clients_that_may_use_it() {
    let mut server = Fixture::new("pingfederate");
    let token = issued(&mut server, "");
    refused(
        &validate(&mut server, "basic", &token, ""),
        400,
        "unauthorized_client",
    );
    let form = "grant_type=client_credentials";
    refused(&server.basic("validator", form), 400, "unauthorized_client");
}
