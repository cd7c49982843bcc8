//! Token exchange (RFC 8693): access tokens of this server, and JWTs of issuers that it trusts, for an
//! access token. With an actor token the new token says who acts (§4.1).

use serde_json::{Map, Value};

use super::Grant;
use crate::access_token_manager::{ManagerRequest, ResourceUri, TokenFormat};
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Facts, ManagerChoice, TokenState};
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::security_token::{SecurityToken, TokenType};
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, GrantType};

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::TokenExchange,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::TokenExchange),
        checks: &[
            (CheckId::SubjectTokenPresent, subject_token_present),
            (CheckId::ActorTokenComplete, actor_token_complete),
            (CheckId::SubjectTokenKnown, |_, facts| {
                require(
                    facts.subject_token.as_ref(),
                    INVALID_SUBJECT,
                    SecurityToken::is_known,
                )
            }),
            (CheckId::SubjectTokenActive, |_, facts| {
                require(facts.subject_token.as_ref(), INVALID_SUBJECT, is_active)
            }),
            (CheckId::SubjectTokenBelongsToClient, |_, facts| {
                belongs(facts, facts.subject_token.as_ref(), INVALID_SUBJECT)
            }),
            (CheckId::ActorTokenKnown, |_, facts| {
                require(
                    facts.actor_token.as_ref(),
                    INVALID_ACTOR,
                    SecurityToken::is_known,
                )
            }),
            (CheckId::ActorTokenActive, |_, facts| {
                require(facts.actor_token.as_ref(), INVALID_ACTOR, is_active)
            }),
            (CheckId::ActorTokenBelongsToClient, |_, facts| {
                belongs(facts, facts.actor_token.as_ref(), INVALID_ACTOR)
            }),
            (CheckId::ActorPermitted, actor_permitted),
            (CheckId::RequestedTokenTypeKnown, requested_type_known),
            (CheckId::ExchangeResourceWellFormed, resource_well_formed),
            (CheckId::ExchangeTargetKnown, target_known),
            (CheckId::ScopeWithinExchange, scope_within_exchange),
        ],
    },
    issue,
};

/// The refusal of a subject token, for whatever reason (§2.2.2).
pub const INVALID_SUBJECT: Refusal = Refusal::new(
    ErrorCode::InvalidRequest,
    "The subject token is not valid for this request",
);

/// The refusal of an actor token, for whatever reason (§2.2.2).
pub const INVALID_ACTOR: Refusal = Refusal::new(
    ErrorCode::InvalidRequest,
    "The actor token is not valid for this request",
);

/// The refusal of an audience or resource (§2.2.2).
pub const INVALID_TARGET: Refusal = Refusal::new(
    ErrorCode::InvalidTarget,
    "No token is exchanged for this audience or resource",
);

/// Whom the new token is to be for: the values of `audience` and `resource`, in that order.
#[must_use]
pub fn targets(facts: &Facts) -> Vec<String> {
    if !facts.is_grant(GrantType::TokenExchange) {
        return Vec::new();
    }
    let audiences = facts.parameters.values("audience");
    let resources = facts.parameters.values("resource");
    audiences.chain(resources).map(str::to_owned).collect()
}

fn resolve(context: &Context<'_>, facts: &mut Facts) {
    facts.subject_token = presented(context, facts, "subject_token");
    facts.actor_token = presented(context, facts, "actor_token");
    derive(facts);
    if let Some(manager) = manager_of_audience(context, facts) {
        facts.manager_request = ManagerRequest::by_id(manager);
    }
}

/// With access token managers `audience` may name another client, whose default instance then issues,
/// as PingFederate documents it.
fn manager_of_audience(context: &Context<'_>, facts: &Facts) -> Option<String> {
    let server = context.server;
    let client = server
        .registry
        .client(facts.parameters.value("audience")?)?;
    let installation = || server.default_manager.clone();
    client.default_manager.clone().or_else(installation)
}

/// What follows from the tokens: subject, actor and scope.
pub fn derive(facts: &mut Facts) {
    let Some(subject) = &facts.subject_token else {
        return;
    };
    facts.subject = subject.subject().map(str::to_owned);
    facts.actor = match &facts.actor_token {
        Some(actor) => actor.subject().map(|acting| acts(acting, subject.actor())),
        None => subject.actor().cloned(),
    };
    if let Some(client) = &facts.client {
        facts.available_scope = match &subject.access {
            Some(record) => record.scope.intersection(&client.scope),
            None => client.scope.clone(),
        };
        facts.default_scope = match &subject.access {
            Some(_) => facts.available_scope.clone(),
            None => client.default_scope.clone(),
        };
    }
}

/// The claim `act`: the actor, and inside of it who acted before (§4.1).
fn acts(actor: &str, before: Option<&Value>) -> Value {
    let mut claim = Map::from_iter([("sub".to_owned(), Value::from(actor))]);
    if let Some(before) = before {
        claim.insert("act".to_owned(), before.clone());
    }
    Value::Object(claim)
}

