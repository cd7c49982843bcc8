//! JWT bearer grants (RFC 7523 §2.1).

use serde_json::{Value, json};
use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, TOKEN, granted, refused};

const CONFIG: &str = "
name: x
trusted_issuers:
  - {issuer: 'https://idp.example', key: {alg: ES256, kid: idp-1}, subjects: [alice]}
  - {issuer: 'https://partner.example', key: {alg: ES256, kid: partner-1}}
clients:
  app: {auth: client_secret_basic, secret: s, grants: [jwt_bearer, refresh_token], scopes: [read, write], default_scopes: [read]}
  other: {auth: client_secret_basic, secret: o, grants: [client_credentials]}
  rs: {auth: client_secret_basic, secret: r, introspects: all}
";

const IDP: &str = "https://idp.example";

fn server() -> Fixture {
    Fixture::of(&Config::parse(CONFIG, "x").unwrap(), &[])
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "idp-1"})
}

fn claims(server: &Fixture) -> Value {
    json!({
        "iss": IDP, "sub": "alice", "aud": BASE, "jti": "a",
        "iat": server.now.0, "exp": server.now.0 + 60,
    })
}

fn form(assertion: &str) -> String {
    format!("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={assertion}")
}

fn with(edit: impl FnOnce(&mut Value, &mut Value)) -> Response {
    let mut server = server();
    let (mut header, mut claims) = (header(), claims(&server));
    edit(&mut header, &mut claims);
    let assertion = server.issuer_signed(IDP, &header, &claims);
    server.basic("app", &form(&assertion))
}

#[track_caller]
fn refuses(edit: impl FnOnce(&mut Value, &mut Value)) {
    refused(&with(edit), 400, "invalid_grant");
}

#[test]
fn assertion_of_a_trusted_issuer_gives_a_token_about_its_subject() {
    let mut server = server();
    let assertion = server.issuer_signed(IDP, &header(), &claims(&server));
    let answer = server.basic("app", &form(&assertion));
    let token = granted(&answer, "read");
    assert!(answer.member("refresh_token").is_none());
    server.introspects_as(&token, "alice", "app");
}

#[test]
fn audience_is_this_server() {
    let endpoint = format!("{BASE}{TOKEN}");
    for good in [json!(BASE), json!(endpoint), json!(["https://x", BASE])] {
        granted(&with(|_, claims| claims["aud"] = good), "read");
    }
    for bad in [
        json!("https://x"),
        json!(format!("{BASE}/")),
        json!([]),
        json!(null),
        json!(7),
    ] {
        refuses(|_, claims| claims["aud"] = bad);
    }
}

#[test]
fn issuer_is_trusted_and_speaks_for_the_subject() {
    refuses(|_, claims| claims["iss"] = "https://unknown.example".into());
    refuses(|_, claims| claims["iss"] = format!("{IDP}/").into());
    // Another issuer that is trusted, too: the key is not its own.
    refuses(|header, claims| {
        header["kid"] = "partner-1".into();
        claims["iss"] = "https://partner.example".into();
    });
    for bad in [
        json!("mallory"),
        json!("Alice"),
        json!(""),
        json!(null),
        json!(["alice"]),
    ] {
        refuses(|_, claims| claims["sub"] = bad);
    }
    let mut server = server();
    let mut claims = claims(&server);
    (claims["iss"], claims["sub"]) = ("https://partner.example".into(), "mallory".into());
    let header = json!({"alg": "ES256", "kid": "partner-1"});
    let assertion = server.issuer_signed("https://partner.example", &header, &claims);
    granted(&server.basic("app", &form(&assertion)), "read");
}

#[test]
fn dates_have_to_be_numbers_and_now() {
    let now = server().now.0;
    granted(
        &with(|_, claims| claims["exp"] = json!(now as f64 + 1.5)),
        "read",
    );
    for (claim, bad) in [
        ("exp", json!(now - 60)),
        ("exp", json!(now + 100_000)),
        ("exp", json!(null)),
        ("exp", json!((now + 60).to_string())),
        ("nbf", json!(now + 60)),
        ("nbf", json!("now")),
        ("iat", json!(now + 60)),
    ] {
        refuses(|_, claims| claims[claim] = bad);
    }
    refuses(|_, claims| drop(claims.as_object_mut().unwrap().remove("exp")));
}

#[test]
fn header_names_a_key_and_nothing_unknown() {
    granted(
        &with(|header, _| drop(header.as_object_mut().unwrap().remove("kid"))),
        "read",
    );
    refuses(|header, _| header["kid"] = "other".into());
    refuses(|header, _| header["alg"] = "ES384".into());
    refuses(|header, _| header["alg"] = "none".into());
    refuses(|header, _| header["crit"] = json!(["exp"]));
    refuses(|header, _| header["b64"] = json!(false));
}

#[test]
fn assertion_has_to_be_there_and_whole() {
    let mut server = server();
    refused(&server.basic("app", &form("")), 400, "invalid_request");
    let assertion = server.issuer_signed(IDP, &header(), &claims(&server));
    let (input, signature) = assertion.rsplit_once('.').unwrap();
    for broken in [
        "nonsense".to_owned(),
        format!("{input}."),
        input.to_owned(),
        format!("{input}.{}", signature.replace(['A', 'b', '0'], "z")),
        assertion.replacen('.', ".e30", 1),
    ] {
        refused(&server.basic("app", &form(&broken)), 400, "invalid_grant");
    }
    let twice = format!("{}&assertion={assertion}", form(&assertion));
    refused(&server.basic("app", &twice), 400, "invalid_request");
    granted(&server.basic("app", &form(&assertion)), "read");
}

#[test]
fn identifier_is_good_once() {
    let mut server = server();
    let assertion = server.issuer_signed(IDP, &header(), &claims(&server));
    granted(&server.basic("app", &form(&assertion)), "read");
    refused(
        &server.basic("app", &form(&assertion)),
        400,
        "invalid_grant",
    );
    let mut without = claims(&server);
    without.as_object_mut().unwrap().remove("jti");
    let assertion = server.issuer_signed(IDP, &header(), &without);
    for _ in 0..2 {
        granted(&server.basic("app", &form(&assertion)), "read");
    }
}

#[test]
fn identifier_of_a_refused_assertion_is_not_used_up() {
    let mut server = server();
    let assertion = server.issuer_signed(IDP, &header(), &claims(&server));
    let wide = format!("{}&scope=admin", form(&assertion));
    refused(&server.basic("app", &wide), 400, "invalid_scope");
    granted(&server.basic("app", &form(&assertion)), "read");
}

#[test]
fn grant_is_for_clients_that_may_use_it() {
    let mut server = server();
    let assertion = server.issuer_signed(IDP, &header(), &claims(&server));
    refused(
        &server.basic("other", &form(&assertion)),
        400,
        "unauthorized_client",
    );
    refused(&server.post(&form(&assertion)), 401, "invalid_client");
}
