//! Token exchange (RFC 8693).

use serde_json::{Value, json};
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{BASE, Fixture, granted, refused, text};

const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const PARTNER: &str = "https://partner.example";

fn form(subject: &str, kind: &str) -> String {
    format!(
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={subject}\
         &subject_token_type={kind}"
    )
}

fn ask(server: &mut Fixture, form: &str) -> Response {
    server.basic("exchange", form)
}

/// An access token of the client that exchanges.
fn own(server: &mut Fixture, scope: &str) -> String {
    let form = format!("grant_type=client_credentials&scope={scope}");
    text(&ask(server, &form), "access_token")
}

/// A JWT of an issuer that the server trusts.
fn assertion(server: &Fixture, more: &[(&str, Value)]) -> String {
    let mut claims = json!({
        "iss": PARTNER, "sub": "carol", "aud": BASE,
        "iat": server.now.0, "exp": server.now.0 + 60,
    });
    for (name, value) in more {
        claims[*name] = value.clone();
    }
    let header = json!({"alg": "ES256", "kid": "partner-1"});
    server.issuer_signed(PARTNER, &header, &claims)
}

#[test]
fn own_access_token_is_exchanged_for_another() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    let answer = ask(&mut server, &form(&subject, ACCESS));
    let token = granted(&answer, "read");
    assert_ne!(token, subject);
    assert_eq!(text(&answer, "issued_token_type"), ACCESS);
    assert!(answer.member("refresh_token").is_none());
    assert!(server.is_active(&subject) && server.is_active(&token));
}

#[test]
fn assertion_is_exchanged_for_a_token_about_its_subject() {
    let mut server = Fixture::new("oauth2.0");
    let subject = assertion(&server, &[]);
    for _ in 0..2 {
        let token = granted(&ask(&mut server, &form(&subject, JWT)), "read write");
        assert_eq!(text(&server.introspect(&token), "sub"), "carol");
    }
}

#[test]
fn actor_becomes_a_claim_and_the_one_before_is_kept() {
    let mut server = Fixture::new("oauth2.0");
    let actor = own(&mut server, "read");
    let before = assertion(&server, &[("act", json!({"sub": "gateway"}))]);
    let actors = format!("&actor_token={actor}&actor_token_type={ACCESS}");
    let answer = ask(&mut server, &format!("{}{actors}", form(&before, JWT)));
    let token = granted(&answer, "read write");
    let act = server.introspect(&token).member("act");
    assert_eq!(
        act,
        Some(json!({"sub": "exchange", "act": {"sub": "gateway"}}))
    );
    let answer = ask(&mut server, &form(&before, JWT));
    let act = server
        .introspect(&text(&answer, "access_token"))
        .member("act");
    assert_eq!(act, Some(json!({"sub": "gateway"})));
}

#[test]
fn actor_has_to_be_the_one_who_may_act() {
    let mut server = Fixture::new("oauth2.0");
    let actor = own(&mut server, "read");
    let actors = format!("&actor_token={actor}&actor_token_type={ACCESS}");
    for (may_act, permitted) in [("exchange", true), ("somebody", false)] {
        let subject = assertion(&server, &[("may_act", json!({"sub": may_act}))]);
        let answer = ask(&mut server, &format!("{}{actors}", form(&subject, JWT)));
        if permitted {
            granted(&answer, "read write");
        } else {
            refused(&answer, 400, "invalid_request");
        }
    }
}

#[test]
fn actor_token_and_its_type_come_together() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    for actor in [
        format!("&actor_token={subject}"),
        format!("&actor_token_type={ACCESS}"),
        format!("&actor_token=unknown&actor_token_type={ACCESS}"),
    ] {
        let answer = ask(&mut server, &format!("{}{actor}", form(&subject, ACCESS)));
        refused(&answer, 400, "invalid_request");
    }
}

