//! Access token managers: the instances that PingFederate issues tokens with, or any server's
//! mapping from resources to tokens.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::jose::{Members, peek_claims};

/// One instance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessTokenManager {
    /// The value of `access_token_manager_id`.
    pub id: String,
    /// Whether the installation uses it where nothing else decides.
    pub default: bool,
    /// The resource URIs that lead to it, as they are written.
    pub resources: Vec<String>,
    /// The names of the only clients that may use it; `None`: all may.
    pub clients: Option<Vec<String>>,
    /// The names of the clients whose `OpenID` Connect policy names it.
    pub openid_clients: Vec<String>,
    /// How its tokens are told from others.
    pub recognised_by: Option<RecognisedBy>,
}

/// What shows that a token is an instance's: all that is given must hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RecognisedBy {
    /// Members of the introspection answer.
    pub introspection: Vec<(String, String)>,
    /// Claims of the token.
    pub jwt: Vec<(String, String)>,
    /// Whether the token is a JWT.
    pub format: Option<TokenFormat>,
}

/// The look of an access token.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// No JWT.
    Opaque,
    /// A JWT in the compact serialisation.
    Jwt,
}

/// What is known about a token.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The token.
    pub token: &'a str,
    /// The answer of the introspection endpoint, if it was asked.
    pub introspection: Option<&'a Members>,
}

impl RecognisedBy {
    /// Whether introspection must be asked to know.
    #[must_use]
    pub fn needs_introspection(&self) -> bool {
        !self.introspection.is_empty()
    }

    /// Whether the token is the instance's. `None`: it takes an introspection answer to know.
    #[must_use]
    pub fn recognises(&self, evidence: Evidence<'_>) -> Option<bool> {
        let claims = peek_claims(evidence.token);
        let format = if claims.is_some() {
            TokenFormat::Jwt
        } else {
            TokenFormat::Opaque
        };
        if self.format.is_some_and(|expected| expected != format)
            || !has_all(claims.as_ref(), &self.jwt)
        {
            return Some(false);
        }
        if self.needs_introspection() {
            let answer = evidence.introspection?;
            return Some(has_all(Some(answer), &self.introspection));
        }
        Some(true)
    }
}

fn has_all(members: Option<&Members>, expected: &[(String, String)]) -> bool {
    expected.iter().all(|(name, text)| {
        members
            .and_then(|members| members.get(name))
            .is_some_and(|value| says(value, text))
    })
}

/// Whether a value is the text, or is a list with the text in it.
fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(values) => values.iter().any(|value| says(value, text)),
        Value::Bool(flag) => text == if *flag { "true" } else { "false" },
        Value::Number(number) => number.to_string() == text,
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jose::mint_unsigned;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn token_is_recognised_by_all_that_is_given() {
        let claims = json!({"atm": "api", "aud": ["a", "b"], "n": 7});
        let jwt = mint_unsigned(&Members::new(), claims.as_object().unwrap());
        let answer = json!({"access_token_manager_id": "default"});
        let answer = answer.as_object().unwrap();
        let by_claim = |name, value| RecognisedBy {
            jwt: pairs(&[(name, value)]),
            ..RecognisedBy::default()
        };
        let by_format = |format| RecognisedBy {
            format: Some(format),
            ..RecognisedBy::default()
        };
        let by_answer = RecognisedBy {
            introspection: pairs(&[("access_token_manager_id", "default")]),
            ..RecognisedBy::default()
        };
        for (rule, token, introspection, expected) in [
            (&by_claim("atm", "api"), jwt.as_str(), None, Some(true)),
            (&by_claim("atm", "other"), &jwt, None, Some(false)),
            (&by_claim("aud", "b"), &jwt, None, Some(true)),
            (&by_claim("n", "7"), &jwt, None, Some(true)),
            (&by_claim("atm", "api"), "opaque", None, Some(false)),
            (&by_format(TokenFormat::Jwt), &jwt, None, Some(true)),
            (&by_format(TokenFormat::Opaque), &jwt, None, Some(false)),
            (&by_format(TokenFormat::Opaque), "opaque", None, Some(true)),
            (&by_answer, "opaque", Some(answer), Some(true)),
            (&by_answer, "opaque", None, None),
            (&by_answer, "opaque", Some(&Members::new()), Some(false)),
        ] {
            assert_eq!(
                rule.recognises(Evidence {
                    token,
                    introspection
                }),
                expected,
                "{rule:?}"
            );
        }
    }
}
