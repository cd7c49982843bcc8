//! Device authorization (RFC 8628 §3.4, §3.5).

use super::{Grant, polled};
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::IdToken;
use crate::vocabulary::GrantType;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::DeviceCode,
    resolve: polled::resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::DeviceCode),
        checks: &[
            (CheckId::DeviceCodePresent, device_code_present),
            (CheckId::DeviceCodeKnown, polled::known),
            (
                CheckId::DeviceCodeBelongsToClient,
                polled::belongs_to_client,
            ),
            (CheckId::DeviceCodeNotRedeemed, polled::not_redeemed),
            (CheckId::DeviceCodeNotExpired, polled::not_expired),
            (CheckId::DeviceNotDenied, polled::not_denied),
            (CheckId::DevicePolledInTime, polled::polled_in_time),
            (CheckId::DeviceDecided, polled::decided),
            (CheckId::ScopeWithinDevice, scope::within_grant),
        ],
    },
    issue: |context, facts, mint| {
        polled::issue(context, facts, mint, (GrantType::DeviceCode, IdToken::None))
    },
};

fn device_code_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    polled::present(facts, "device_code is missing")
}
