//! Authorization code (RFC 6749 §4.1.3) with proof of possession of a verifier (RFC 7636 §4.6).

use super::{Grant, require};
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::pkce;
use crate::server::TokenRequestRedirectUri;
use crate::state::{CodeRecord, StateChange, Usage};
use crate::vocabulary::{ErrorCode, GrantType};

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::AuthorizationCode,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::AuthorizationCode),
        checks: &[
            (CheckId::CodePresent, code_present),
            (CheckId::CodeKnown, code_known),
            (CheckId::CodeBelongsToClient, code_belongs_to_client),
            (CheckId::CodeNotRedeemed, code_not_redeemed),
            (CheckId::CodeNotExpired, code_not_expired),
            (CheckId::CodeRedirectUriPresent, redirect_uri_present),
            (CheckId::CodeRedirectUriIdentical, redirect_uri_identical),
            (CheckId::VerifierPresent, verifier_present),
            (CheckId::VerifierExpected, verifier_expected),
            (CheckId::VerifierWellFormed, verifier_well_formed),
            (
                CheckId::VerifierMatchesChallenge,
                verifier_matches_challenge,
            ),
            (CheckId::ScopeWithinCode, scope::within_grant),
        ],
    },
    issue,
};

/// The refusal of a code, for whatever reason.
pub const INVALID_CODE: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The code is not valid for this request",
);

const INVALID_VERIFIER: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The code_verifier does not fit the code",
);

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    if let Some(code) = &facts.code {
        facts.available_scope = code.scope.clone();
        facts.default_scope = code.scope.clone();
        facts.subject = Some(code.subject.clone());
        if facts.manager_request.is_empty() {
            facts.manager_request = code.manager.clone();
        }
    }
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let grant = facts.code.as_ref().map(|code| code.value.clone());
    let renewal = Renewal::first(facts, facts.code.as_ref().map(|code| &code.scope));
    let changes = grant.iter().cloned().map(StateChange::RedeemCode).collect();
    let basis = Basis {
        grant,
        grant_type: GrantType::AuthorizationCode,
        renewal,
        id_token: IdToken::None,
        changes,
    };
    issue::tokens(context, facts, mint, basis)
}

fn code_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let present = facts.parameters.value("code").is_some();
    require(
        Some(present),
        Refusal::new(ErrorCode::InvalidRequest, "code is missing"),
    )
}

fn code_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(Some(facts.code.is_some()), INVALID_CODE)
}

fn code_belongs_to_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let same = |code: &CodeRecord| facts.is_client(&code.client.id);
    require(facts.code.as_deref().map(same), INVALID_CODE)
}

fn code_not_redeemed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(
        facts.code.as_ref().map(|code| code.usage == Usage::Unused),
        INVALID_CODE,
    )
}

fn code_not_expired(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(
        facts.code.as_ref().map(|code| context.now < code.expires),
        INVALID_CODE,
    )
}

fn redirect_uri_present(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if context.server.token_request_redirect_uri == TokenRequestRedirectUri::Optional {
        return Ok(());
    }
    let named = facts.parameters.value("redirect_uri").is_some();
    let there = |code: &CodeRecord| code.redirect_uri.is_none() || named;
    require(facts.code.as_deref().map(there), INVALID_CODE)
}

/// Character by character (RFC 3986 §6.2.1). Where the authorization request named none, the only
/// registered one is the one that was used.
fn redirect_uri_identical(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(named) = facts.parameters.value("redirect_uri") else {
        return Ok(());
    };
    let identical = |code: &CodeRecord| {
        let used = code
            .redirect_uri
            .as_ref()
            .or_else(|| code.client.redirect_uris.first());
        used.is_some_and(|used| used == named)
    };
    require(facts.code.as_deref().map(identical), INVALID_CODE)
}

fn verifier_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = facts.parameters.value("code_verifier").is_some();
    let there = |code: &CodeRecord| code.challenge.is_none() || sent;
    require(facts.code.as_deref().map(there), INVALID_VERIFIER)
}

fn verifier_expected(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let sent = facts.parameters.value("code_verifier").is_some();
    let expected = |code: &CodeRecord| code.challenge.is_some() || !sent;
    require(facts.code.as_deref().map(expected), INVALID_VERIFIER)
}

fn verifier_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    require(
        facts
            .parameters
            .value("code_verifier")
            .map(pkce::is_well_formed),
        INVALID_VERIFIER,
    )
}

fn verifier_matches_challenge(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    let verifier = facts.parameters.value("code_verifier");
    let matches = challenge
        .zip(verifier)
        .map(|(challenge, it)| challenge.is_met_by(it));
    require(matches, INVALID_VERIFIER)
}
