//! Which client it is, and whether it authenticates in its way (RFC 6749 §2.3, §3.2.1).

use super::{CheckId, Group};
use crate::authentication;
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::{Endpoint, Facts};
use crate::state::Party;
use crate::vocabulary::ErrorCode;

/// Requests to endpoints that authenticate clients.
pub const PRESENTED: Group = Group {
    applies: Facts::authenticates,
    checks: &[
        (CheckId::OneAuthenticationMethod, one_authentication_method),
        (CheckId::ClientKnown, client_known),
        (
            CheckId::AuthenticationMethodRegistered,
            authentication_method_registered,
        ),
        (CheckId::AttemptsWithinLimit, attempts_within_limit),
    ],
};

/// Clients that authenticated.
pub const AUTHENTICATED: Group = Group {
    applies: Facts::authenticates,
    checks: &[(CheckId::ClientIdConsistent, client_id_consistent)],
};

/// The refusal of a client that does not authenticate. It does not say what was wrong with it.
pub const INVALID_CLIENT: Refusal =
    Refusal::new(ErrorCode::InvalidClient, "Client authentication failed");

fn one_authentication_method(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.methods.len() > 1 {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The client authenticates in more than one way",
        ));
    }
    Ok(())
}

pub(crate) fn client_id_consistent(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let presented = &facts.presented;
    let authenticating = authentication::client_id(facts.method(), presented);
    match (authenticating, &presented.client_id) {
        (Some(authenticating), Some(named)) if authenticating != named => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "client_id names another client than the one that authenticates",
        )),
        (Some(_) | None, _) => Ok(()),
    }
}

fn client_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.client.is_none() {
        Err(INVALID_CLIENT)
    } else {
        Ok(())
    }
}

pub(crate) fn authentication_method_registered(
    _: &Context<'_>,
    facts: &Facts,
) -> Result<(), Refusal> {
    match &facts.client {
        Some(client) if !client.methods.contains(&facts.method()) => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}

/// At the token endpoint, where secrets are guessed; nobody is locked out of introspection.
fn attempts_within_limit(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let failures = facts
        .client
        .as_ref()
        .and_then(|client| context.records.failures(&Party::Client(client.id.clone())));
    let is_locked = failures.is_some_and(|failures| {
        failures.count >= context.server.limits.failures && context.now < failures.until
    });
    if is_locked && facts.endpoint == Endpoint::Token {
        let description = "The client failed to authenticate too often";
        return Err(Refusal::because(Reason::TooManyRequests, description));
    }
    Ok(())
}
