//! Methods, media types, forms, sizes.

use tokenspec_reference_server::wire::raw_request::{Body, RawRequest};

use super::fixture::{Fixture, TOKEN, granted, refused};

const CC: &str = "grant_type=client_credentials";

#[test]
fn only_post_is_served() {
    let mut fixture = Fixture::new("oauth2.0");
    for method in [
        "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "post", "TRACE",
    ] {
        let mut request = fixture.basic_request("basic", TOKEN, CC);
        method.clone_into(&mut request.method);
        request.query = Some(CC.to_owned());
        let response = fixture.send(&request);
        refused(&response, 405, "invalid_request");
        assert_eq!(response.field("allow"), Some("POST"));
    }
}

#[test]
fn unknown_path_is_not_found() {
    let mut fixture = Fixture::new("oauth2.0");
    for path in [
        "/",
        "/as/token.oauth2/",
        "/AS/token.oauth2",
        "/as/token.oauth2;x=y",
        "",
    ] {
        let request = fixture.basic_request("basic", path, CC);
        refused(&fixture.send(&request), 404, "invalid_request");
    }
}

#[test]
fn media_type_has_to_be_that_of_a_form() {
    let mut fixture = Fixture::new("oauth2.0");
    let mut send = |media_type: &str| {
        let mut request = fixture.basic_request("basic", TOKEN, CC);
        request.set_header("content-type", media_type);
        fixture.send(&request)
    };
    granted(
        &send("Application/X-WWW-Form-Urlencoded ; charset=\"utf-8\"; x=y;"),
        "read write",
    );
    for other in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
    ] {
        refused(&send(other), 400, "invalid_request");
    }
}

#[test]
fn spellings_that_form_encoding_allows_are_one_request() {
    let mut fixture = Fixture::new("oauth2.0");
    for (form, scope) in [
        ("grant%5Ftype=client%5fcredentials", "read write"),
        ("&&grant_type=client_credentials&", "read write"),
        (
            "grant_type=client_credentials&scope=read+write",
            "read write",
        ),
        (
            "grant_type=client_credentials&scope=write%20read",
            "write read",
        ),
        ("grant_type=client_credentials&scope=", "read write"),
        ("grant_type=client_credentials&scope", "read write"),
        ("grant_type=client_credentials&=x&=&hello", "read write"),
        (
            "grant_type=client_credentials&hello=1%26scope%3Dnope",
            "read write",
        ),
        (
            "grant_type=client_credentials&%F0%9F%94%91=%C3%A9",
            "read write",
        ),
        (
            "grant_type=client_credentials&hello=1&hello=2&SCOPE=x&scope[]=y",
            "read write",
        ),
        (
            "grant_type=client_credentials&aud=x&aud=y&username=x",
            "read write",
        ),
    ] {
        granted(&fixture.basic("basic", form), scope);
    }
}

#[test]
fn other_spellings_are_other_requests() {
    let mut fixture = Fixture::new("oauth2.0");
    for (form, error) in [
        ("", "invalid_request"),
        ("&&", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("GRANT_TYPE=client_credentials", "invalid_request"),
        ("grant_type[]=client_credentials", "invalid_request"),
        ("grant%255Ftype=client_credentials", "invalid_request"),
        ("+grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials%", "invalid_request"),
        ("grant_type=client_credentials%00x", "invalid_request"),
        ("grant_type=client_credentials%FF", "invalid_request"),
        ("grant_type=client_credentials&hello=%zz", "invalid_request"),
        (
            "grant_type=client%255Fcredentials",
            "unsupported_grant_type",
        ),
        ("grant_type=client_credentials+", "unsupported_grant_type"),
        (
            "grant_type=client_credentials;x=y",
            "unsupported_grant_type",
        ),
        ("grant_type=Client_Credentials", "unsupported_grant_type"),
        ("grant_type=implicit", "unsupported_grant_type"),
        (
            "grant_type=client_credentials&scope=read%2Bwrite",
            "invalid_scope",
        ),
        (
            "grant_type=client_credentials&scope=read++write",
            "invalid_scope",
        ),
        ("grant_type=client_credentials&scope=READ", "invalid_scope"),
    ] {
        refused(&fixture.basic("basic", form), 400, error);
    }
}

#[test]
fn defined_parameters_are_not_repeated() {
    let mut fixture = Fixture::new("oauth2.0");
    for more in [
        "grant_type=client_credentials",
        "grant%5Ftype=x",
        "scope=read&scope=read",
        "scope=read&%73cope=",
        "client_id=basic&client%5Fid=basic",
        "code=a&code=b",
        "redirect_uri=a&redirect_uri=b",
        "refresh_token=a&refresh_token=b",
        "username=a&username=b",
        "password=a&password=b",
        "code_verifier=a&code_verifier=b",
        "client_assertion=a&client_assertion=b",
        "client_secret=&client_secret=",
    ] {
        refused(
            &fixture.basic("basic", &format!("{CC}&{more}")),
            400,
            "invalid_request",
        );
    }
}

#[test]
fn query_and_cookies_are_no_parameters() {
    let mut fixture = Fixture::new("oauth2.0");
    let mut request = fixture.basic_request("basic", TOKEN, "scope=read");
    request.query = Some(CC.to_owned());
    refused(&fixture.send(&request), 400, "invalid_request");
    let request = fixture
        .basic_request("basic", TOKEN, "")
        .header("cookie", CC);
    refused(&fixture.send(&request), 400, "invalid_request");
    let mut request = fixture.basic_request("basic", TOKEN, CC);
    request.query = Some("scope=nope&grant_type=x".to_owned());
    granted(
        &fixture.send(&request.header("cookie", "scope=nope")),
        "read write",
    );
}

#[test]
fn too_much_is_refused_as_too_much() {
    let mut fixture = Fixture::new("oauth2.0");
    let mut request = fixture.basic_request("basic", TOKEN, "");
    request.body = Body::TooLarge;
    refused(&fixture.send(&request), 413, "invalid_request");
    request.body = Body::Incomplete(CC.as_bytes().to_vec());
    refused(&fixture.send(&request), 400, "invalid_request");
    request.body = Body::TooSlow;
    refused(&fixture.send(&request), 408, "invalid_request");
    let many: String = (0..5000).map(|index| format!("&p{index}=x")).collect();
    refused(
        &fixture.basic("basic", &format!("{CC}{many}")),
        413,
        "invalid_request",
    );
    let some: String = (0..1000).map(|index| format!("&p{index}=x")).collect();
    granted(
        &fixture.basic("basic", &format!("{CC}{some}")),
        "read write",
    );
}

#[test]
fn body_of_a_get_is_not_looked_at() {
    let mut fixture = Fixture::new("oauth2.0");
    let request = RawRequest {
        body: Body::TooLarge,
        ..RawRequest::get("/pf/JWKS")
    };
    assert_eq!(fixture.send(&request).status, 413);
}
