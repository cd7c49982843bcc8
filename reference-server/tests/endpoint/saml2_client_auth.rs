//! Clients that authenticate with SAML assertions (RFC 7522 §2.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, granted, refused, text};
use super::saml2_bearer::{ASSERTION, signed};

const CONFIG: &str = "
name: x
saml_issuers:
  - {issuer: 'https://idp.example', key: {alg: ES256}, subjects: [alice]}
  - {issuer: 'https://partner.example', key: {alg: ES256}}
clients:
  app: {auth: saml2_client_auth, saml_issuer: 'https://idp.example', grants: [client_credentials, saml2_bearer], scopes: [read]}
  other: {auth: saml2_client_auth, saml_issuer: 'https://partner.example', grants: [client_credentials], scopes: [read]}
  alice: {auth: client_secret_post, secret: s, grants: [client_credentials], scopes: [read]}
  rs: {auth: client_secret_basic, secret: r, introspects: all}
";

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
const IDP: &str = "https://idp.example";

fn server() -> Fixture {
    Fixture::of(&Config::parse(CONFIG, "x").unwrap(), &[])
}

/// The assertion about the client, with one text replaced before it is signed by that issuer.
fn about_client(server: &Fixture, issuer: &str, (from, to): (&str, &str)) -> String {
    let assertion = ASSERTION.replace("alice", "app");
    assert!(assertion.contains(from), "{from}");
    signed(server, issuer, &assertion.replace(from, to))
}

fn form(kind: &str, document: &str, more: &str) -> String {
    let assertion = URL_SAFE_NO_PAD.encode(document);
    format!(
        "grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}{more}"
    )
}

fn with(from: &str, to: &str) -> Response {
    let mut server = server();
    let signed = about_client(&server, IDP, (from, to));
    server.post(&form(TYPE, &signed, ""))
}

/// Whether that is 400 or 401 is no matter of this method.
#[track_caller]
fn unauthenticated(answer: &Response) {
    assert_eq!(answer.error().as_deref(), Some("invalid_client"));
    assert!(answer.member("access_token").is_none());
}

#[test]
fn assertion_about_the_client_authenticates_it_with_client_id_or_without() {
    for more in ["", "&client_id=app"] {
        let mut server = server();
        let signed = about_client(&server, IDP, ("app", "app"));
        let token = granted(&server.post(&form(TYPE, &signed, more)), "read");
        assert_eq!(text(&server.introspect(&token), "client_id"), "app");
    }
}

#[test]
fn client_id_of_another_client_is_refused() {
    let mut server = server();
    let signed = about_client(&server, IDP, ("app", "app"));
    let answer = server.post(&form(TYPE, &signed, "&client_id=other"));
    refused(&answer, 400, "invalid_request");
}

#[test]
fn what_breaks_a_rule_of_section_3_is_invalid_client() {
    for (from, to) in [
        ("<s:Issuer>https://idp.example</s:Issuer>", ""),
        ("https://idp.example", "https://idp.example/"),
        ("https://idp.example", "https://partner.example"),
        ("<s:NameID>app</s:NameID>", ""),
        ("<s:NameID>app<", "<s:NameID>other<"),
        ("<s:NameID>app<", "<s:NameID>nobody<"),
        // A user of whom the issuer may speak is no client; a client of another method does not authenticate so.
        ("<s:NameID>app<", "<s:NameID>alice<"),
        ("<s:Audience>", "<s:Audience>x"),
        ("cm:bearer", "cm:holder-of-key"),
        ("Recipient=\"", "Recipient=\"x"),
        ("08:05:00Z", "07:05:00Z"),
        ("08:06:00Z", "07:59:30Z"),
        ("07:59:00Z", "08:01:00Z"),
        ("_1", "_2"),
    ] {
        unauthenticated(&with(from, to));
    }
}

#[test]
fn issuer_speaks_for_the_clients_that_name_it_only() {
    let mut server = server();
    let partners = about_client(
        &server,
        "https://partner.example",
        (IDP, "https://partner.example"),
    );
    unauthenticated(&server.post(&form(TYPE, &partners, "")));
}

#[test]
fn unsigned_assertion_and_none_at_all_are_refused() {
    let mut server = server();
    let unsigned = ASSERTION.replace("alice", "app");
    unauthenticated(&server.post(&form(TYPE, &unsigned, "")));
    for body in [
        format!("grant_type=client_credentials&client_assertion_type={TYPE}"),
        format!("grant_type=client_credentials&client_assertion_type={TYPE}&client_id=app"),
        "grant_type=client_credentials&client_id=app".to_owned(),
    ] {
        unauthenticated(&server.post(&body));
    }
}

#[test]
fn type_has_to_be_that_of_saml() {
    let mut server = server();
    let signed = about_client(&server, IDP, ("app", "app"));
    for kind in [
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "URN:ietf:params:oauth:client-assertion-type:saml2-bearer",
        "",
    ] {
        unauthenticated(&server.post(&form(kind, &signed, "")));
        unauthenticated(&server.post(&form(kind, &signed, "&client_id=app")));
    }
    granted(&server.post(&form(TYPE, &signed, "")), "read");
}

#[test]
fn assertion_authenticates_once_whatever_becomes_of_the_request() {
    let mut server = server();
    let signed = about_client(&server, IDP, ("app", "app"));
    let failed = server.post(&form(TYPE, &signed, "&scope=admin"));
    refused(&failed, 400, "invalid_scope");
    unauthenticated(&server.post(&form(TYPE, &signed, "")));
}

#[test]
fn two_methods_at_once_are_one_too_many() {
    let mut server = server();
    let signed = about_client(&server, IDP, ("app", "app"));
    let answer = server.post(&form(TYPE, &signed, "&client_secret=s"));
    refused(&answer, 400, "invalid_request");
}

#[test]
fn metadata_lists_no_method_without_a_registered_name() {
    let mut server = server();
    let answer = server.send(&RawRequest::get("/.well-known/oauth-authorization-server"));
    let methods = answer.member("token_endpoint_auth_methods_supported");
    let listed = methods.unwrap();
    assert_eq!(
        listed,
        serde_json::json!(["client_secret_basic", "client_secret_post"])
    );
}
