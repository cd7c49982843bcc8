//! What a client polls for until the resource owner has decided: a `device_code` (RFC 8628 §3.4, §3.5)
//! or an `auth_req_id` (CIBA Core §10.1, §11). The two grants have checks of their own, which say the same.

use crate::checks::CheckId;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::state::{Decision, PolledRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};

/// The refusal of a `device_code` or `auth_req_id`, for whatever reason that ends it.
pub const INVALID: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The device_code or auth_req_id is not valid for this request",
);

/// The resource owner refused.
pub const DENIED: Refusal = Refusal::new(ErrorCode::AccessDenied, "The resource owner refused");

/// It is too late.
pub const EXPIRED: Refusal = Refusal::new(
    ErrorCode::ExpiredToken,
    "The device_code or auth_req_id has expired",
);

/// It is too early.
pub const PENDING: Refusal = Refusal::new(
    ErrorCode::AuthorizationPending,
    "The resource owner has not decided yet",
);

const TOO_EARLY: Refusal = Refusal::new(
    ErrorCode::SlowDown,
    "The client polls more often than agreed; the interval is five seconds longer now",
);

/// Seconds that each `slow_down` adds to the interval (RFC 8628 §3.5, CIBA Core §11).
const SLOWER_BY: u64 = 5;

/// The value that a token request of such a grant presents.
#[must_use]
pub fn presented(facts: &Facts) -> Option<&str> {
    let name = if facts.is_grant(GrantType::DeviceCode) {
        "device_code"
    } else if facts.is_grant(GrantType::Ciba) {
        "auth_req_id"
    } else {
        return None;
    };
    facts.parameters.value(name)
}

/// What a poll changes that brings no token, if that is why it brings none.
#[must_use]
pub fn counted(facts: &Facts, check: CheckId) -> Option<StateChange> {
    let record = facts.polled.as_ref()?;
    let early = [
        CheckId::DevicePolledInTime,
        CheckId::BackchannelPolledInTime,
    ]
    .contains(&check);
    let pending = [CheckId::DeviceDecided, CheckId::BackchannelDecided].contains(&check);
    let interval = match (early, pending) {
        (true, _) => record.interval + SLOWER_BY,
        (false, true) => record.interval,
        (false, false) => return None,
    };
    Some(StateChange::CountPoll {
        value: record.value.clone(),
        interval,
    })
}

/// Scope and subject follow from what was approved.
pub(super) fn resolve(_: &Context<'_>, facts: &mut Facts) {
    if let Some(record) = &facts.polled {
        facts.available_scope = record.scope.clone();
        facts.default_scope = record.scope.clone();
        facts.subject = Some(record.subject.clone());
        if facts.manager_request.is_empty() {
            facts.manager_request = record.manager.clone();
        }
    }
}

/// The tokens for what was approved.
pub(crate) fn issue(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
    (grant_type, id_token): (GrantType, IdToken),
) -> Issued {
    let grant = facts.polled.as_ref().map(|record| record.value.clone());
    let changes = grant.iter().cloned().map(StateChange::RedeemPolled);
    let basis = Basis {
        grant_type,
        renewal: Renewal::first(facts, facts.polled.as_ref().map(|record| &record.scope)),
        id_token,
        changes: changes.collect(),
        grant,
    };
    issue::tokens(context, facts, mint, basis)
}

/// Whether the client may begin what this grant ends.
///
/// # Errors
/// `unauthorized_client`.
pub fn may_begin(facts: &Facts, grant_type: GrantType) -> Result<(), Refusal> {
    match &facts.client {
        Some(client) if !client.grants.contains(&grant_type) => Err(Refusal::new(
            ErrorCode::UnauthorizedClient,
            "The client may not use this grant type",
        )),
        Some(_) | None => Ok(()),
    }
}

/// What the client polls for from now on: the grant, the value, the lifetime in seconds.
#[must_use]
pub fn begun(
    context: &Context<'_>,
    facts: &Facts,
    (grant_type, value, lifetime): (GrantType, String, u64),
) -> PolledRecord {
    let nobody = || context.server.nobody.clone();
    PolledRecord {
        value,
        grant_type,
        user_code: None,
        client: facts.client.clone().unwrap_or_else(nobody),
        scope: facts.scope.clone(),
        subject: facts.subject.clone().unwrap_or_default(),
        manager: facts.manager_request.clone(),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(lifetime),
        forgotten: context.now.plus(2 * lifetime),
        interval: context.server.limits.poll_interval,
        polled: None,
        notification_token: None,
        decision: Decision::Pending,
        usage: Usage::Unused,
    }
}

/// Passes where nothing was found: its being known is a check of its own.
fn require(
    facts: &Facts,
    holds: impl Fn(&PolledRecord) -> bool,
    refusal: Refusal,
) -> Result<(), Refusal> {
    match &facts.polled {
        Some(record) if !holds(record) => Err(refusal),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn present(facts: &Facts, description: &'static str) -> Result<(), Refusal> {
    match presented(facts) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(ErrorCode::InvalidRequest, description)),
    }
}

pub(super) fn known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.polled {
        Some(_) => Ok(()),
        None => Err(INVALID),
    }
}

pub(super) fn belongs_to_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let asks = facts.client.as_ref();
    let same = |record: &PolledRecord| asks.is_none_or(|it| it.id == record.client.id);
    require(facts, same, INVALID)
}

pub(super) fn not_redeemed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(facts, |record| record.usage == Usage::Unused, INVALID)
}

pub(super) fn not_expired(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(facts, |record| context.now < record.expires, EXPIRED)
}

pub(super) fn not_denied(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(facts, |record| record.decision != Decision::Denied, DENIED)
}

/// The first poll is never early, and what is decided is told at once.
pub(super) fn polled_in_time(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let in_time = |record: &PolledRecord| {
        let last = record
            .polled
            .filter(|_| record.decision == Decision::Pending);
        last.is_none_or(|last| context.now >= last.plus(record.interval))
    };
    require(facts, in_time, TOO_EARLY)
}

pub(super) fn decided(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(
        facts,
        |record| record.decision != Decision::Pending,
        PENDING,
    )
}
