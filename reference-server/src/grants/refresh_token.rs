//! Refresh token (RFC 6749 §6) with rotation: each use gives a new one, and the reuse of an old one
//! ends the grant (RFC 9700 §4.14.2).

use super::{Grant, require};
use crate::access_token_manager::ManagerRequest;
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::state::{RefreshRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::x509::certificate;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::RefreshToken,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::RefreshToken),
        checks: &[
            (CheckId::RefreshTokenPresent, refresh_token_present),
            (CheckId::RefreshTokenKnown, refresh_token_known),
            (
                CheckId::RefreshTokenBelongsToClient,
                refresh_token_belongs_to_client,
            ),
            (CheckId::RefreshTokenNotRotated, refresh_token_not_rotated),
            (CheckId::RefreshTokenNotRevoked, refresh_token_not_revoked),
            (CheckId::RefreshTokenNotExpired, refresh_token_not_expired),
            (
                CheckId::RefreshTokenBoundToCertificate,
                refresh_token_bound_to_certificate,
            ),
            (CheckId::ScopeWithinGrant, scope::within_grant),
        ],
    },
    issue,
};

/// The refusal of a refresh token, for whatever reason.
pub const INVALID_REFRESH_TOKEN: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The refresh token is not valid for this request",
);

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    if let Some(record) = &facts.refresh_token {
        facts.available_scope = record.scope.clone();
        facts.default_scope = record.scope.clone();
        facts.subject = Some(record.subject.clone());
        if facts.manager_request.is_empty() {
            match &record.manager {
                Some(manager) => facts.manager_request = ManagerRequest::by_id(manager.clone()),
                None => facts
                    .manager_request
                    .resources
                    .clone_from(&record.resources),
            }
        }
    }
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let record = facts.refresh_token.as_ref();
    let renewal = record.map_or(Renewal::None, |record| Renewal::Next { of: record.clone() });
    let changes = record
        .map(|record| StateChange::RotateRefreshToken(record.value.clone()))
        .into_iter()
        .collect();
    let grant = record.map(|record| record.grant.clone());
    let basis = Basis {
        grant,
        grant_type: GrantType::AuthorizationCode,
        renewal,
        id_token: IdToken::None,
        changes,
    };
    issue::tokens(context, facts, mint, basis)
}

fn refresh_token_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let present = facts.parameters.value("refresh_token").is_some();
    require(
        Some(present),
        Refusal::new(ErrorCode::InvalidRequest, "refresh_token is missing"),
    )
}

fn refresh_token_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(Some(facts.refresh_token.is_some()), INVALID_REFRESH_TOKEN)
}

fn refresh_token_belongs_to_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let same = |record: &RefreshRecord| facts.is_client(&record.client.id);
    require(
        facts.refresh_token.as_deref().map(same),
        INVALID_REFRESH_TOKEN,
    )
}

fn refresh_token_not_rotated(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let unused = |record: &RefreshRecord| record.usage == Usage::Unused;
    require(
        facts.refresh_token.as_deref().map(unused),
        INVALID_REFRESH_TOKEN,
    )
}

fn refresh_token_not_revoked(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let alive = |record: &RefreshRecord| !context.records.is_revoked(&record.grant);
    require(
        facts.refresh_token.as_deref().map(alive),
        INVALID_REFRESH_TOKEN,
    )
}

fn refresh_token_not_expired(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let alive = |record: &RefreshRecord| context.now < record.expires;
    require(
        facts.refresh_token.as_deref().map(alive),
        INVALID_REFRESH_TOKEN,
    )
}

/// A public client shows by its certificate that the token is its own (RFC 8705 §4).
fn refresh_token_bound_to_certificate(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let presented = facts.presented.certificates.first();
    let presented = presented.map(|leaf| certificate::thumbprint(leaf));
    let same =
        |record: &RefreshRecord| record.certificate.is_none() || record.certificate == presented;
    require(
        facts.refresh_token.as_deref().map(same),
        INVALID_REFRESH_TOKEN,
    )
}
