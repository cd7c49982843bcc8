//! A seam of each kind does what it is for, and a server with a defect still serves the control.

use tokenspec_reference_server::defects;

use super::fixture::{
    CB, CHALLENGE, Fixture, TOKEN, granted, redemption, redirected, refused, text,
};

const CC: &str = "grant_type=client_credentials";

fn with(id: &str, config: &str) -> Fixture {
    let defect = defects::find(id).unwrap_or_else(|| panic!("no {id}"));
    Fixture::with(config, defect.seams)
}

#[test]
fn skipped_check_lets_a_code_be_used_twice() {
    let mut fixture = with("code-reuse-accepted", "oauth2.0");
    let code = fixture.code("basic", "");
    granted(&fixture.basic("basic", &redemption(&code)), "read write");
    granted(&fixture.basic("basic", &redemption(&code)), "read write");
}

#[test]
fn replaced_check_is_weaker() {
    let mut fixture = with("redirect-uri-by-prefix", "oauth2.0");
    let code = fixture.code("basic", "");
    let form = redemption(&code).replace("/cb", "/cb/more");
    granted(&fixture.basic("basic", &form), "read write");
}

#[test]
fn changed_facts_widen_a_refresh() {
    let mut fixture = with("refresh-scope-of-client", "oauth2.0");
    let token = text(&fixture.code_grant("basic", "scope=read"), "refresh_token");
    let form = format!("grant_type=refresh_token&refresh_token={token}&scope=read+write");
    granted(&fixture.basic("basic", &form), "read write");
}

#[test]
fn dropped_changes_leave_the_tokens_alive() {
    let mut fixture = with("code-reuse-only-denied", "oauth2.0");
    let code = fixture.code("basic", "");
    let access = granted(&fixture.basic("basic", &redemption(&code)), "read write");
    refused(
        &fixture.basic("basic", &redemption(&code)),
        400,
        "invalid_grant",
    );
    assert!(fixture.is_active(&access));
}

#[test]
fn read_minted_and_answered_otherwise() {
    let mut fixture = with("last-duplicate-wins", "oauth2.0");
    granted(
        &fixture.basic("basic", &format!("{CC}&scope=nope&scope=read")),
        "read",
    );
    let mut fixture = with("access-token-is-counter", "oauth2.0");
    assert_eq!(
        text(&fixture.basic("basic", CC), "access_token"),
        "00000001"
    );
    let mut fixture = with("expires-in-quoted", "oauth2.0");
    assert_eq!(text(&fixture.basic("basic", CC), "expires_in"), "600");
    let mut fixture = with("query-merged", "oauth2.0");
    let mut request = fixture.basic_request("basic", TOKEN, "");
    request.query = Some(CC.to_owned());
    granted(&fixture.send(&request), "read write");
}

#[test]
fn aborted_choice_falls_back() {
    let mut fixture = with("atm-unknown-id-falls-back", "pingfederate");
    let token = text(
        &fixture.basic("basic", &format!("{CC}&access_token_manager_id=nope")),
        "access_token",
    );
    let introspected = fixture.introspect(&token);
    assert_eq!(text(&introspected, "access_token_manager_id"), "default");
}

#[test]
fn every_defect_still_answers() {
    for defect in defects::all() {
        for config in ["oauth2.0", "pingfederate"] {
            let mut fixture = Fixture::with(config, defect.seams);
            let query = format!(
                "response_type=code&client_id=basic&redirect_uri={CB}\
                 &code_challenge={CHALLENGE}&code_challenge_method=S256"
            );
            let code = redirected(&fixture.authorize(&query), "code").unwrap_or_default();
            for form in [
                CC,
                redemption(&code).as_str(),
                "grant_type=refresh_token&refresh_token=x",
            ] {
                let status = fixture.basic("basic", form).status;
                assert!((100..600).contains(&status), "{} under {config}", defect.id);
            }
        }
    }
}