#[test]
fn subject_token_that_is_not_good_is_refused() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    let foreign = text(
        &server.basic("machine", "grant_type=client_credentials"),
        "access_token",
    );
    for form in [
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange".to_owned(),
        form("", ACCESS),
        form(&subject, ""),
        form(&subject, "access_token"),
        form(&subject, JWT),
        form(&subject, "urn:ietf:params:oauth:token-type:refresh_token"),
        form("unknown", ACCESS),
        form(&foreign, ACCESS),
        form("e30.e30.e30", JWT),
        form(&assertion(&server, &[("aud", "https://x".into())]), JWT),
        form(
            &assertion(&server, &[("exp", (server.now.0 - 60).into())]),
            JWT,
        ),
        form(&assertion(&server, &[("iss", "https://x".into())]), JWT),
    ] {
        refused(&ask(&mut server, &form), 400, "invalid_request");
    }
    server.elapse(600);
    refused(
        &ask(&mut server, &form(&subject, ACCESS)),
        400,
        "invalid_request",
    );
}

#[test]
fn revoked_token_is_not_exchanged() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    let path = "/as/revoke_token.oauth2";
    let revocation = server.basic_request("exchange", path, &format!("token={subject}"));
    assert_eq!(server.send(&revocation).status, 200);
    refused(
        &ask(&mut server, &form(&subject, ACCESS)),
        400,
        "invalid_request",
    );
}

#[test]
fn scope_is_within_that_of_token_and_client() {
    let mut server = Fixture::new("oauth2.0");
    let (narrow, wide) = (own(&mut server, "read"), own(&mut server, "read+write"));
    let narrowed = format!("{}&scope=write", form(&wide, ACCESS));
    granted(&ask(&mut server, &narrowed), "write");
    let widened = format!("{}&scope=write", form(&narrow, ACCESS));
    refused(&ask(&mut server, &widened), 400, "invalid_scope");
    let foreign = format!("{}&scope=admin", form(&assertion(&server, &[]), JWT));
    refused(&ask(&mut server, &foreign), 400, "invalid_scope");
}

#[test]
fn targets_are_those_that_are_configured() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    let orders = "https://api.example.com/orders";
    let stock = "https://api.example.com/stock";
    let good = format!(
        "{}&audience={orders}&resource={stock}",
        form(&subject, ACCESS)
    );
    let token = granted(&ask(&mut server, &good), "read");
    assert_eq!(
        server.introspect(&token).member("aud"),
        Some(json!([orders, stock]))
    );
    for target in [
        "audience=https://foreign.example",
        "resource=https://foreign.example",
        "resource=https://api.example.com/orders%23part",
        "resource=orders",
        "audience=https://api.example.com/orders&audience=https://foreign.example",
    ] {
        let form = format!("{}&{target}", form(&subject, ACCESS));
        refused(&ask(&mut server, &form), 400, "invalid_target");
    }
}

#[test]
fn requested_type_is_one_that_is_issued() {
    let mut server = Fixture::new("oauth2.0");
    let subject = own(&mut server, "read");
    let with = |kind: &str| format!("{}&requested_token_type={kind}", form(&subject, ACCESS));
    granted(&ask(&mut server, &with(ACCESS)), "read");
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let answer = ask(&mut server, &with(id_token));
    assert_eq!(text(&answer, "token_type"), "N_A");
    assert_eq!(text(&answer, "issued_token_type"), id_token);
    assert!(!server.is_active(&text(&answer, "access_token")));
    // Access tokens are opaque here.
    for kind in [JWT, "urn:ietf:params:oauth:token-type:saml2", "x"] {
        refused(&ask(&mut server, &with(kind)), 400, "invalid_request");
    }
}

#[test]
fn grant_is_for_clients_that_may_use_it() {
    let mut server = Fixture::new("oauth2.0");
    let subject = text(
        &server.basic("basic", "grant_type=client_credentials"),
        "access_token",
    );
    let answer = server.basic("basic", &form(&subject, ACCESS));
    refused(&answer, 400, "unauthorized_client");
    refused(&server.post(&form(&subject, ACCESS)), 401, "invalid_client");
}
