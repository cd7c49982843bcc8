use super::peer::{CLAIM_DIFFERENCES, DIFFERENCES};
use super::*;

const HEADER: &str = r#"{"alg":"HS256"}"#;

fn claims(client: &str, more: &str) -> String {
    format!(r#"{{"iss":"{client}","sub":"{client}","aud":"{BASE}","exp":1800000060,{more}}}"#)
}

fn input(header: &str, claims: &str, signer: &str) -> String {
    token(format!("{header}\n{claims}\n{signer}").as_bytes()).unwrap()
}

fn decided(token: &str) -> String {
    fuzz(token.as_bytes());
    verdict(token).map_or_else(|fault| format!("{fault:?}"), |()| "accepted".to_owned())
}

#[test]
fn pinned_differences_are_as_they_are_told() {
    let usual = claims("hmac", r#""jti":"1""#);
    let headers = DIFFERENCES
        .iter()
        .map(|it| (it, it.input.to_owned(), usual.clone()));
    let claims = CLAIM_DIFFERENCES
        .iter()
        .map(|it| (it, HEADER.to_owned(), claims("hmac", it.input)));
    for (difference, header, claims) in headers.chain(claims) {
        let token = input(&header, &claims, "HS256");
        assert_eq!(decided(&token), difference.ours, "{}", difference.why);
        let theirs = if peer(&token) { "accepted" } else { "refused" };
        assert_eq!(theirs, difference.theirs, "{}", difference.why);
    }
}

#[test]
fn good_assertions_of_both_clients_are_accepted() {
    assert_eq!(
        decided(&input(HEADER, &claims("hmac", r#""jti":"1""#), "HS256")),
        "accepted"
    );
    let header = r#"{"alg":"ES256","kid":"ec-1"}"#;
    assert_eq!(
        decided(&input(header, &claims("ec", r#""jti":"1""#), "ES256")),
        "accepted"
    );
}

#[test]
fn public_key_does_not_sign_by_hmac() {
    for client in ["ec", "hmac"] {
        let token = input(HEADER, &claims(client, r#""jti":"1""#), "HS256 public");
        assert!(verdict(&token).is_err());
        fuzz(token.as_bytes());
    }
}

#[test]
#[should_panic(expected = "Extension")]
fn validation_that_passes_over_crit_is_found() {
    let token = input(
        r#"{"alg":"HS256","crit":["x"]}"#,
        &claims("hmac", r#""jti":"1""#),
        "HS256",
    );
    check(&token, peer);
}
