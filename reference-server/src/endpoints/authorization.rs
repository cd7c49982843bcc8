//! The authorization endpoint (RFC 6749 §3.1, RFC 7636 §4.3). The resource owner approves at once.

use crate::checks::target::INVALID_TARGET;
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::issue::{Issued, Kind, Mint};
use crate::pkce::{self, Challenge, ChallengeMethod};
use crate::registry::{PkceDemand, PkceMethods};
use crate::resolve;
use crate::state::{CodeRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType, Scope};
use crate::wire::form;
use crate::wire::response::Response;

/// Authorization requests, those that are pushed among them (RFC 9126 §2.1).
pub const GROUP: Group = Group {
    applies: |facts| {
        matches!(
            facts.endpoint,
            Endpoint::Authorization | Endpoint::PushedAuthorization
        )
    },
    checks: &[
        (CheckId::AuthorizationClientKnown, client_known),
        (CheckId::PushedRequestUsable, pushed_request_usable),
        (CheckId::RedirectUriRegistered, redirect_uri_registered),
        (CheckId::ResponseTypePresent, response_type_present),
        (CheckId::ResponseTypeKnown, response_type_known),
        (CheckId::ResponseTypeAllowed, response_type_allowed),
        (
            CheckId::AuthorizationScopeWithinClient,
            scope::within_client,
        ),
        (CheckId::ChallengePresent, challenge_present),
        (CheckId::ChallengeMethodNotAlone, challenge_method_not_alone),
        (CheckId::ChallengeMethodKnown, challenge_method_known),
        (CheckId::ChallengeMethodAllowed, challenge_method_allowed),
        (CheckId::ChallengeWellFormed, challenge_well_formed),
        (CheckId::AuthorizationManagerEligible, manager_eligible),
    ],
};

/// What was pushed takes the place of all parameters of the URL (RFC 9126 §4, RFC 9101 §6.3).
pub fn resolve_pushed(context: &Context<'_>, facts: &mut Facts) {
    let served = context.server.places.pushed_authorization.is_some();
    let parameters = &facts.parameters;
    let uri = parameters.value("request_uri").filter(|_| served);
    facts.pushed = uri.and_then(|uri| context.records.pushed(uri));
    if let Some(record) = &facts.pushed {
        facts.parameters = record.parameters.clone();
        resolve_parameters(facts);
    }
}

/// What the parameters of an authorization request say, after they have changed.
pub fn resolve_parameters(facts: &mut Facts) {
    let parameters = &facts.parameters;
    facts.requested_scope = parameters.value("scope").map(Scope::parse);
    facts.manager_request = resolve::manager_request(parameters);
    facts.challenge_method = ChallengeMethod::parse(parameters.value("code_challenge_method"));
}

/// The authorization endpoint: where to redirect, what the client may have.
pub fn resolve(context: &Context<'_>, facts: &mut Facts) {
    if let Some(client) = &facts.client {
        let named = facts.parameters.value("redirect_uri");
        facts.redirect_to = match (named, client.redirect_uris.as_slice()) {
            (Some(named), registered) => registered.iter().find(|uri| *uri == named).cloned(),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
    }
    facts.offer_scope_of_client();
    facts.subject = Some(context.server.resource_owner.clone());
    resolve::scope(context, facts);
}

/// A redirect with parameters, those without a value left out.
#[must_use]
pub fn redirect(_: &Context<'_>, target: &str, parameters: &[(&str, &str)]) -> Response {
    let mut location = target.to_owned();
    let mut separator = if target.contains('?') { '&' } else { '?' };
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        location.push(separator);
        location.push_str(name);
        location.push('=');
        location.push_str(&form::encode(value));
        separator = '&';
    }
    Response::empty(302)
        .with("Location", &location)
        .with("Cache-Control", "no-store")
}

