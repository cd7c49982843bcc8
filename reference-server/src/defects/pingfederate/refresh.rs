//! Refresh tokens: rolling, revocation, scope.

use super::codes::default_is_first_value;
use super::row;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord};
use crate::grants::refresh_token::INVALID_REFRESH_TOKEN;
use crate::resolve;
use crate::state::{StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::response::Response;

const GRACE: &[&str] = &["pingfederate-refresh-rolling-grace"];
const REVOKED: &[&str] = &["pingfederate-refresh-revoked-session"];
const ROLLING: &[&str] = &["pingfederate-refresh-rolling"];
const SCOPE: &[&str] = &["pingfederate-refresh-scope"];

const SECOND: &str = "it refreshes twice in one case";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "refresh-after-revocation-is-500",
        REVOKED,
        &[],
        &[Seam::Response(revoked_is_500)],
    ),
    row(
        "revocation-needs-a-hint",
        REVOKED,
        &[(
            "pingfederate-validate-bearer-invalid",
            "a token that was to be revoked is validated there",
        )],
        &[Seam::Changes(|_, facts, changes| {
            revoked_unless(facts, changes, |facts| {
                facts.parameters.value("token_type_hint").is_none()
            })
        })],
    ),
    row(
        "revocation-of-rolled-token-ends-nothing",
        REVOKED,
        &[],
        &[Seam::Changes(rolled_token_survives)],
    ),
    row(
        "revocation-not-asked-at-refresh",
        REVOKED,
        &[],
        &[Seam::Skip(CheckId::RefreshTokenNotRevoked)],
    ),
    row(
        "rolled-value-kept-from-client",
        ROLLING,
        &[("pingfederate-refresh-scope", SECOND)],
        &[Seam::Response(|_, facts, response| {
            let rolled = facts.is_grant(GrantType::RefreshToken) && response.is_token();
            if rolled {
                return response.edit(|members| drop(members.remove("refresh_token")));
            }
            response
        })],
    ),
    row(
        "rolled-away-value-sent-again",
        ROLLING,
        &[("pingfederate-refresh-scope", SECOND)],
        &[Seam::Response(rolled_away_value_sent_again)],
    ),
    row(
        "refresh-tokens-not-rolled",
        ROLLING,
        &[],
        &[
            Seam::Changes(not_rolled),
            Seam::Response(|_, facts, response| {
                let refreshed = facts.is_grant(GrantType::RefreshToken) && response.is_token();
                if refreshed {
                    return response.edit(|members| drop(members.remove("refresh_token")));
                }
                response
            }),
        ],
    ),
    row(
        "replaced-refresh-token-never-dies",
        GRACE,
        &[],
        &[Seam::Skip(CheckId::RefreshTokenNotRotated)],
    ),
    row(
        "grace-period-of-an-hour",
        GRACE,
        &[],
        &[Seam::Replace(
            CheckId::RefreshTokenNotRotated,
            |context, facts| within_grace(context, facts, 3600),
        )],
    ),
    row(
        "grace-period-of-a-minute",
        GRACE,
        &[],
        &[Seam::Replace(
            CheckId::RefreshTokenNotRotated,
            |context, facts| within_grace(context, facts, 60),
        )],
    ),
    row(
        "refresh-scope-not-read",
        SCOPE,
        &[],
        &[Seam::Facts(|context, facts| {
            if facts.is_grant(GrantType::RefreshToken) && facts.requested_scope.is_some() {
                facts.requested_scope = None;
                resolve::scope(context, facts);
            }
        })],
    ),
    row(
        "refresh-without-scope-has-first-value",
        SCOPE,
        &[],
        &[Seam::Facts(first_value_only)],
    ),
    row(
        "narrower-refresh-narrows-grant",
        SCOPE,
        &[],
        &[Seam::Changes(narrows_grant)],
    ),
    row(
        "refresh-scope-held-against-client",
        SCOPE,
        &[],
        &[Seam::Replace(
            CheckId::ScopeWithinGrant,
            held_against_client,
        )],
    ),
];

/// Whether the refresh token of the request is a good one of a grant that was revoked.
fn is_revoked(context: &Context<'_>, facts: &Facts) -> bool {
    let token = facts.refresh_token.as_ref();
    token.is_some_and(|it| it.usage == Usage::Unused && context.records.is_revoked(&it.grant))
}

/// PF-38656: the session is looked up when the token is made, and is no longer there.
fn revoked_is_500(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let refused = response.error().as_deref() == Some("invalid_grant");
    if facts.is_grant(GrantType::RefreshToken) && refused && is_revoked(context, facts) {
        return response.with_status(500);
    }
    response
}

/// A revocation of a refresh token ends its grant, unless the condition holds.
fn revoked_unless(
    facts: &Facts,
    mut changes: Vec<StateChange>,
    spared: impl Fn(&Facts) -> bool,
) -> Vec<StateChange> {
    if facts.endpoint == Endpoint::Revocation && spared(facts) {
        changes.retain(|change| !matches!(change, StateChange::RevokeGrant { .. }));
    }
    changes
}

/// The grant is found by the first refresh token that it gave.
fn rolled_token_survives(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    revoked_unless(facts, changes, |facts| match &facts.token {
        Some(TokenRecord::Refresh(own)) => context
            .find_refresh_token(|other| other.grant == own.grant && other.serial < own.serial)
            .is_some(),
        Some(TokenRecord::Access(_)) | None => false,
    })
}

fn rolled_away_value_sent_again(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    match &facts.refresh_token {
        Some(old) if facts.is_grant(GrantType::RefreshToken) && response.is_token() => response
            .edit(|members| {
                members.insert("refresh_token".to_owned(), old.value.clone().into());
            }),
        Some(_) | None => response,
    }
}

fn not_rolled(_: &Context<'_>, facts: &Facts, mut changes: Vec<StateChange>) -> Vec<StateChange> {
    if facts.is_grant(GrantType::RefreshToken) {
        changes.retain(|change| {
            !matches!(
                change,
                StateChange::AddRefreshToken(_) | StateChange::RotateRefreshToken(_)
            )
        });
    }
    changes
}

fn within_grace(context: &Context<'_>, facts: &Facts, seconds: u64) -> Result<(), Refusal> {
    match facts.refresh_token.as_ref().map(|token| token.usage) {
        Some(Usage::Used(then)) if context.now.since(then) >= seconds => Err(INVALID_REFRESH_TOKEN),
        Some(Usage::Used(_) | Usage::Unused) | None => Ok(()),
    }
}

/// The column is read as one value where it holds a list.
fn first_value_only(context: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::RefreshToken) && facts.requested_scope.is_none() {
        default_is_first_value(context, facts);
    }
}

fn narrows_grant(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddRefreshToken(token) = change
            && facts.is_grant(GrantType::RefreshToken)
        {
            token.scope = facts.scope.clone();
        }
    }
    changes
}

fn held_against_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    if client.is_some_and(|client| !facts.scope.is_within(&client.scope)) {
        return Err(Refusal::new(
            ErrorCode::InvalidScope,
            "The scope exceeds what the client may have",
        ));
    }
    Ok(())
}
