//! SAML bearer grants (RFC 7522 §2.1).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::base64url;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, granted, refused};

const CONFIG: &str = "
name: x
saml_issuers:
  - {issuer: 'https://idp.example', key: {alg: ES256}, subjects: [alice]}
  - {issuer: 'https://partner.example', key: {alg: ES256}}
clients:
  app: {auth: client_secret_basic, secret: s, grants: [saml2_bearer, refresh_token], scopes: [read, write], default_scopes: [read]}
  other: {auth: client_secret_basic, secret: o, grants: [client_credentials]}
  rs: {auth: client_secret_basic, secret: r, introspects: all}
";

/// In canonical form, at the time of the fixture.
pub(crate) const ASSERTION: &str = "<s:Assertion xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\" \
    IssueInstant=\"2027-01-15T08:00:00Z\" Version=\"2.0\"><s:Issuer>https://idp.example</s:Issuer><s:Subject>\
    <s:NameID>alice</s:NameID><s:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
    <s:SubjectConfirmationData NotOnOrAfter=\"2027-01-15T08:05:00Z\" Recipient=\"https://as.example:9031/as/token.oauth2\">\
    </s:SubjectConfirmationData></s:SubjectConfirmation></s:Subject><s:Conditions NotBefore=\"2027-01-15T07:59:00Z\" \
    NotOnOrAfter=\"2027-01-15T08:06:00Z\"><s:AudienceRestriction><s:Audience>https://as.example:9031</s:Audience>\
    </s:AudienceRestriction></s:Conditions></s:Assertion>";

const CONDITIONS_END: &str = " NotOnOrAfter=\"2027-01-15T08:06:00Z\"";
const DATA_END: &str = "NotOnOrAfter=\"2027-01-15T08:05:00Z\" ";
const DATA: &str = "<s:SubjectConfirmationData NotOnOrAfter=\"2027-01-15T08:05:00Z\" \
    Recipient=\"https://as.example:9031/as/token.oauth2\"></s:SubjectConfirmationData>";
const RESTRICTION: &str = "<s:AudienceRestriction><s:Audience>https://as.example:9031</s:Audience></s:AudienceRestriction>";

fn server() -> Fixture {
    Fixture::of(&Config::parse(CONFIG, "x").unwrap(), &[])
}

/// The assertion, canonical as it is, with a signature by the key of that issuer behind its own issuer.
pub(crate) fn signed(server: &Fixture, issuer: &str, assertion: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, assertion.as_bytes());
    let digest = STANDARD.encode(digest);
    let info = format!(
        "<d:SignedInfo xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><d:CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></d:CanonicalizationMethod><d:SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></d:SignatureMethod><d:Reference URI=\"#_1\">\
         <d:Transforms><d:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></d:Transform>\
         <d:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></d:Transform></d:Transforms><d:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></d:DigestMethod><d:DigestValue>{digest}</d:DigestValue>\
         </d:Reference></d:SignedInfo>"
    );
    let pem = &server.issuers[&format!("SAML issuer {issuer}")].private_pem;
    let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    let made = jsonwebtoken::crypto::sign(info.as_bytes(), &key, jsonwebtoken::Algorithm::ES256);
    let value = STANDARD.encode(base64url::decode(&made.unwrap()).unwrap());
    let signature = format!(
        "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\">{info}<d:SignatureValue>{value}</d:SignatureValue></d:Signature>"
    );
    let at = assertion
        .find("</s:Issuer>")
        .map_or(ASSERTION.find("<s:Issuer").unwrap(), |at| at + 11);
    format!("{}{signature}{}", &assertion[..at], &assertion[at..])
}

fn form(document: &str) -> String {
    let assertion = URL_SAFE_NO_PAD.encode(document);
    format!("grant_type=urn:ietf:params:oauth:grant-type:saml2-bearer&assertion={assertion}")
}

/// The answer to the assertion with one text replaced before it is signed.
fn with(from: &str, to: &str) -> Response {
    assert!(ASSERTION.contains(from), "{from}");
    let mut server = server();
    let signed = signed(&server, "https://idp.example", &ASSERTION.replace(from, to));
    server.basic("app", &form(&signed))
}

#[test]
fn assertion_of_a_trusted_issuer_gives_a_token_about_its_subject() {
    let mut server = server();
    let signed = signed(&server, "https://idp.example", ASSERTION);
    let answer = server.basic("app", &form(&signed));
    let token = granted(&answer, "read");
    assert!(answer.member("refresh_token").is_none());
    server.introspects_as(&token, "alice", "app");
}

