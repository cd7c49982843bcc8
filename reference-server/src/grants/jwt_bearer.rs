//! A JWT of a trusted issuer (RFC 7523 §2.1, §3.1). No refresh token (RFC 7521 §4.1).

use super::Grant;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::jose::grant_assertion::GrantAssertion;
use crate::server::Server;
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::form::Form;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::JwtBearer,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::JwtBearer),
        checks: &[
            (CheckId::GrantAssertionPresent, present),
            (CheckId::GrantAssertionHeaderUnderstood, |_, facts| {
                require(facts, GrantAssertion::header_is_understood)
            }),
            (CheckId::GrantAssertionIssuerTrusted, |_, facts| {
                require(facts, |it| it.issuer.is_some())
            }),
            (CheckId::GrantAssertionKeyKnown, |_, facts| {
                require(facts, GrantAssertion::key_is_known)
            }),
            (CheckId::GrantAssertionSignatureValid, |_, facts| {
                require(facts, GrantAssertion::signature_is_valid)
            }),
            (CheckId::GrantAssertionSubjectKnown, |_, facts| {
                require(facts, GrantAssertion::subject_is_known)
            }),
            (CheckId::GrantAssertionAudienceIsServer, |context, facts| {
                require(facts, |it| it.audience_is_server(context))
            }),
            (CheckId::GrantAssertionDatesAreNumbers, |_, facts| {
                require(facts, GrantAssertion::dates_are_numbers)
            }),
            (CheckId::GrantAssertionNotExpired, |context, facts| {
                require(facts, |it| it.has_not_expired(context))
            }),
            (
                CheckId::GrantAssertionLifetimeWithinLimit,
                |context, facts| require(facts, |it| it.lifetime_is_within_limit(context)),
            ),
            (CheckId::GrantAssertionNotBeforeReached, |context, facts| {
                require(facts, |it| it.is_not_ahead(context, "nbf"))
            }),
            (CheckId::GrantAssertionIssuedInThePast, |context, facts| {
                require(facts, |it| it.is_not_ahead(context, "iat"))
            }),
            (CheckId::GrantAssertionNotReplayed, |context, facts| {
                require(facts, |it| it.is_new(context))
            }),
            (
                CheckId::GrantAssertionScopeWithinClient,
                scope_within_client,
            ),
        ],
    },
    issue,
};

/// The refusal of an assertion, for whatever reason (RFC 7523 §3.1).
pub const INVALID_ASSERTION: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The assertion is not valid for this request",
);

/// The assertion that a request presents.
#[must_use]
pub fn presented(server: &Server, parameters: &Form) -> Option<GrantAssertion> {
    let is_asked = parameters.value("grant_type") == Some(GrantType::JwtBearer.as_str());
    let text = parameters.value("assertion").filter(|_| is_asked)?;
    Some(GrantAssertion::read(text, &server.issuers))
}

/// The `jti` of a grant that was accepted: it is used up.
#[must_use]
pub fn used(context: &Context<'_>, assertion: &GrantAssertion) -> Option<StateChange> {
    let lifetime = u64::from(context.server.lifetimes.assertion);
    Some(StateChange::RememberAssertion {
        client: assertion.owner(),
        jti: assertion.text("jti")?.to_owned(),
        until: context.now.plus(2 * lifetime),
    })
}

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    if let Some(client) = &facts.client {
        facts.available_scope = client.scope.clone();
        facts.default_scope = client.default_scope.clone();
    }
    let subject = facts.grant_assertion.as_ref().and_then(|it| it.text("sub"));
    facts.subject = subject.map(str::to_owned);
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let assertion = facts.grant_assertion.as_ref();
    let changes = assertion.and_then(|assertion| used(context, assertion));
    let basis = Basis {
        grant: None,
        grant_type: GrantType::JwtBearer,
        renewal: Renewal::None,
        id_token: IdToken::None,
        changes: changes.into_iter().collect(),
    };
    issue::tokens(context, facts, mint, basis)
}

fn require(facts: &Facts, holds: impl Fn(&GrantAssertion) -> bool) -> Result<(), Refusal> {
    if facts.grant_assertion.as_ref().is_none_or(holds) {
        Ok(())
    } else {
        Err(INVALID_ASSERTION)
    }
}

fn present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.grant_assertion.is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "assertion is missing",
    ))
}

fn scope_within_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.scope.is_within(&facts.available_scope) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidScope,
        "The scope has a value that the client may not have",
    ))
}