/// Issues a code (RFC 6749 §4.1.2).
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let named = facts.parameters.value("redirect_uri");
    let lifetimes = &context.server.lifetimes;
    let challenge = facts
        .parameters
        .value("code_challenge")
        .map(|value| Challenge {
            value: value.to_owned(),
            method: facts.challenge_method.unwrap_or(ChallengeMethod::Plain),
        });
    let code = CodeRecord {
        value: mint.value(Kind::AuthorizationCode),
        client: facts
            .client
            .clone()
            .unwrap_or_else(|| context.server.nobody.clone()),
        redirect_uri: named.map(str::to_owned),
        scope: facts.scope.clone(),
        challenge,
        subject: facts.subject.clone().unwrap_or_default(),
        manager: facts.manager_request.clone(),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(lifetimes.authorization_code),
        forgotten: context
            .now
            .plus(lifetimes.authorization_code + lifetimes.refresh_token),
        usage: Usage::Unused,
    };
    let parameters = [
        ("code", code.value.as_str()),
        ("state", facts.parameters.value("state").unwrap_or_default()),
        ("iss", &facts.issuer),
    ];
    let target = facts.redirect_to.as_deref().or(named).unwrap_or_default();
    let response = redirect(context, target, &parameters);
    let pushed = facts.pushed.as_ref();
    let used = pushed.map(|record| StateChange::UsePushed(record.value.clone()));
    let added = std::iter::once(StateChange::AddCode(code));
    Issued {
        response,
        changes: added.chain(used).collect(),
        notification: None,
    }
}

fn invalid_request(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, description)
}

fn client_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.client.is_none() {
        return Err(Refusal::because(
            Reason::Page,
            "The client is not registered",
        ));
    }
    Ok(())
}

/// One that was not pushed by this client, is used up or has expired says nothing that could be trusted.
fn pushed_request_usable(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let served = context.server.places.pushed_authorization.is_some();
    let usable = match &facts.pushed {
        Some(record) => {
            facts.is_client(&record.client.id)
                && record.usage == Usage::Unused
                && context.now < record.expires
        }
        None => facts.parameters.count("request_uri") == 0,
    };
    if usable || !served {
        return Ok(());
    }
    Err(Refusal::because(
        Reason::Page,
        "The request_uri can not be used",
    ))
}

fn redirect_uri_registered(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.redirect_to.is_none() {
        return Err(Refusal::because(
            Reason::Page,
            "The redirect_uri is not registered",
        ));
    }
    Ok(())
}

fn response_type_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.value("response_type").is_none() {
        return Err(invalid_request("response_type is missing"));
    }
    Ok(())
}

fn response_type_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.parameters.value("response_type") {
        None | Some("code") => Ok(()),
        Some(_) => Err(Refusal::new(
            ErrorCode::UnsupportedResponseType,
            "The server does not know this response type",
        )),
    }
}

fn response_type_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.client {
        Some(client) if !client.grants.contains(&GrantType::AuthorizationCode) => {
            Err(Refusal::new(
                ErrorCode::UnauthorizedClient,
                "The client may not use the authorization code grant",
            ))
        }
        Some(_) | None => Ok(()),
    }
}

fn challenge_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let demand = facts.client.as_ref().map(|client| client.pkce.demand);
    let absent = facts.parameters.value("code_challenge").is_none();
    if absent && demand == Some(PkceDemand::Required) {
        return Err(invalid_request("code_challenge is missing"));
    }
    Ok(())
}

fn challenge_method_not_alone(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let (challenge, method) = (
        facts.parameters.value("code_challenge"),
        facts.parameters.value("code_challenge_method"),
    );
    if challenge.is_none() && method.is_some() {
        return Err(invalid_request(
            "code_challenge_method comes without code_challenge",
        ));
    }
    Ok(())
}

fn challenge_method_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = facts.parameters.value("code_challenge").is_some();
    if sent && facts.challenge_method.is_none() {
        return Err(invalid_request(
            "The server does not know this code_challenge_method",
        ));
    }
    Ok(())
}

pub(crate) fn challenge_method_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = facts.parameters.value("code_challenge").is_some();
    let allowed = facts.client.as_ref().map(|client| client.pkce.methods);
    let plain = facts.challenge_method == Some(ChallengeMethod::Plain);
    if sent && plain && allowed == Some(PkceMethods::S256Only) {
        return Err(invalid_request(
            "The client has to use the code_challenge_method S256",
        ));
    }
    Ok(())
}

fn challenge_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.parameters.value("code_challenge") {
        Some(challenge) if !pkce::is_well_formed(challenge) => Err(invalid_request(
            "code_challenge has to be 43 to 128 unreserved characters",
        )),
        Some(_) | None => Ok(()),
    }
}

fn manager_eligible(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.manager {
        ManagerChoice::Aborted(_) | ManagerChoice::NotEligible(_) => Err(INVALID_TARGET),
        ManagerChoice::Chosen(_) | ManagerChoice::Implicit => Ok(()),
    }
}
