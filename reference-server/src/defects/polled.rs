//! What defects of the two grants that are polled for have in common (RFC 8628, CIBA Core).

use std::sync::Arc;

use crate::checks::client::{INVALID_CLIENT, authentication_method_registered};
use crate::context::Context;
use crate::endpoints::decision;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants;
use crate::grants::polled::{EXPIRED, INVALID, PENDING, presented};
use crate::issue::Mint;
use crate::resolve;
use crate::state::{Decision, PolledRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::response::Response;

/// The record, where this is a poll for that grant.
pub(super) fn polled(facts: &Facts, grant_type: GrantType) -> Option<&PolledRecord> {
    let record = facts.polled.as_deref()?;
    (facts.endpoint == Endpoint::Token && record.grant_type == grant_type).then_some(record)
}

/// Refuses what a condition on the record finds.
pub(super) fn refuse_if(
    facts: &Facts,
    condition: impl Fn(&PolledRecord) -> bool,
    refusal: Refusal,
) -> Result<(), Refusal> {
    match &facts.polled {
        Some(record) if condition(record) => Err(refusal),
        Some(_) | None => Ok(()),
    }
}

/// What is unknown is taken for pending.
pub(super) fn unknown_is_pending(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.polled {
        Some(_) => Ok(()),
        None => Err(PENDING),
    }
}

/// Pending is the end.
pub(super) fn pending_is_invalid_grant(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts, |it| it.decision == Decision::Pending, INVALID)
}

/// A denial is told as an expiry.
pub(super) fn denial_looks_expired(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts, |it| it.decision == Decision::Denied, EXPIRED)
}

/// Clients that may use the grant may not use what another began; those that may not are not asked.
pub(super) fn bound_among_clients(facts: &Facts, grant_type: GrantType) -> Result<(), Refusal> {
    let refused = |it: &PolledRecord| is_foreign(facts, it) && may(facts, grant_type);
    refuse_if(facts, refused, INVALID)
}

/// A poll for that grant needs none of the methods of its client.
pub(super) fn by_any_method(
    context: &Context<'_>,
    facts: &Facts,
    grant_type: GrantType,
) -> Result<(), Refusal> {
    if facts.is_grant(grant_type) {
        return Ok(());
    }
    authentication_method_registered(context, facts)
}

/// What begins the flow at that endpoint needs none of the methods of its client.
pub(super) fn begun_by_any_method(
    context: &Context<'_>,
    facts: &Facts,
    endpoint: Endpoint,
) -> Result<(), Refusal> {
    if facts.endpoint == endpoint {
        return Ok(());
    }
    authentication_method_registered(context, facts)
}

/// The lifetime of what is polled for was halved, and the answer tells the old one.
pub(super) fn expires_at_half_time(
    mut changes: Vec<StateChange>,
    grant_type: GrantType,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddPolled(record) = change
            && record.grant_type == grant_type
        {
            record.expires = record.issued.plus(record.expires.since(record.issued) / 2);
        }
    }
    changes
}

/// A client that may not use the grant is told that it is none.
pub(super) fn unauthorized_is_invalid_client(
    context: &Context<'_>,
    facts: &Facts,
    grant_type: GrantType,
) -> Result<(), Refusal> {
    if facts.is_grant(grant_type) && !may(facts, grant_type) {
        return Err(INVALID_CLIENT);
    }
    grants::grant_type_allowed(context, facts)
}

/// What a poll for that grant presents.
pub(super) fn sent(facts: &Facts, grant_type: GrantType) -> Option<&str> {
    presented(facts).filter(|_| facts.is_grant(grant_type))
}

/// What begins as an issued value does is taken for that, and so is its beginning.
pub(super) fn by_prefix(context: &Context<'_>, facts: &mut Facts, grant_type: GrantType) {
    let sent = sent(facts, grant_type).filter(|sent| sent.len() >= 16);
    if let Some(sent) = sent.map(str::to_owned) {
        let fits = |own: &str| own.starts_with(&sent) || sent.starts_with(own);
        let found = context.find_polled(|it| it.grant_type == grant_type && fits(&it.value));
        take(context, facts, found);
    }
}

/// A poll that presents nothing is one for the latest.
pub(super) fn missing_is_the_latest(
    context: &Context<'_>,
    facts: &mut Facts,
    grant_type: GrantType,
) {
    if facts.is_grant(grant_type) && sent(facts, grant_type).is_none() {
        let found = latest(context, facts, grant_type);
        take(context, facts, found);
    }
}

