//! private_key_jwt.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tokenspec_reference_server::wire::base64url;
use tokenspec_reference_server::wire::form;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, granted, refused};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn claims(fixture: &Fixture, jti: &str) -> Value {
    json!({
        "iss": "ec", "sub": "ec", "aud": BASE, "jti": jti,
        "iat": fixture.now.0, "exp": fixture.now.0 + 60,
    })
}

fn signed(fixture: &Fixture, header: &str, claims: &str) -> String {
    let key = EncodingKey::from_ec_pem(fixture.keys["ec"].private_pem.as_bytes()).unwrap();
    let encode = |text: &str| base64url::encode(text.as_bytes());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, Algorithm::ES256).unwrap();
    format!("{input}.{signature}")
}

const HEADER: &str = r#"{"alg":"ES256","kid":"ec-1"}"#;

fn send(fixture: &mut Fixture, assertion: &str, more: &str) -> Response {
    fixture.post(&format!(
        "grant_type=client_credentials&client_assertion_type={}&client_assertion={}{more}",
        form::encode(TYPE),
        form::encode(assertion)
    ))
}

fn with_claims(edit: impl FnOnce(&mut Value)) -> Response {
    let mut fixture = Fixture::new("oauth2.0");
    let mut claims = claims(&fixture, "x");
    edit(&mut claims);
    let assertion = signed(&fixture, HEADER, &claims.to_string());
    send(&mut fixture, &assertion, "")
}

#[track_caller]
fn accepts(edit: impl FnOnce(&mut Value)) {
    granted(&with_claims(edit), "read write");
}

#[track_caller]
fn refuses(edit: impl FnOnce(&mut Value)) {
    refused(&with_claims(edit), 401, "invalid_client");
}

#[test]
fn good_assertion_authenticates_with_or_without_client_id() {
    let mut fixture = Fixture::new("oauth2.0");
    for (jti, more) in [("a", ""), ("b", "&client_id=ec")] {
        let assertion = signed(&fixture, HEADER, &claims(&fixture, jti).to_string());
        granted(&send(&mut fixture, &assertion, more), "read write");
    }
    let assertion = signed(&fixture, HEADER, &claims(&fixture, "c").to_string());
    refused(
        &send(&mut fixture, &assertion, "&client_id=rsa"),
        400,
        "invalid_request",
    );
    refused(
        &send(&mut fixture, &assertion, "&client_secret=x"),
        400,
        "invalid_request",
    );
}

#[test]
fn audience_is_the_issuer_or_a_place_of_the_endpoint() {
    let endpoint = format!("{BASE}/as/token.oauth2");
    for good in [
        json!(BASE),
        json!([BASE]),
        json!(endpoint),
        json!(["https://x", endpoint]),
    ] {
        accepts(|claims| claims["aud"] = good);
    }
    for bad in [
        json!("https://x"),
        json!(format!("{BASE}/")),
        json!([]),
        json!(null),
        json!(7),
        json!([BASE, 7]),
        json!({"a": BASE}),
        json!(""),
        json!(BASE.to_uppercase()),
    ] {
        refuses(|claims| claims["aud"] = bad);
    }
}

#[test]
fn issuer_and_subject_are_the_client() {
    for claim in ["iss", "sub"] {
        for bad in [
            json!("basic"),
            json!("EC"),
            json!(""),
            json!(null),
            json!(["ec"]),
            json!(1),
        ] {
            refuses(|claims| claims[claim] = bad);
        }
        refuses(|claims| drop(claims.as_object_mut().unwrap().remove(claim)));
    }
}

#[test]
fn dates_are_numbers_and_near() {
    let now = 1_800_000_000_u64;
    for good in [
        json!(now + 60),
        json!(now as f64 + 60.5),
        json!(1.800_000_06e9),
    ] {
        accepts(|claims| claims["exp"] = good);
    }
    for bad in [
        json!(now - 300),
        json!(0),
        json!(-1),
        json!(now + 30 * 24 * 3600),
        json!("1800000060"),
        json!(null),
        json!(true),
        json!([]),
        json!(1e308),
    ] {
        refuses(|claims| claims["exp"] = bad);
    }
    refuses(|claims| drop(claims.as_object_mut().unwrap().remove("exp")));
    accepts(|claims| drop(claims.as_object_mut().unwrap().remove("iat")));
    accepts(|claims| claims["nbf"] = json!(now));
    for claim in ["nbf", "iat"] {
        for bad in [json!(now + 300), json!("soon"), json!(null)] {
            refuses(|claims| claims[claim] = bad);
        }
    }
}