fn presented(context: &Context<'_>, facts: &Facts, name: &str) -> Option<SecurityToken> {
    let value = facts.parameters.value(name)?;
    let declared = facts.parameters.value(&format!("{name}_type"));
    Some(SecurityToken::find(context, value, declared))
}

/// What is issued: an access token, unless the request asks for another type.
fn issued_type(facts: &Facts) -> TokenType {
    let requested = facts.parameters.value("requested_token_type");
    requested
        .and_then(TokenType::parse)
        .unwrap_or(TokenType::AccessToken)
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let subject = facts.subject_token.as_ref();
    let access = subject.and_then(|token| token.access.as_ref());
    let issued_type = issued_type(facts);
    let id_token = if issued_type == TokenType::IdToken {
        IdToken::Issued
    } else {
        IdToken::None
    };
    let basis = Basis {
        // What ends the grant of the subject token ends that of the new one.
        grant: access.and_then(|record| record.grant.clone()),
        grant_type: GrantType::TokenExchange,
        renewal: Renewal::None,
        id_token,
        changes: Vec::new(),
    };
    let mut issued = issue::tokens(context, facts, mint, basis);
    issued.response = issued.response.edit(|members| {
        members.insert("issued_token_type".to_owned(), issued_type.as_str().into());
        if let Some(id_token) = members.remove("id_token") {
            // No access token, and none to be used as one (§2.2.1).
            members.insert("access_token".to_owned(), id_token);
            members.insert("token_type".to_owned(), "N_A".into());
        }
    });
    if issued_type == TokenType::IdToken {
        issued
            .changes
            .retain(|change| !matches!(change, StateChange::AddAccessToken(_)));
    }
    issued
}

fn subject_token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.value("subject_token").is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "subject_token is missing",
    ))
}

fn require(
    token: Option<&SecurityToken>,
    refusal: Refusal,
    holds: impl Fn(&SecurityToken) -> bool,
) -> Result<(), Refusal> {
    if token.is_none_or(holds) {
        Ok(())
    } else {
        Err(refusal)
    }
}

fn is_active(token: &SecurityToken) -> bool {
    !token.is_known() || token.state == TokenState::Active
}

/// An access token is exchanged by the client that it was issued to, nobody else (§5). An assertion was
/// issued to none.
fn belongs(facts: &Facts, token: Option<&SecurityToken>, refusal: Refusal) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    require(token, refusal, |token| match (&token.access, client) {
        (Some(record), Some(client)) => record.client.id == client.id,
        (Some(_) | None, _) => true,
    })
}

fn actor_token_complete(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = |name: &str| facts.parameters.value(name).is_some();
    if sent("actor_token") == sent("actor_token_type") {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "actor_token and actor_token_type have to come together",
    ))
}

/// Where the subject token names who may act, the actor has all that it says (§4.4).
fn actor_permitted(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let permitted = facts
        .subject_token
        .as_ref()
        .and_then(|token| token.may_act());
    let (Some(permitted), Some(actor)) = (permitted, &facts.actor_token) else {
        return Ok(());
    };
    if permitted.get("sub").and_then(Value::as_str) == actor.subject() {
        return Ok(());
    }
    Err(INVALID_ACTOR)
}

fn requested_type_known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(requested) = facts.parameters.value("requested_token_type") else {
        return Ok(());
    };
    let format = match &facts.manager {
        ManagerChoice::Chosen(manager) => manager.format,
        ManagerChoice::Aborted(_) | ManagerChoice::Implicit | ManagerChoice::NotEligible(_) => {
            context.server.format
        }
    };
    let is_issued = match TokenType::parse(requested) {
        Some(TokenType::AccessToken | TokenType::IdToken) => true,
        Some(TokenType::Jwt) => format == TokenFormat::Jwt,
        Some(TokenType::RefreshToken | TokenType::Saml1 | TokenType::Saml2) | None => false,
    };
    if is_issued {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "The requested_token_type is not one that this server issues",
    ))
}

fn resource_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let absolute = |uri: &str| ResourceUri::parse(uri).is_some() && !uri.contains('#');
    if facts.parameters.values("resource").all(absolute) {
        Ok(())
    } else {
        Err(INVALID_TARGET)
    }
}

/// Resources that lead to an access token manager are its business.
fn target_known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let server = context.server;
    let is_client =
        |target: &str| !server.managers.is_empty() && server.registry.client(target).is_some();
    let known =
        |target: &str| server.exchange_targets.iter().any(|own| own == target) || is_client(target);
    let resources_fit =
        !server.managers.is_empty() || facts.parameters.values("resource").all(known);
    if resources_fit && facts.parameters.values("audience").all(known) {
        Ok(())
    } else {
        Err(INVALID_TARGET)
    }
}

fn scope_within_exchange(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let refusal = Refusal::new(
        ErrorCode::InvalidScope,
        "The scope has a value that the client or the subject token lacks",
    );
    scope::within(facts, refusal)
}
