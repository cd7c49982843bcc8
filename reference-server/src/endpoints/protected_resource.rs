//! A protected resource: 200 for a good bearer token, 401 otherwise (RFC 6750).

use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord, TokenState};
use crate::vocabulary::ErrorCode;
use crate::wire::basic::Authorization;
use crate::wire::json::Object;
use crate::wire::response::Response;
use crate::x509::certificate;

/// Requests for the resource.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::ProtectedResource,
    checks: &[
        (CheckId::BearerTokenPresent, token_present),
        (CheckId::BearerTokenActive, token_active),
        (
            CheckId::BearerTokenBoundToCertificate,
            token_bound_to_certificate,
        ),
    ],
};

/// The bearer token of a request.
#[must_use]
pub fn bearer(facts: &Facts) -> Option<&str> {
    match &facts.presented.authorization {
        Authorization::Bearer(token) => Some(token),
        Authorization::Absent
        | Authorization::Basic(_)
        | Authorization::Broken(_)
        | Authorization::OtherScheme
        | Authorization::Repeated => None,
    }
}

/// The resource: who asks, and on whose behalf.
#[must_use]
pub fn answer(facts: &Facts) -> Response {
    let object = match &facts.token {
        Some(TokenRecord::Access(record)) => Object::default()
            .text("sub", &record.subject)
            .text("client_id", &record.client.id)
            .text("scope", &record.scope.to_string()),
        Some(TokenRecord::Refresh(_)) | None => Object::default(),
    };
    Response::json(200, object)
}

fn token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if bearer(facts).is_none() {
        return Err(Refusal::new(
            ErrorCode::InvalidToken,
            "A bearer token is needed",
        ));
    }
    Ok(())
}

fn token_active(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match (&facts.token, facts.token_state) {
        (Some(TokenRecord::Access(_)), TokenState::Active) => Ok(()),
        (
            _,
            TokenState::Active | TokenState::Expired | TokenState::Revoked | TokenState::Unknown,
        ) if bearer(facts).is_some() => Err(Refusal::new(
            ErrorCode::InvalidToken,
            "The access token is not valid",
        )),
        (
            _,
            TokenState::Active | TokenState::Expired | TokenState::Revoked | TokenState::Unknown,
        ) => Ok(()),
    }
}

fn token_bound_to_certificate(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(TokenRecord::Access(record)) = &facts.token else {
        return Ok(());
    };
    let presented = facts.presented.certificates.first();
    let presented = presented.map(|leaf| certificate::thumbprint(leaf));
    if record.certificate.is_some() && record.certificate != presented {
        return Err(Refusal::new(
            ErrorCode::InvalidToken,
            "The access token is bound to another certificate",
        ));
    }
    Ok(())
}
