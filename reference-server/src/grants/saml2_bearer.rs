//! A SAML assertion of a trusted issuer (RFC 7522 §2.1, §3.1). No refresh token (RFC 7521 §4.1).

use super::{Grant, assertion_grant};
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{Issued, Mint};
use crate::moment::Timestamp;
use crate::saml::assertion::{SamlAssertion, owner};
use crate::server::Server;
use crate::state::StateChange;
use crate::vocabulary::GrantType;
use crate::wire::form::Form;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::Saml2Bearer,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::Saml2Bearer),
        checks: &[
            (CheckId::SamlAssertionPresent, |_, facts| {
                assertion_grant::present(facts.saml_assertion.as_ref())
            }),
            (CheckId::SamlAssertionReadable, |_, facts| {
                require(facts, |it| it.statement.is_some())
            }),
            (CheckId::SamlIssuerTrusted, |_, facts| {
                require(facts, SamlAssertion::issuer_is_trusted)
            }),
            (CheckId::SamlSignatureValid, |_, facts| {
                require(facts, SamlAssertion::signature_is_valid)
            }),
            (CheckId::SamlSubjectKnown, |_, facts| {
                require(facts, SamlAssertion::subject_is_known)
            }),
            (CheckId::SamlAudienceIsServer, |context, facts| {
                require(facts, |it| it.audience_is_server(context))
            }),
            (CheckId::SamlNotExpired, |context, facts| {
                require(facts, |it| it.has_not_expired(context))
            }),
            (CheckId::SamlNotBeforeReached, |context, facts| {
                require(facts, |it| it.has_begun(context))
            }),
            (CheckId::SamlSubjectConfirmed, |context, facts| {
                require(facts, |it| it.subject_is_confirmed(context))
            }),
            (CheckId::SamlAssertionNotReplayed, |context, facts| {
                require(facts, |it| it.is_new(context))
            }),
            (CheckId::SamlScopeWithinClient, scope::within_client),
        ],
    },
    issue,
};

/// The assertion that a request presents.
#[must_use]
pub fn presented(server: &Server, parameters: &Form) -> Option<SamlAssertion> {
    let text = assertion_grant::presented(parameters, GrantType::Saml2Bearer)?;
    Some(SamlAssertion::read(text, &server.saml_issuers))
}

/// The `ID` of an assertion that was accepted: it is used up.
#[must_use]
pub fn used(assertion: &SamlAssertion) -> Option<StateChange> {
    let statement = assertion.statement.as_ref()?;
    Some(StateChange::RememberAssertion {
        client: owner(statement),
        jti: statement.id.clone(),
        until: Timestamp(u64::try_from(statement.end()).unwrap_or(0)),
    })
}

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    let subject = facts
        .saml_assertion
        .as_ref()
        .and_then(SamlAssertion::subject);
    let subject = subject.map(str::to_owned);
    assertion_grant::resolve(facts, subject);
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let used = facts.saml_assertion.as_ref().and_then(used);
    assertion_grant::issue(context, facts, mint, (GrantType::Saml2Bearer, used))
}

fn require(facts: &Facts, holds: impl Fn(&SamlAssertion) -> bool) -> Result<(), Refusal> {
    assertion_grant::require(facts.saml_assertion.as_ref(), holds)
}
