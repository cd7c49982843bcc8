//! The device authorization endpoint (RFC 8628 §3.1, §3.2).

use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::polled;
use crate::issue::{Issued, Kind, Mint};
use crate::state::StateChange;
use crate::vocabulary::GrantType;
use crate::wire::form;
use crate::wire::json::Object;
use crate::wire::response::Response;

/// Device authorization requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::DeviceAuthorization,
    checks: &[
        (CheckId::DeviceGrantAllowed, grant_allowed),
        (CheckId::DeviceScopeWithinClient, scope::within_client),
    ],
};

/// Begins a device authorization.
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let value = mint.value(Kind::DeviceCode);
    let mut user_code = mint.value(Kind::UserCode);
    // The space of user codes is small; eight collisions in a row don't happen by accident.
    for _ in 0..8 {
        if context.records.polled_by_user_code(&user_code).is_none() {
            break;
        }
        user_code = mint.value(Kind::UserCode);
    }
    let lifetime = context.server.lifetimes.device_code;
    let mut record = polled::begun(context, facts, (GrantType::DeviceCode, value, lifetime));
    let verification = &context.server.places.device_verification;
    let complete = format!("{verification}?user_code={}", form::encode(&user_code));
    let object = Object::default()
        .text("device_code", &record.value)
        .text("user_code", &user_code)
        .text("verification_uri", verification)
        .text("verification_uri_complete", &complete)
        .number("expires_in", lifetime)
        .number("interval", record.interval);
    record.user_code = Some(user_code);
    Issued {
        response: Response::json(200, object),
        changes: vec![StateChange::AddPolled(record)],
        notification: None,
    }
}

fn grant_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    polled::may_begin(facts, GrantType::DeviceCode)
}