#[test]
fn assertion_is_good_once() {
    let mut server = server();
    let first = signed(&server, "https://idp.example", ASSERTION);
    granted(&server.basic("app", &form(&first)), "read");
    refused(&server.basic("app", &form(&first)), 400, "invalid_grant");
    // Another assertion with its identifier; one of another issuer is another one.
    let again = ASSERTION.replace(CONDITIONS_END, "");
    let again = signed(&server, "https://idp.example", &again);
    refused(&server.basic("app", &form(&again)), 400, "invalid_grant");
    let partner = ASSERTION.replace("https://idp.example", "https://partner.example");
    let partner = signed(&server, "https://partner.example", &partner);
    granted(&server.basic("app", &form(&partner)), "read");
}

#[test]
fn what_the_rfc_leaves_out_may_be_left_out() {
    for (from, to) in [
        (CONDITIONS_END, ""),
        (" NotBefore=\"2027-01-15T07:59:00Z\"", ""),
        (DATA, ""),
        (RESTRICTION, &[RESTRICTION; 2].concat()),
        (
            "<s:Audience>",
            "<s:Audience>https://x.example</s:Audience><s:Audience>",
        ),
        (
            "<s:SubjectConfirmation ",
            "<s:SubjectConfirmation Method=\"x\"></s:SubjectConfirmation><s:SubjectConfirmation ",
        ),
        (
            "<s:Audience>https://as.example:9031<",
            "<s:Audience>https://as.example:9031/as/token.oauth2<",
        ),
    ] {
        granted(&with(from, to), "read");
    }
}

#[test]
fn what_breaks_a_rule_of_section_3_is_invalid_grant() {
    for (from, to) in [
        ("<s:Issuer>https://idp.example</s:Issuer>", ""),
        ("https://idp.example", "https://idp.example/"),
        ("https://idp.example", "https://partner.example"),
        ("alice", "mallory"),
        ("alice", ""),
        ("<s:NameID>alice</s:NameID>", ""),
        (RESTRICTION, ""),
        ("<s:Audience>https://as.example:9031</s:Audience>", ""),
        ("<s:Audience>", "<s:Audience>x"),
        (
            RESTRICTION,
            &format!(
                "{RESTRICTION}<s:AudienceRestriction><s:Audience>x</s:Audience></s:AudienceRestriction>"
            ),
        ),
        ("cm:bearer", "cm:holder-of-key"),
        ("Recipient=\"", "Recipient=\"x"),
        (" Recipient=\"https://as.example:9031/as/token.oauth2\"", ""),
        ("token.oauth2\"", "token.oauth2/x\""),
        (DATA_END, ""),
        ("08:05:00Z", "07:05:00Z"),
        ("08:06:00Z", "07:59:30Z"),
        ("08:06:00Z", "never"),
        ("07:59:00Z", "08:01:00Z"),
        ("_1", "_2"),
        ("Version=\"2.0\"", "Version=\"2.1\""),
    ] {
        let answer = with(from, to);
        refused(&answer, 400, "invalid_grant");
    }
}

#[test]
fn without_an_end_at_both_places_it_is_never_good() {
    let mut server = server();
    let endless = ASSERTION.replace(CONDITIONS_END, "").replace(DATA, "");
    let endless = signed(&server, "https://idp.example", &endless);
    refused(&server.basic("app", &form(&endless)), 400, "invalid_grant");
}

#[test]
fn time_ends_an_assertion() {
    let mut server = server();
    let signed = signed(&server, "https://idp.example", ASSERTION);
    server.now.0 += 5 * 60 + 29;
    let forms = form(&signed);
    granted(&server.basic("app", &forms), "read");
    server.now.0 += 1;
    refused(&server.basic("app", &forms), 400, "invalid_grant");
}

#[test]
fn request_without_an_assertion_is_invalid_and_one_of_another_client_unauthorized() {
    let mut server = server();
    let bare = "grant_type=urn:ietf:params:oauth:grant-type:saml2-bearer";
    refused(&server.basic("app", bare), 400, "invalid_request");
    let signed = signed(&server, "https://idp.example", ASSERTION);
    let answer = server.basic("other", &form(&signed));
    refused(&answer, 400, "unauthorized_client");
    let unsigned = form(ASSERTION);
    refused(&server.basic("app", &unsigned), 400, "invalid_grant");
    let scope = format!("{}&scope=admin", form(&signed));
    refused(&server.basic("app", &scope), 400, "invalid_scope");
}
