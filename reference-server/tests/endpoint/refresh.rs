//! The refresh token grant.

use super::fixture::{Fixture, granted, refused, text};

fn refresh(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}

#[test]
fn each_refresh_gives_a_new_token() {
    let mut fixture = Fixture::new("oauth2.0");
    let mut token = text(&fixture.code_grant("basic", ""), "refresh_token");
    for _ in 0..3 {
        let response = fixture.basic("basic", &refresh(&token));
        granted(&response, "read write");
        let next = text(&response, "refresh_token");
        assert_ne!(next, token);
        token = next;
    }
}

#[test]
fn rotated_token_is_refused_and_ends_the_grant() {
    let mut fixture = Fixture::new("oauth2.0");
    let first = text(&fixture.code_grant("basic", ""), "refresh_token");
    let second = fixture.basic("basic", &refresh(&first));
    let (access, next) = (
        granted(&second, "read write"),
        text(&second, "refresh_token"),
    );
    refused(
        &fixture.basic("basic", &refresh(&first)),
        400,
        "invalid_grant",
    );
    refused(
        &fixture.basic("basic", &refresh(&next)),
        400,
        "invalid_grant",
    );
    assert!(!fixture.is_active(&access));
}

#[test]
fn narrower_refresh_leaves_the_grant_as_it_is() {
    let mut fixture = Fixture::new("oauth2.0");
    let first = text(&fixture.code_grant("basic", ""), "refresh_token");
    let second = fixture.basic("basic", &format!("{}&scope=read", refresh(&first)));
    let access = granted(&second, "read");
    assert_eq!(text(&fixture.introspect(&access), "scope"), "read");
    let third = fixture.basic("basic", &refresh(&text(&second, "refresh_token")));
    granted(&third, "read write");
}

#[test]
fn refresh_can_not_widen() {
    let mut fixture = Fixture::new("oauth2.0");
    let token = text(&fixture.code_grant("basic", "scope=read"), "refresh_token");
    for scope in ["read+write", "write"] {
        let response = fixture.basic("basic", &format!("{}&scope={scope}", refresh(&token)));
        refused(&response, 400, "invalid_scope");
    }
    granted(&fixture.basic("basic", &refresh(&token)), "read");
}

#[test]
fn faults_are_told_apart() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.code_grant("basic", "");
    let (token, access) = (
        text(&response, "refresh_token"),
        text(&response, "access_token"),
    );
    refused(
        &fixture.basic("basic", "grant_type=refresh_token"),
        400,
        "invalid_request",
    );
    refused(
        &fixture.basic("basic", &refresh("")),
        400,
        "invalid_request",
    );
    for wrong in [
        "unknown",
        &token.to_uppercase(),
        &token[1..],
        &format!("{token}+"),
        &access,
    ] {
        refused(
            &fixture.basic("basic", &refresh(wrong)),
            400,
            "invalid_grant",
        );
    }
    refused(
        &fixture.basic("basic-other", &refresh(&token)),
        400,
        "invalid_grant",
    );
    refused(&fixture.post(&refresh(&token)), 401, "invalid_client");
    let named = format!("{}&client_id=basic", refresh(&token));
    refused(&fixture.post(&named), 401, "invalid_client");
    let public = format!("{}&client_id=public", refresh(&token));
    refused(&fixture.post(&public), 400, "invalid_grant");
    granted(&fixture.basic("basic", &refresh(&token)), "read write");
}

#[test]
fn verifier_means_nothing_here() {
    let mut fixture = Fixture::new("oauth2.0");
    let token = text(&fixture.code_grant("basic", ""), "refresh_token");
    let response = fixture.basic("basic", &format!("{}&code_verifier=x", refresh(&token)));
    granted(&response, "read write");
}

#[test]
fn refresh_token_expires() {
    let mut fixture = Fixture::new("oauth2.0");
    let token = text(&fixture.code_grant("basic", ""), "refresh_token");
    fixture.elapse(14 * 24 * 3600);
    refused(
        &fixture.basic("basic", &refresh(&token)),
        400,
        "invalid_grant",
    );
}
