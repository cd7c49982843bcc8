//! The authorization endpoint (RFC 6749 §3.1, RFC 7636 §4.3). The resource owner approves at once.

use crate::checks::target::INVALID_TARGET;
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::issue::{Issued, Kind, Mint};
use crate::pkce::{self, Challenge, ChallengeMethod};
use crate::registry::{PkceDemand, PkceMethods};
use crate::state::{CodeRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::form;
use crate::wire::response::Response;

/// Authorization requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Authorization,
    checks: &[
        (CheckId::AuthorizationClientKnown, client_known),
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
    Issued {
        response,
        changes: vec![StateChange::AddCode(code)],
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

fn challenge_method_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
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