#[test]
fn identifier_is_used_once_for_each_client() {
    let mut fixture = Fixture::new("oauth2.0");
    let assertion = signed(&fixture, HEADER, &claims(&fixture, "x").to_string());
    let mut forged = assertion.clone();
    forged.replace_range(forged.len() - 8..forged.len() - 4, "AAAA");
    refused(&send(&mut fixture, &forged, ""), 401, "invalid_client");
    granted(&send(&mut fixture, &assertion, ""), "read write");
    refused(&send(&mut fixture, &assertion, ""), 401, "invalid_client");
    let again = signed(&fixture, HEADER, &claims(&fixture, "x").to_string());
    refused(&send(&mut fixture, &again, ""), 401, "invalid_client");
    for bad in [json!(null), json!(""), json!(1)] {
        refuses(|claims| claims["jti"] = bad);
    }
}

#[test]
fn assertion_is_used_up_by_a_request_that_fails_otherwise() {
    let mut fixture = Fixture::new("oauth2.0");
    let assertion = signed(&fixture, HEADER, &claims(&fixture, "x").to_string());
    refused(
        &send(&mut fixture, &assertion, "&scope=nope"),
        400,
        "invalid_scope",
    );
    refused(&send(&mut fixture, &assertion, ""), 401, "invalid_client");
}

#[test]
fn header_has_the_registered_algorithm_and_nothing_critical() {
    let mut fixture = Fixture::new("oauth2.0");
    for (index, (header, is_good)) in [
        (r#"{"alg":"ES256"}"#, true),
        (
            r#"{"alg":"ES256","kid":"ec-1","typ":"JWT","x-foo":1}"#,
            true,
        ),
        (r#"{"alg":"ES256","kid":"other"}"#, false),
        (r#"{"alg":"ES256","kid":null}"#, false),
        (r#"{"alg":"ES256","kid":"ec-1","crit":["x"]}"#, false),
        (
            r#"{"alg":"ES256","kid":"ec-1","crit":["b64"],"b64":false}"#,
            false,
        ),
        (r#"{"alg":"RS256","kid":"ec-1"}"#, false),
        (r#"{"alg":"none"}"#, false),
        (r#"{"alg":"es256"}"#, false),
        (r#"{"alg":null}"#, false),
        (r#"{}"#, false),
        (r#"{"alg":"ES256","alg":"ES256"}"#, false),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = claims(&fixture, &index.to_string()).to_string();
        let assertion = signed(&fixture, header, &claims);
        let response = send(&mut fixture, &assertion, "");
        assert_eq!(response.status == 200, is_good, "{header}");
        assert_eq!(response.status == 401, !is_good, "{header}");
    }
}

#[test]
fn text_that_is_no_assertion_is_refused() {
    let mut fixture = Fixture::new("oauth2.0");
    for text in ["x", "..", "a.b.c.d", "e30.e30.", "e30.e30.e30", " "] {
        refused(&send(&mut fixture, text, ""), 401, "invalid_client");
        refused(
            &send(&mut fixture, text, "&client_id=ec"),
            401,
            "invalid_client",
        );
    }
    let assertion = signed(&fixture, HEADER, &claims(&fixture, "x").to_string());
    let form = format!("grant_type=client_credentials&client_assertion={assertion}");
    refused(&fixture.post(&form), 401, "invalid_client");
    let urn = form::encode(&TYPE.replace("client-assertion-type", "grant-type"));
    refused(
        &fixture.post(&format!("{form}&client_assertion_type={urn}")),
        401,
        "invalid_client",
    );
    let urn = form::encode(TYPE);
    let form = format!("grant_type=client_credentials&client_id=ec&client_assertion_type={urn}");
    refused(&fixture.post(&form), 401, "invalid_client");
}
