//! Access token managers, through the endpoint. The choice itself is tested where it is made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::fixture::{Fixture, granted, redemption, refused, text};

const CC: &str = "grant_type=client_credentials";

/// Which instance issued a token: by the claim of a JWT, else by introspection.
fn issuer(fixture: &mut Fixture, token: &str) -> String {
    let introspected = text(&fixture.introspect(token), "access_token_manager_id");
    if let Some(payload) = token.split('.').nth(1) {
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(claims["atm"], introspected.as_str());
        assert_eq!(claims["iss"], "https://as.example:9031");
    }
    introspected
}

fn check(client: &str, more: &str, expect: &str) {
    let mut fixture = Fixture::new("pingfederate");
    let response = fixture.basic(client, &format!("{CC}&{more}"));
    let token = granted(&response, "read write");
    assert_eq!(issuer(&mut fixture, &token), expect, "{more}");
}

fn check_refused(client: &str, more: &str, error: &str) {
    let mut fixture = Fixture::new("pingfederate");
    refused(&fixture.basic(client, &format!("{CC}&{more}")), 400, error);
}

#[test]
fn parameters_choose_the_instance() {
    check("basic", "", "default");
    check(
        "basic",
        "access_token_manager_id=&aud=&resource=",
        "default",
    );
    check("basic", "access_token_manager_id=more", "more");
    check(
        "basic",
        "access_token_manager_id=more&aud=nonsense&resource=x",
        "more",
    );
    check(
        "basic",
        "aud=https://app.example.local/x&resource=nonsense",
        "app",
    );
    check("basic", "resource=https://app.example.local/path/x", "path");
    check(
        "basic",
        "resource=&resource=https://api.example.local/x",
        "path",
    );
    check(
        "basic",
        "resource=https://api.example.local/v2&resource=https://app.example.local/path",
        "path",
    );
    check("basic", "aud=https://shared.example.local", "shared-1");
    check("machine", "access_token_manager_id=closed", "closed");
    check("basic-other", "", "path");
    check("post-other", "", "app");
}

#[test]
fn requests_that_lead_nowhere_are_aborted() {
    check_refused("basic", "access_token_manager_id=nope", "invalid_target");
    check_refused("basic", "access_token_manager_id=closed", "invalid_target");
    check_refused(
        "basic",
        "access_token_manager_id=unmapped",
        "invalid_target",
    );
    check_refused(
        "basic",
        "aud=https://app.example.local/closed/x",
        "invalid_target",
    );
    check_refused("basic", "aud=https://foreign.example", "invalid_target");
    check_refused("basic", "aud=app", "invalid_target");
    check_refused(
        "basic",
        "resource=https://app.example.local&resource=https://api.example.local",
        "invalid_target",
    );
    check_refused(
        "post-other",
        "access_token_manager_id=path",
        "invalid_target",
    );
    check_refused(
        "basic",
        "access_token_manager_id=app&access_token_manager_id=more",
        "invalid_request",
    );
    check_refused(
        "basic",
        "aud=https://api.example.local&aud=https://api.example.local",
        "invalid_request",
    );
}

#[test]
fn policy_counts_with_openid_alone() {
    let mut fixture = Fixture::new("pingfederate");
    for (authorization, redeemed, expect) in [
        ("", "", "default"),
        ("scope=openid+read", "", "policy"),
        ("scope=openid+read", "&access_token_manager_id=app", "app"),
        ("access_token_manager_id=more", "", "more"),
        (
            "access_token_manager_id=more",
            "&access_token_manager_id=app",
            "app",
        ),
        ("aud=https://shared.example.local/x", "", "shared-1"),
    ] {
        let code = fixture.code("basic", authorization);
        let response = fixture.basic("basic", &format!("{}{redeemed}", redemption(&code)));
        let token = text(&response, "access_token");
        assert_eq!(
            issuer(&mut fixture, &token),
            expect,
            "{authorization} {redeemed}"
        );
    }
}

#[test]
fn refresh_stays_with_the_instance_and_its_eligibility() {
    let mut fixture = Fixture::new("pingfederate");
    let response = fixture.code_grant("basic", "access_token_manager_id=more");
    let token = text(&response, "refresh_token");
    let refresh = format!("grant_type=refresh_token&refresh_token={token}");
    let closed = format!("{refresh}&access_token_manager_id=closed");
    refused(&fixture.basic("basic", &closed), 400, "invalid_target");
    let response = fixture.basic("basic", &refresh);
    let access = text(&response, "access_token");
    assert_eq!(issuer(&mut fixture, &access), "more");
    let next = text(&response, "refresh_token");
    let other =
        format!("grant_type=refresh_token&refresh_token={next}&access_token_manager_id=app");
    let access = text(&fixture.basic("basic", &other), "access_token");
    assert_eq!(issuer(&mut fixture, &access), "app");
}

#[test]
fn authorization_for_an_instance_that_is_not_eligible_is_refused() {
    let mut fixture = Fixture::new("pingfederate");
    let response = fixture.authorize(
        "response_type=code&client_id=basic&redirect_uri=https://client.example/cb\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
         &access_token_manager_id=closed",
    );
    let error = super::fixture::redirected(&response, "error");
    assert_eq!(error.as_deref(), Some("invalid_target"));
}
