//! A JWT of a trusted issuer (RFC 7523 §2.1, §3.1). No refresh token (RFC 7521 §4.1).

use super::{Grant, assertion_grant};
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{Issued, Mint};
use crate::jose::grant_assertion::GrantAssertion;
use crate::server::Server;
use crate::state::StateChange;
use crate::vocabulary::GrantType;
use crate::wire::form::Form;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::JwtBearer,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::JwtBearer),
        checks: &[
            (CheckId::GrantAssertionPresent, |_, facts| {
                assertion_grant::present(facts.grant_assertion.as_ref())
            }),
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
                scope::within_client,
            ),
        ],
    },
    issue,
};

/// The assertion that a request presents.
#[must_use]
pub fn presented(server: &Server, parameters: &Form) -> Option<GrantAssertion> {
    let text = assertion_grant::presented(parameters, GrantType::JwtBearer)?;
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
    let subject = facts.grant_assertion.as_ref().and_then(|it| it.text("sub"));
    let subject = subject.map(str::to_owned);
    assertion_grant::resolve(facts, subject);
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let assertion = facts.grant_assertion.as_ref();
    let used = assertion.and_then(|assertion| used(context, assertion));
    assertion_grant::issue(context, facts, mint, (GrantType::JwtBearer, used))
}

fn require(facts: &Facts, holds: impl Fn(&GrantAssertion) -> bool) -> Result<(), Refusal> {
    assertion_grant::require(facts.grant_assertion.as_ref(), holds)
}
