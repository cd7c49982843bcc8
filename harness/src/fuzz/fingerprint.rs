//! Answers as classes: how many different ones a server gives, and how far a request came.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::judge::{HttpAnswer, Observation, Reply};
use crate::wire::json::Json;

/// How far a request came, as its answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The grant's own logic refused it: the client was authenticated by then.
    Grant,
    /// It was refused before.
    Message,
    /// No answer came.
    Nothing,
    /// A token came.
    Token,
}

/// How far a request came.
#[must_use]
pub fn reach(seen: &Observation) -> Reach {
    const OF_GRANTS: [&str; 10] = [
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_grant",
        "invalid_scope",
        "invalid_target",
        "slow_down",
        "unauthorized_client",
        "unsupported_token_type",
        "invalid_dpop_proof",
    ];
    match &seen.reply {
        Reply::None { .. } => Reach::Nothing,
        Reply::Answer(answer) if answer.accepted() => Reach::Token,
        Reply::Answer(answer) => match answer.text_member("error") {
            Some(error) if OF_GRANTS.contains(&error) => Reach::Grant,
            Some(_) | None => Reach::Message,
        },
    }
}

/// A number for all that does not change from answer to answer of one kind: status, header fields, the members and their
/// types, the error; tokens, lengths and dates are left out.
#[must_use]
pub fn fingerprint(answer: &HttpAnswer) -> u64 {
    let mut hasher = DefaultHasher::new();
    answer.status.hash(&mut hasher);
    for (name, value) in &answer.headers {
        name.hash(&mut hasher);
        let passing = ["date", "content-length", "set-cookie"];
        if !passing
            .iter()
            .any(|passing| name.eq_ignore_ascii_case(passing))
        {
            value.hash(&mut hasher);
        }
    }
    answer.framing.hash(&mut hasher);
    answer.strict_json.hash(&mut hasher);
    if answer.json.is_none() {
        answer.body.hash(&mut hasher);
    }
    for (name, value) in answer.members() {
        name.hash(&mut hasher);
        shape(name, value, &mut hasher);
    }
    hasher.finish()
}

fn shape(name: &str, value: &Json, hasher: &mut DefaultHasher) {
    const TELLING: [&str; 6] = [
        "error",
        "error_description",
        "error_uri",
        "scope",
        "token_type",
        "expires_in",
    ];
    std::mem::discriminant(value).hash(hasher);
    match value {
        Json::String(text) if TELLING.contains(&name) => text.hash(hasher),
        Json::String(text) => {
            text.is_empty().hash(hasher);
            text.bytes()
                .all(|octet| (0x21..0x7f).contains(&octet))
                .hash(hasher);
        }
        Json::Array(items) => items.len().hash(hasher),
        Json::Object(members) => members.len().hash(hasher),
        Json::Null | Json::Bool(_) | Json::Number(_) => {
            if TELLING.contains(&name) {
                crate::judge::json_text(value).hash(hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(token: &str) -> HttpAnswer {
        HttpAnswer {
            status: 200,
            headers: vec![("Date".to_owned(), token.as_bytes().to_vec())],
            json: Some(Json::Object(vec![(
                "access_token".to_owned(),
                Json::String(token.to_owned()),
            )])),
            ..HttpAnswer::default()
        }
    }

    #[test]
    fn two_tokens_are_one_kind_of_answer_and_an_empty_one_is_another() {
        assert_eq!(fingerprint(&answer("abc")), fingerprint(&answer("xyz")));
        assert_ne!(fingerprint(&answer("abc")), fingerprint(&answer("")));
    }
}
