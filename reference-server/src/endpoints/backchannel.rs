//! The backchannel authentication endpoint (`OpenID` Connect CIBA Core 1.0 §7): `login_hint` is the only hint.

use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::polled;
use crate::issue::{Issued, Kind, Mint};
use crate::registry::DeliveryMode;
use crate::state::StateChange;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// Authentication requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::BackchannelAuthentication,
    checks: &[
        (CheckId::BackchannelAuthenticated, authenticated),
        (CheckId::BackchannelGrantAllowed, grant_allowed),
        (CheckId::BackchannelScopeFits, scope_fits),
        (CheckId::BackchannelHintPresent, hint_present),
        (CheckId::BackchannelHintKnown, hint_known),
        (CheckId::BackchannelExpiryPositive, expiry_positive),
        (
            CheckId::BackchannelNotificationTokenFits,
            notification_token_fits,
        ),
    ],
};

/// Begins an authentication.
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let value = mint.value(Kind::AuthReqId);
    let longest = context.server.lifetimes.auth_req_id;
    let lifetime = requested_expiry(facts).map_or(longest, |wanted| wanted.min(longest));
    let mut record = polled::begun(context, facts, (GrantType::Ciba, value, lifetime));
    let mode = record.client.delivery_mode;
    let token = notification_token(facts).filter(|_| mode.is_notified());
    record.notification_token = token.map(str::to_owned);
    let mut object = Object::default()
        .text("auth_req_id", &record.value)
        .number("expires_in", lifetime);
    // Who may not poll has no use for an interval (CIBA Core §7.3).
    if mode != DeliveryMode::Push {
        object = object.number("interval", record.interval);
    }
    Issued {
        response: Response::json(200, object),
        changes: vec![StateChange::AddPolled(record)],
        notification: None,
    }
}

fn notification_token(facts: &Facts) -> Option<&str> {
    facts.parameters.value("client_notification_token")
}

/// `requested_expiry` in seconds; none for what is no positive number.
fn requested_expiry(facts: &Facts) -> Option<u64> {
    let text = facts.parameters.value("requested_expiry")?;
    text.parse().ok().filter(|seconds| *seconds > 0)
}

fn invalid_request(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, description)
}

/// Public clients may not (CIBA Core §7.1).
fn authenticated(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.method() == AuthenticationMethod::None {
        return Err(INVALID_CLIENT);
    }
    Ok(())
}

fn grant_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    polled::may_begin(facts, GrantType::Ciba)
}

fn scope_fits(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.scope.contains("openid") && facts.scope.is_within(&facts.available_scope) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidScope,
        "The scope has to have openid, and nothing that the client may not have",
    ))
}

/// Exactly one hint; this server understands one of the three kinds.
fn hint_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let has = |name: &str| facts.parameters.value(name).is_some();
    if !has("login_hint") || has("id_token_hint") || has("login_hint_token") {
        return Err(invalid_request(
            "login_hint is needed, and no other kind of hint",
        ));
    }
    Ok(())
}

fn hint_known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let server = context.server;
    let known = |hint: &str| hint == server.resource_owner || server.users.contains_key(hint);
    if facts.parameters.value("login_hint").is_none_or(known) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnknownUserId,
        "Nobody here is called so",
    ))
}

fn expiry_positive(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let named = facts.parameters.value("requested_expiry").is_some();
    if named && requested_expiry(facts).is_none() {
        return Err(invalid_request(
            "requested_expiry has to be a positive number",
        ));
    }
    Ok(())
}

fn notification_token_fits(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let is_notified = client.is_some_and(|client| client.delivery_mode.is_notified());
    if !is_notified || notification_token(facts).is_some_and(is_bearer_token) {
        return Ok(());
    }
    Err(invalid_request(
        "client_notification_token has to be a bearer token of at most 1024 characters",
    ))
}

/// Whether it has the syntax of RFC 6750 §2.1 and is no longer than CIBA Core §7.1 allows.
fn is_bearer_token(text: &str) -> bool {
    let own = text.trim_end_matches('=');
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet);
    !own.is_empty() && text.len() <= 1024 && own.bytes().all(allowed)
}
