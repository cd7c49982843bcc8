//! The authorization code grant.

use super::fixture::{
    CB, CHALLENGE, Fixture, VERIFIER, granted, redemption, redirected, refused, text,
};

fn redeem_with(fixture: &mut Fixture, edit: impl FnOnce(String) -> String) -> (u16, String) {
    let code = fixture.code("basic", "");
    let response = fixture.basic("basic", &edit(redemption(&code)));
    (response.status, response.error().unwrap_or_default())
}

#[test]
fn code_with_everything_right_is_redeemed() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.code_grant("basic", "");
    let token = granted(&response, "read write");
    assert!(text(&response, "refresh_token").len() >= 43);
    let introspected = fixture.introspect(&token);
    assert_eq!(text(&introspected, "sub"), "alice");
    assert_eq!(text(&introspected, "client_id"), "basic");
}

#[test]
fn public_client_redeems_with_its_identifier() {
    let mut fixture = Fixture::new("oauth2.0");
    let cb = "https://app.example/cb";
    let query = format!(
        "response_type=code&client_id=public&redirect_uri={cb}&code_challenge={CHALLENGE}\
         &code_challenge_method=S256"
    );
    let mut code = || redirected(&fixture.authorize(&query), "code").unwrap();
    let form =
        format!("grant_type=authorization_code&redirect_uri={cb}&code_verifier={VERIFIER}&code=");
    let codes = [code(), code(), code()];
    refused(
        &fixture.post(&format!("{form}{}", codes[0])),
        401,
        "invalid_client",
    );
    let other = format!("{form}{}&client_id=public-other", codes[1]);
    refused(&fixture.post(&other), 400, "invalid_grant");
    let own = format!("{form}{}&client_id=public", codes[2]);
    granted(&fixture.post(&own), "read write");
}

#[test]
fn faults_of_the_redemption_are_told_apart() {
    let mut fixture = Fixture::new("oauth2.0");
    let mut check = |from: &str, to: &str, error: &str| {
        let found = redeem_with(&mut fixture, |form| form.replace(from, to));
        assert_eq!(found, (400, error.to_owned()), "{from} -> {to}");
    };
    check("code=", "x=", "invalid_request");
    check("code=", "code=x", "invalid_grant");
    check("&redirect_uri=", "&x=", "invalid_grant");
    check(CB, "", "invalid_grant");
    check(CB, "https://client.example/cb/", "invalid_grant");
    check(CB, "https://client.example/cb2", "invalid_grant");
    check(CB, "https://client.example:443/cb", "invalid_grant");
    check(CB, "https://CLIENT.example/cb", "invalid_grant");
    check("&code_verifier=", "&x=", "invalid_grant");
    check(VERIFIER, "", "invalid_grant");
    check(VERIFIER, CHALLENGE, "invalid_grant");
    check(VERIFIER, "null", "invalid_grant");
    check(VERIFIER, &VERIFIER.to_lowercase(), "invalid_grant");
    check(
        "grant_type",
        "scope=read+write+admin&grant_type",
        "invalid_scope",
    );
    check("grant_type", "scope=READ&grant_type", "invalid_scope");
}

#[test]
fn scope_of_the_token_request_may_narrow() {
    let mut fixture = Fixture::new("oauth2.0");
    let code = fixture.code("basic", "scope=read+write");
    let response = fixture.basic("basic", &format!("{}&scope=write", redemption(&code)));
    granted(&response, "write");
    let code = fixture.code("basic", "scope=read");
    let response = fixture.basic("basic", &format!("{}&scope=read+write", redemption(&code)));
    refused(&response, 400, "invalid_scope");
}

#[test]
fn code_of_another_client_is_refused_and_stays_good() {
    let mut fixture = Fixture::new("oauth2.0");
    let code = fixture.code("basic", "");
    refused(
        &fixture.basic("basic-other", &redemption(&code)),
        400,
        "invalid_grant",
    );
    granted(&fixture.basic("basic", &redemption(&code)), "read write");
}