/// A poll that presents nothing is not foreseen.
pub(super) fn missing_is_500(facts: &Facts, response: Response, grant_type: GrantType) -> Response {
    let missing = facts.is_grant(grant_type) && sent(facts, grant_type).is_none();
    if missing && facts.client.is_some() {
        return crash();
    }
    response
}

/// Whether the client that polls is another one than the one that it was issued to.
pub(super) fn is_foreign(facts: &Facts, record: &PolledRecord) -> bool {
    let client = facts.client.as_ref();
    client.is_some_and(|client| client.id != record.client.id)
}

/// Whether the client may use the grant.
pub(super) fn may(facts: &Facts, grant_type: GrantType) -> bool {
    let client = facts.client.as_ref();
    client.is_none_or(|client| client.grants.contains(&grant_type))
}

/// A poll for that grant is taken for one with this record.
pub(super) fn take(context: &Context<'_>, facts: &mut Facts, found: Option<Arc<PolledRecord>>) {
    if facts.polled.is_none() && found.is_some() {
        facts.polled = found;
        resolve::grant(context, facts);
    }
}

/// The change that adds what an early poll adds to the interval becomes another.
pub(super) fn early(
    facts: &Facts,
    changes: Vec<StateChange>,
    grant_type: GrantType,
    becomes: fn(String) -> StateChange,
) -> Vec<StateChange> {
    let Some(record) = polled(facts, grant_type) else {
        return changes;
    };
    let change = |change| {
        if let StateChange::CountPoll { value, interval } = &change
            && *interval > record.interval
        {
            return becomes(value.clone());
        }
        change
    };
    changes.into_iter().map(change).collect()
}

/// An interval that no client waits for.
pub(super) fn for_good(value: String) -> StateChange {
    StateChange::CountPoll {
        value,
        interval: 86_400,
    }
}

/// A decision writes the whole record anew, as it was when it was issued.
pub(super) fn written_anew(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
    grant_type: GrantType,
) -> Vec<StateChange> {
    let rewrite = |change| match (change, &facts.polled) {
        (StateChange::Decide { decision, .. }, Some(record)) if record.grant_type == grant_type => {
            let lifetime = record.expires.since(record.issued);
            let mut record = PolledRecord::clone(record);
            record.decision = decision;
            record.usage = Usage::Unused;
            record.expires = context.now.plus(lifetime);
            record.forgotten = context.now.plus(2 * lifetime);
            StateChange::AddPolled(record)
        }
        (change, Some(_) | None) => change,
    };
    changes.into_iter().map(rewrite).collect()
}

/// A decision is taken whenever it comes.
pub(super) fn decided_at_any_time(
    context: &Context<'_>,
    facts: &Facts,
    grant_type: GrantType,
) -> Result<(), Refusal> {
    match &facts.polled {
        Some(record) if record.grant_type == grant_type => Ok(()),
        Some(_) | None => decision::decision_awaited(context, facts),
    }
}

/// The latest request of the client that was approved.
fn latest(
    context: &Context<'_>,
    facts: &Facts,
    grant_type: GrantType,
) -> Option<Arc<PolledRecord>> {
    let client = facts.client.as_ref()?;
    let mut latest: Option<Arc<PolledRecord>> = None;
    context.records.each_polled(&mut |record| {
        let fits = record.grant_type == grant_type
            && record.client.id == client.id
            && record.decision == Decision::Approved
            && record.usage == Usage::Unused;
        if fits && latest.as_ref().is_none_or(|it| it.serial < record.serial) {
            latest = Some(Arc::clone(record));
        }
    });
    latest
}

/// Whether the answer is this error of a poll for that grant.
pub(super) fn says(
    facts: &Facts,
    response: &Response,
    grant_type: GrantType,
    error: ErrorCode,
) -> bool {
    facts.is_grant(grant_type) && response.error().as_deref() == Some(error.as_str())
}

/// An error page of something that went wrong.
pub(super) fn crash() -> Response {
    Response::empty(500)
        .with("Content-Type", "text/html")
        .with_body("<h1>Internal Server Error</h1>")
}

/// 64 random bits.
pub(super) fn short(mint: &mut Mint<'_>) -> String {
    mint.random(8)
}

/// The metadata without a value in one of its lists, or without the member.
pub(super) fn published_without(response: Response, list: &str, value: &str) -> Response {
    response.edit(|members| {
        if let Some(serde_json::Value::Array(values)) = members.get_mut(list) {
            values.retain(|it| it != value);
        }
    })
}
