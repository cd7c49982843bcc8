//! Backchannel authentication in poll mode (`OpenID` Connect CIBA Core 1.0 §10.1, §11).

use super::{Grant, polled};
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::IdToken;
use crate::vocabulary::GrantType;

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

fn auth_req_id_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    polled::present(facts, "auth_req_id is missing")
}
