//! What holds for every answer (RFC 6749 §5.1, §5.2; RFC 6750 §3).

use serde_json::Value;
use tokenspec_reference_server::wire::response::Response;

/// The codes that an endpoint of this server may answer with.
const ERRORS: &[&str] = &[
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_target",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
];

type Members = serde_json::Map<String, Value>;

/// Holds an answer of the token, introspection or revocation endpoint against its grammar.
///
/// # Panics
/// When it is malformed.
pub(super) fn check(response: &Response, context: &str) {
    let status = response.status;
    let known = [200, 400, 401, 413, 429].contains(&status);
    assert!(known, "status {status}: {context}");
    let challenged = response.field("www-authenticate").is_some();
    assert_eq!(challenged, status == 401, "a challenge and 401: {context}");
    if response.body.is_empty() {
        assert_eq!(status, 200, "a refusal without content: {context}");
        return;
    }
    let media_type = response.field("content-type");
    assert_eq!(media_type, Some("application/json"), "{context}");
    assert_eq!(
        response.field("cache-control"),
        Some("no-store"),
        "{context}"
    );
    let members = response.members();
    assert!(members.is_some(), "no JSON object: {context}");
    let members = members.unwrap_or_default();
    let is_error = members.contains_key("error");
    assert_eq!(
        is_error,
        status != 200,
        "{status} and its content: {context}"
    );
    if is_error {
        refusal(status, &members, context);
    } else if members.contains_key("access_token") {
        token(&members, context);
    }
}

fn text<'m>(members: &'m Members, name: &str) -> &'m str {
    let text = members.get(name).and_then(Value::as_str);
    text.unwrap_or_default()
}

fn refusal(status: u16, members: &Members, context: &str) {
    let error = text(members, "error");
    let known = ERRORS.contains(&error) || status > 401;
    assert!(known, "error {error}: {context}");
    let is_client = error == "invalid_client";
    assert!(is_client || status != 401, "{error} with 401: {context}");
    let has_token = members.contains_key("access_token");
    assert!(!has_token, "an error with a token: {context}");
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    let described = text(members, "error_description");
    assert!(described.chars().all(allowed), "{described}: {context}");
}

fn token(members: &Members, context: &str) {
    let length = text(members, "access_token").len();
    assert!(length >= 43, "a token of {length} characters: {context}");
    assert_eq!(text(members, "token_type"), "Bearer", "{context}");
    let lifetime = members.get("expires_in").and_then(Value::as_u64);
    let is_short = lifetime.is_some_and(|seconds| (1..=3600).contains(&seconds));
    assert!(is_short, "expires_in {lifetime:?}: {context}");
}
