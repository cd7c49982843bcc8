//! Revocation (RFC 7009). An unknown token is already what the client wants it to be: 200.

use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::endpoint::revoke_token;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord};
use crate::issue::Issued;
use crate::vocabulary::ErrorCode;
use crate::wire::response::Response;

/// Revocation requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Revocation,
    checks: &[
        (CheckId::RevocationTokenPresent, token_present),
        (
            CheckId::RevocationTokenBelongsToClient,
            token_belongs_to_client,
        ),
    ],
};

/// Revokes the token, if there is one.
pub fn issue(context: &Context<'_>, facts: &Facts) -> Issued {
    let changes = facts
        .token
        .iter()
        .map(|token| revoke_token(context, token))
        .collect();
    let response = Response::empty(200)
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache");
    Issued {
        response,
        changes,
        notification: None,
    }
}

fn token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.value("token").is_none() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "token is missing"));
    }
    Ok(())
}

fn token_belongs_to_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let own = |token: &TokenRecord| {
        facts
            .client
            .as_ref()
            .is_none_or(|client| client.id == token.client().id)
    };
    if facts.token.as_ref().is_none_or(own) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidGrant,
        "The token was issued to another client",
    ))
}
