//! Backchannel authentication in the modes poll and ping (`OpenID` Connect CIBA Core 1.0 §10.1, §11).

use super::{Grant, polled};
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::IdToken;
use crate::registry::DeliveryMode;
use crate::vocabulary::{ErrorCode, GrantType};

/// The grant. A `scope` in its request means nothing: the authentication request had it.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::Ciba,
    resolve: |context, facts| {
        facts.requested_scope = None;
        polled::resolve(context, facts);
    },
    group: Group {
        applies: |facts| facts.is_grant(GrantType::Ciba),
        checks: &[
            (CheckId::BackchannelNotPushed, not_pushed),
            (CheckId::AuthReqIdPresent, auth_req_id_present),
            (CheckId::AuthReqIdKnown, polled::known),
            (CheckId::AuthReqIdBelongsToClient, polled::belongs_to_client),
            (CheckId::AuthReqIdNotRedeemed, polled::not_redeemed),
            (CheckId::AuthReqIdNotExpired, polled::not_expired),
            (CheckId::BackchannelNotDenied, polled::not_denied),
            (CheckId::BackchannelPolledInTime, polled::polled_in_time),
            (CheckId::BackchannelDecided, polled::decided),
        ],
    },
    issue: |context, facts, mint| {
        polled::issue(context, facts, mint, (GrantType::Ciba, IdToken::Issued))
    },
};

/// Tokens that are pushed are not to be had twice (CIBA Core §11).
fn not_pushed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    if client.is_none_or(|client| client.delivery_mode != DeliveryMode::Push) {
        return Ok(());
    }
    Err(PUSHED)
}

/// The client is one that tokens are pushed to.
pub(crate) const PUSHED: Refusal = Refusal::new(
    ErrorCode::UnauthorizedClient,
    "The client is registered for push, and may not poll",
);

fn auth_req_id_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    polled::present(facts, "auth_req_id is missing")
}
