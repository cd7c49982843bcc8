//! The secret in the body (RFC 6749 §2.3.1).

use super::Method;
use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::AuthenticationMethod;

/// The method: a `client_secret` that is not empty is an attempt.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::ClientSecretPost,
    presented: |presented| presented.client_secret.is_some(),
    client_id: |presented| presented.client_id.as_deref(),
    group: Group {
        applies: |facts| facts.authenticates_by(AuthenticationMethod::ClientSecretPost),
        checks: &[(CheckId::PostSecretMatches, post_secret_matches)],
    },
};

fn post_secret_matches(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(presented) = &facts.presented.client_secret else {
        return Ok(());
    };
    match facts
        .client
        .as_ref()
        .and_then(|client| client.secret.as_ref())
    {
        Some(secret) if !secret.matches(presented) => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}
