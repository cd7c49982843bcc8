//! A SAML assertion of a trusted issuer (RFC 7522 §2.1, §3.1). No refresh token (RFC 7521 §4.1).

use super::Grant;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::moment::Timestamp;
use crate::saml::assertion::{SamlAssertion, owner};
use crate::server::Server;
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::form::Form;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::Saml2Bearer,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::Saml2Bearer),
        checks: &[
            (CheckId::SamlAssertionPresent, present),
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
            (CheckId::SamlScopeWithinClient, scope_within_client),
        ],
    },
    issue,
};

/// The refusal of an assertion, for whatever reason (RFC 7522 §3.1).
pub const INVALID_ASSERTION: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The assertion is not valid for this request",
);

/// The assertion that a request presents.
#[must_use]
pub fn presented(server: &Server, parameters: &Form) -> Option<SamlAssertion> {
    let is_asked = parameters.value("grant_type") == Some(GrantType::Saml2Bearer.as_str());
    let text = parameters.value("assertion").filter(|_| is_asked)?;
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
    if let Some(client) = &facts.client {
        facts.available_scope = client.scope.clone();
        facts.default_scope = client.default_scope.clone();
    }
    let subject = facts
        .saml_assertion
        .as_ref()
        .and_then(SamlAssertion::subject);
    facts.subject = subject.map(str::to_owned);
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let changes = facts.saml_assertion.as_ref().and_then(used);
    let basis = Basis {
        grant: None,
        grant_type: GrantType::Saml2Bearer,
        renewal: Renewal::None,
        id_token: IdToken::None,
        changes: changes.into_iter().collect(),
    };
    issue::tokens(context, facts, mint, basis)
}

fn require(facts: &Facts, holds: impl Fn(&SamlAssertion) -> bool) -> Result<(), Refusal> {
    if facts.saml_assertion.as_ref().is_none_or(holds) {
        Ok(())
    } else {
        Err(INVALID_ASSERTION)
    }
}

fn present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.saml_assertion.is_some() {
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
