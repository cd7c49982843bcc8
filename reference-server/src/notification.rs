//! What a client is told of the end of a backchannel authentication (`OpenID` Connect CIBA Core 1.0 §10.2, §10.3): that
//! it has come, or the tokens themselves. Sending is of the shell.

use std::sync::Arc;

use crate::context::Context;
use crate::facts::{Endpoint, Facts, RequestedGrantType};
use crate::grants::polled;
use crate::issue::{IdToken, Issued, Mint};
use crate::opaque::opaque_debug;
use crate::registry::DeliveryMode;
use crate::resolve;
use crate::state::{Decision, PolledRecord, StateChange};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::json::Object;

/// A notification, and what becomes of the answer to it.
#[derive(Clone)]
pub struct Notification {
    /// Where it goes: the registered `backchannel_client_notification_endpoint`.
    pub endpoint: String,
    /// The bearer token that authenticates it: the `client_notification_token` of the request.
    pub token: String,
    /// Its content, a JSON object.
    pub content: Vec<u8>,
    /// What becomes of a redirect.
    pub redirects: Redirects,
    /// When it is sent.
    pub timing: Timing,
    /// Whether an answer of this status means that it was taken.
    pub is_taken: fn(u16) -> bool,
    /// What changes when it was taken.
    pub taken: Vec<StateChange>,
    /// What changes when it was not.
    pub failed: Vec<StateChange>,
}

opaque_debug!(Notification);

/// What becomes of a redirect (CIBA Core §10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// It is followed: after 301, 302 and 303 with GET, after 307 and 308 with the same request.
    Followed,
    /// It is followed where the request stays the same, after 307 and 308.
    FollowedUnchanged,
    /// It is an answer like others.
    NotFollowed,
}

/// When a notification is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// When the decision is taken, and nobody waits for it.
    Aside,
    /// The answer to the decision waits until the notification is answered.
    Awaited,
}

/// What a decision about what a client asked for changes beside itself, and how the client is told.
pub fn of(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
    (record, decision): (&Arc<PolledRecord>, Decision),
) -> (Vec<StateChange>, Option<Notification>) {
    let endpoint = record.client.notification_endpoint.clone();
    let (Some(endpoint), Some(token)) = (endpoint, record.notification_token.clone()) else {
        return (Vec::new(), None);
    };
    let (changes, content) = match (record.client.delivery_mode, decision) {
        (DeliveryMode::Poll, _) | (_, Decision::Pending) => return (Vec::new(), None),
        (DeliveryMode::Ping, Decision::Approved | Decision::Denied) => {
            let object = Object::default().text("auth_req_id", &record.value);
            (Vec::new(), object.into_bytes())
        }
        (DeliveryMode::Push, Decision::Approved) => pushed(context, facts, mint),
        (DeliveryMode::Push, Decision::Denied) => (Vec::new(), denied(record)),
    };
    let notification = Notification {
        endpoint,
        token,
        content,
        redirects: Redirects::NotFollowed,
        timing: Timing::Aside,
        is_taken: |status| matches!(status, 200 | 204),
        taken: Vec::new(),
        failed: Vec::new(),
    };
    (changes, Some(notification))
}

/// The tokens that a poll would bring, bound to the `auth_req_id` (CIBA Core §10.3.1).
fn pushed(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
) -> (Vec<StateChange>, Vec<u8>) {
    let mut facts = facts.clone();
    facts.endpoint = Endpoint::Token;
    facts.grant_type = RequestedGrantType::Known(GrantType::Ciba);
    facts.client = facts
        .polled
        .as_ref()
        .map(|record| Arc::clone(&record.client));
    resolve::grant(context, &mut facts);
    let basis = (GrantType::Ciba, IdToken::Pushed);
    let Issued {
        response, changes, ..
    } = polled::issue(context, &facts, mint, basis);
    (changes, response.body)
}

/// What a client is told that gets no tokens (CIBA Core §12).
fn denied(record: &PolledRecord) -> Vec<u8> {
    Object::default()
        .text("auth_req_id", &record.value)
        .text("error", ErrorCode::AccessDenied.as_str())
        .into_bytes()
}
