//! Client authentication by secret, and none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use super::fixture::{Fixture, TOKEN, granted, refused};

const CC: &str = "grant_type=client_credentials";

fn header(
    fixture: &mut Fixture,
    value: &str,
    form: &str,
) -> tokenspec_reference_server::wire::response::Response {
    fixture.send(&RawRequest::post(TOKEN, form).header("authorization", value))
}

#[test]
fn basic_credentials_are_form_encoded_halves() {
    let mut fixture = Fixture::new("oauth2.0");
    let secret = fixture.secret("basic");
    let encode = |text: &str| STANDARD.encode(text);
    for (scheme, pair) in [
        ("Basic ", format!("basic:{secret}")),
        (
            "bAsIc   ",
            format!("%62asic:{}", secret.replace('a', "%61")),
        ),
    ] {
        let value = format!("{scheme}{}", encode(&pair));
        granted(&header(&mut fixture, &value, CC), "read write");
        granted(
            &header(&mut fixture, &value, &format!("{CC}&client_id=basic")),
            "read write",
        );
    }
    let reserved = "res+erved%2B%25%3A%26%3D%7Eid:se%20cret%2B%25%3A%26%3D~%3F%3E4Bq8Zt1";
    granted(
        &header(&mut fixture, &format!("Basic {}", encode(reserved)), CC),
        "read write",
    );
}

#[test]
fn bad_basic_credentials_are_401_with_a_challenge() {
    let mut fixture = Fixture::new("oauth2.0");
    let secret = fixture.secret("basic");
    let good = STANDARD.encode(format!("basic:{secret}"));
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    for value in [
        basic("basic:wrong".to_owned()),
        basic("nobody:wrong".to_owned()),
        basic("basic:".to_owned()),
        basic(":".to_owned()),
        basic(format!(":{secret}")),
        basic("basic".to_owned()),
        basic(format!("basic:{secret}:x")),
        basic(format!("basic::{secret}")),
        basic(format!("basic:{secret} ")),
        basic(format!("basic:{secret}%00x")),
        basic(format!("basic:{}", secret.to_uppercase())),
        basic(format!("basic:{}", &secret[..8])),
        basic(format!("basic:{}", secret.replacen('b', "%2562", 1))),
        "Basic".to_owned(),
        "Basic ????".to_owned(),
        format!("Basic {good},{good}"),
        format!("Bearer {good}"),
        format!("BasicX {good}"),
        format!("Digest {good}"),
        good.clone(),
    ] {
        refused(&header(&mut fixture, &value, CC), 401, "invalid_client");
        let with_id = format!("{CC}&client_id=basic");
        refused(
            &header(&mut fixture, &value, &with_id),
            401,
            "invalid_client",
        );
    }
    let twice = fixture.basic_request("basic", TOKEN, CC);
    let value = String::from_utf8(twice.fields("authorization").next().unwrap().to_vec()).unwrap();
    refused(
        &fixture.send(&twice.header("authorization", &value)),
        401,
        "invalid_client",
    );
}

#[test]
fn posted_secret_is_compared_exactly() {
    let mut fixture = Fixture::new("oauth2.0");
    let secret = fixture.secret("post");
    let with = |secret: &str| format!("{CC}&client_id=post&client_secret={secret}");
    granted(&fixture.post(&with(&secret)), "read write");
    for wrong in [
        "wrong",
        "",
        &secret[1..],
        &format!("{secret}+"),
        &format!("{secret}=x"),
    ] {
        refused(&fixture.post(&with(wrong)), 401, "invalid_client");
    }
    refused(&fixture.post(CC), 401, "invalid_client");
    refused(
        &fixture.post(&format!("{CC}&client_id=post")),
        401,
        "invalid_client",
    );
    refused(
        &fixture.post(&format!("{CC}&client_secret={secret}")),
        401,
        "invalid_client",
    );
    refused(
        &fixture.post(&format!("{CC}&client_id=nobody&client_secret=x")),
        401,
        "invalid_client",
    );
}

#[test]
fn client_uses_its_registered_method() {
    let mut fixture = Fixture::new("oauth2.0");
    let secret = fixture.secret("basic");
    let posted = format!("{CC}&client_id=basic&client_secret={secret}");
    refused(&fixture.post(&posted), 401, "invalid_client");
    refused(&fixture.basic("post", CC), 401, "invalid_client");
    let mut pingfederate = Fixture::new("pingfederate");
    granted(&pingfederate.post(&posted), "read write");
    granted(&pingfederate.basic("post", CC), "read write");
}

#[test]
fn retired_secret_is_refused() {
    let mut fixture = Fixture::new("pingfederate");
    let retired = "basic-retired-1Xm5cR8wK3tG7yPd";
    let posted = format!("{CC}&client_id=basic&client_secret={retired}");
    refused(&fixture.post(&posted), 401, "invalid_client");
}

#[test]
fn two_methods_in_one_request_are_refused() {
    let mut fixture = Fixture::new("pingfederate");
    let secret = fixture.secret("basic");
    for more in [
        format!("client_id=basic&client_secret={secret}"),
        "client_id=basic&client_secret=wrong".to_owned(),
        "client_assertion=x".to_owned(),
    ] {
        refused(
            &fixture.basic("basic", &format!("{CC}&{more}")),
            400,
            "invalid_request",
        );
    }
}

#[test]
fn client_id_of_another_client_is_refused() {
    let mut fixture = Fixture::new("oauth2.0");
    let form = format!("{CC}&client_id=basic-other");
    refused(&fixture.basic("basic", &form), 400, "invalid_request");
}

#[test]
fn credentials_of_a_public_client_are_refused() {
    let mut fixture = Fixture::new("oauth2.0");
    let form = "grant_type=refresh_token&refresh_token=x&client_id=public&client_secret=x";
    refused(&fixture.post(form), 401, "invalid_client");
    let value = format!("Basic {}", STANDARD.encode("public:x"));
    refused(&header(&mut fixture, &value, form), 400, "invalid_request");
    let form = "grant_type=refresh_token&refresh_token=x&client_id=public";
    refused(&header(&mut fixture, &value, form), 401, "invalid_client");
}

#[test]
fn grant_that_the_client_may_not_use_is_unauthorized() {
    let mut fixture = Fixture::new("oauth2.0");
    let public = format!("{CC}&client_id=public");
    refused(&fixture.post(&public), 400, "unauthorized_client");
    refused(&fixture.basic("web", CC), 400, "unauthorized_client");
    let code = "grant_type=authorization_code&code=x";
    refused(&fixture.basic("machine", code), 400, "unauthorized_client");
}

#[test]
fn client_credentials_give_no_refresh_token() {
    let mut fixture = Fixture::new("oauth2.0");
    let response = fixture.basic("machine", &format!("{CC}&scope=read"));
    granted(&response, "read");
    assert!(response.member("refresh_token").is_none());
}
