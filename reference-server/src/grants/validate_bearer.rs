//! PingFederate's validation of access tokens: a resource server presents a token and gets its
//! attributes back. No token is issued.

use serde_json::Value;

use super::Grant;
use crate::access_token_manager::{Asker, OpenId, is_eligible};
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Facts, ManagerChoice, TokenRecord, TokenState};
use crate::issue::Issued;
use crate::registry::{Client, Validates};
use crate::resolve;
use crate::state::AccessRecord;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::ValidateBearer,
    resolve: |context, facts| {
        let value = facts.parameters.value("token").map(str::to_owned);
        resolve::token(context, facts, value.as_deref());
    },
    group: Group {
        applies: |facts| facts.is_grant(GrantType::ValidateBearer),
        checks: &[
            (CheckId::ValidatedTokenPresent, token_present),
            (CheckId::ValidatedTokenKnown, |_, facts| {
                refuse_unless(Some(access(facts).is_some()))
            }),
            (CheckId::ValidatedTokenActive, |_, facts| {
                refuse_unless(access(facts).map(|_| facts.token_state == TokenState::Active))
            }),
            (CheckId::ValidatedTokenOfManager, token_of_manager),
        ],
    },
    issue: |context, facts, _| Issued::only(answer(context, facts)),
};

/// The refusal of a token, for whatever reason.
pub const INVALID_TOKEN: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The token is not a valid access token",
);

/// What the answer calls what it answers.
const VALIDATED: &str = "urn:pingidentity.com:oauth2:validated_token";

fn access(facts: &Facts) -> Option<&AccessRecord> {
    match &facts.token {
        Some(TokenRecord::Access(record)) => Some(record),
        Some(TokenRecord::Refresh(_)) | None => None,
    }
}

/// The attributes as an object in `access_token`: nothing in it can be used as a token.
fn answer(context: &Context<'_>, facts: &Facts) -> Response {
    let Some(record) = access(facts) else {
        return Response::json(
            200,
            Object::default().value("access_token", &Value::Object(Default::default())),
        );
    };
    let mut attributes = serde_json::Map::from_iter([
        ("sub".to_owned(), Value::from(record.subject.as_str())),
        (
            "client_id".to_owned(),
            Value::from(record.client.id.as_str()),
        ),
    ]);
    let manager = context
        .server
        .managers
        .iter()
        .find(|manager| Some(&manager.id) == record.manager.as_ref());
    for (name, value) in manager.iter().flat_map(|manager| &manager.claims) {
        attributes.insert(name.clone(), value.clone());
    }
    let object = Object::default()
        .value("access_token", &Value::Object(attributes))
        .text("token_type", VALIDATED)
        .number("expires_in", record.expires.since(context.now))
        .text("scope", &record.scope.to_string())
        .text("client_id", &record.client.id);
    Response::json(200, object)
}

fn refuse_unless(holds: Option<bool>) -> Result<(), Refusal> {
    if holds == Some(false) {
        Err(INVALID_TOKEN)
    } else {
        Ok(())
    }
}

fn token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.value("token").is_some() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "token is missing"))
}

/// A token is looked for in the instance that the request leads to. A client that may validate by all
/// instances, and names none, has all of them tried, unless it is restricted to its default.
fn token_of_manager(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let (Some(record), ManagerChoice::Chosen(chosen)) = (access(facts), &facts.manager) else {
        return Ok(());
    };
    let of = |id: &str| record.manager.as_deref() == Some(id);
    let everywhere = facts.manager_request.is_empty()
        && facts
            .client
            .as_ref()
            .is_some_and(|client| client.validates == Validates::AllEligible);
    let eligible = |client: &Client| {
        let asker = Asker {
            client: &client.id,
            default: client.default_manager.as_deref(),
            restriction: client.restriction,
            policy: None,
            grant: GrantType::ValidateBearer,
            openid: OpenId::NotAsked,
        };
        let mut managers = context.server.managers.iter();
        managers.any(|manager| is_eligible(manager, &asker) && of(&manager.id))
    };
    let found = if everywhere {
        facts.client.as_deref().is_some_and(eligible)
    } else {
        of(&chosen.id)
    };
    refuse_unless(Some(found))
}