#[test]
fn redeemed_code_is_refused_and_its_tokens_are_revoked() {
    let mut fixture = Fixture::new("oauth2.0");
    let code = fixture.code("basic", "");
    let first = fixture.basic("basic", &redemption(&code));
    let (access, refresh) = (granted(&first, "read write"), text(&first, "refresh_token"));
    let refreshed = fixture.basic(
        "basic",
        &format!("grant_type=refresh_token&refresh_token={refresh}"),
    );
    let (later, next) = (
        granted(&refreshed, "read write"),
        text(&refreshed, "refresh_token"),
    );
    assert!(fixture.is_active(&access) && fixture.is_active(&later));
    // Long after the code expired, its reuse is still noticed.
    fixture.elapse(300);
    refused(
        &fixture.basic("basic", &redemption(&code)),
        400,
        "invalid_grant",
    );
    assert!(!fixture.is_active(&access) && !fixture.is_active(&later));
    let again = format!("grant_type=refresh_token&refresh_token={next}");
    refused(&fixture.basic("basic", &again), 400, "invalid_grant");
}

#[test]
fn stranger_with_a_redeemed_code_revokes_nothing() {
    let mut fixture = Fixture::new("oauth2.0");
    let code = fixture.code("basic", "");
    let access = granted(&fixture.basic("basic", &redemption(&code)), "read write");
    refused(
        &fixture.basic("basic-other", &redemption(&code)),
        400,
        "invalid_grant",
    );
    assert!(fixture.is_active(&access));
}

#[test]
fn code_expires_after_its_lifetime() {
    let mut fixture = Fixture::new("oauth2.0");
    let code = fixture.code("basic", "");
    fixture.elapse(59);
    granted(&fixture.basic("basic", &redemption(&code)), "read write");
    let code = fixture.code("basic", "");
    fixture.elapse(60);
    refused(
        &fixture.basic("basic", &redemption(&code)),
        400,
        "invalid_grant",
    );
}

#[test]
fn redirect_uri_may_be_left_out_twice_where_one_is_registered() {
    let mut fixture = Fixture::new("oauth2.0");
    let query = "response_type=code&client_id=web";
    let mut redeem = |query: &str, more: &str| {
        let code = redirected(&fixture.authorize(query), "code").unwrap();
        let form = format!("grant_type=authorization_code&code={code}{more}");
        fixture.basic("web", &form)
    };
    let cb = "https://web.example/cb";
    granted(&redeem(query, ""), "read write");
    granted(&redeem(query, &format!("&redirect_uri={cb}")), "read write");
    refused(
        &redeem(query, "&redirect_uri=https://web.example/"),
        400,
        "invalid_grant",
    );
    refused(
        &redeem(&format!("{query}&redirect_uri={cb}"), ""),
        400,
        "invalid_grant",
    );
    assert_eq!(
        fixture
            .authorize("response_type=code&client_id=basic")
            .status,
        400
    );
}

#[test]
fn verifier_for_a_code_without_challenge_is_refused() {
    let mut fixture = Fixture::new("oauth2.0");
    let query = format!("response_type=code&client_id=basic&redirect_uri={CB}");
    let mut code = || redirected(&fixture.authorize(&query), "code").unwrap();
    let (one, other) = (code(), code());
    refused(
        &fixture.basic("basic", &redemption(&one)),
        400,
        "invalid_grant",
    );
    let plain = redemption(&other).replace(VERIFIER, "");
    granted(&fixture.basic("basic", &plain), "read write");
}

#[test]
fn plain_challenge_works_where_the_client_may_use_it() {
    let mut fixture = Fixture::new("pingfederate");
    let mut redeem = |method: &str, verifier: &str| {
        let query = format!(
            "response_type=code&client_id=basic&redirect_uri={CB}&code_challenge={CHALLENGE}{method}"
        );
        let code = redirected(&fixture.authorize(&query), "code").unwrap();
        fixture.basic("basic", &redemption(&code).replace(VERIFIER, verifier))
    };
    granted(
        &redeem("&code_challenge_method=plain", CHALLENGE),
        "read write",
    );
    granted(&redeem("", CHALLENGE), "read write");
    refused(&redeem("", VERIFIER), 400, "invalid_grant");
    refused(&redeem("", &CHALLENGE.to_lowercase()), 400, "invalid_grant");
}
