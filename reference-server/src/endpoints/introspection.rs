//! Introspection (RFC 7662).

use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord, TokenState};
use crate::registry::Introspects;
use crate::state::{AccessRecord, RefreshRecord};
use crate::vocabulary::{AuthenticationMethod, ErrorCode};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// Introspection requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Introspection,
    checks: &[
        (CheckId::IntrospectionAuthenticated, authenticated),
        (CheckId::IntrospectionTokenPresent, token_present),
    ],
};

/// What the client may know about the token. One that it may not see looks inactive.
#[must_use]
pub fn answer(facts: &Facts) -> Response {
    let visible = match (&facts.client, &facts.token) {
        (Some(client), Some(token)) => match client.introspects {
            Introspects::All => true,
            Introspects::Own => token.client().id == client.id,
        },
        (None, Some(_)) | (_, None) => false,
    };
    let object = match (&facts.token, facts.token_state) {
        (Some(TokenRecord::Access(record)), TokenState::Active) if visible => access(facts, record),
        (Some(TokenRecord::Refresh(record)), TokenState::Active) if visible => {
            refresh(facts, record)
        }
        (
            _,
            TokenState::Active | TokenState::Expired | TokenState::Revoked | TokenState::Unknown,
        ) => Object::default().value("active", &false.into()),
    };
    Response::json(200, object)
}

fn access(facts: &Facts, record: &AccessRecord) -> Object {
    let mut object = Object::default()
        .value("active", &true.into())
        .text("scope", &record.scope.to_string())
        .text("client_id", &record.client.id)
        .text("token_type", "Bearer")
        .number("iat", record.issued.0)
        .number("exp", record.expires.0)
        .text("sub", &record.subject)
        .list("aud", record.audience.iter().map(String::as_str))
        .text("iss", &facts.issuer);
    if let Some(actor) = &record.actor {
        object = object.value("act", actor);
    }
    if let Some(certificate) = &record.certificate {
        object = object.value("cnf", &serde_json::json!({"x5t#S256": certificate}));
    }
    if let Some(jti) = &record.jti {
        object = object.text("jti", jti);
    }
    match &record.manager {
        Some(manager) => object.text("access_token_manager_id", manager),
        None => object,
    }
}

fn refresh(facts: &Facts, record: &RefreshRecord) -> Object {
    Object::default()
        .value("active", &true.into())
        .text("scope", &record.scope.to_string())
        .text("client_id", &record.client.id)
        .number("iat", record.issued.0)
        .number("exp", record.expires.0)
        .text("sub", &record.subject)
        .text("iss", &facts.issuer)
}

fn authenticated(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.method() == AuthenticationMethod::None {
        Err(INVALID_CLIENT)
    } else {
        Ok(())
    }
}

fn token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.value("token").is_none() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "token is missing"));
    }
    Ok(())
}
