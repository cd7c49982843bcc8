//! A SAML assertion of an issuer that the server trusts for this client (RFC 7522 §2.2, §3). The rules are those of the
//! grant, the subject is the client.

use super::Method;
use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::saml::assertion::{SamlAssertion, Statement};
use crate::server::Server;
use crate::vocabulary::AuthenticationMethod;
use crate::wire::form::Form;

/// The value of `client_assertion_type` (RFC 7522 §2.2).
pub const SAML2_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

/// The method: its type is an attempt, whatever stands beside it.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::Saml2ClientAuth,
    presented: |presented| presented.saml_assertion.is_some(),
    client_id: |presented| presented.saml_assertion.as_ref()?.subject(),
    group: Group {
        applies: |facts| facts.authenticates_by(AuthenticationMethod::Saml2ClientAuth),
        checks: &[
            (CheckId::ClientSamlReadable, |_, facts| {
                require(facts, |it| it.statement.is_some())
            }),
            (CheckId::ClientSamlIssuerTrusted, |_, facts| {
                require(facts, |it| {
                    it.issuer_is_trusted() && is_issuer_of_client(facts, it)
                })
            }),
            (CheckId::ClientSamlSignatureValid, |_, facts| {
                require(facts, SamlAssertion::signature_is_valid)
            }),
            (CheckId::ClientSamlSubjectIsClient, |_, facts| {
                require_said(facts, |it| is_client(facts, it))
            }),
            (CheckId::ClientSamlAudienceIsServer, |context, facts| {
                require(facts, |it| it.audience_is_server(context))
            }),
            (CheckId::ClientSamlNotExpired, |context, facts| {
                require(facts, |it| it.has_not_expired(context))
            }),
            (CheckId::ClientSamlNotBeforeReached, |context, facts| {
                require(facts, |it| it.has_begun(context))
            }),
            (CheckId::ClientSamlSubjectConfirmed, |context, facts| {
                require(facts, |it| it.subject_is_confirmed(context))
            }),
            (CheckId::ClientSamlNotReplayed, |context, facts| {
                require(facts, |it| it.is_new(context))
            }),
        ],
    },
};

/// The assertion that a request presents, where the server knows any issuer: else the type is one that it does not know.
#[must_use]
pub fn presented(server: &Server, parameters: &Form) -> Option<SamlAssertion> {
    let is_tried = parameters.value("client_assertion_type") == Some(SAML2_BEARER);
    let text = parameters.value("client_assertion").unwrap_or_default();
    (is_tried && !server.saml_issuers.is_empty())
        .then(|| SamlAssertion::read(text, &server.saml_issuers))
}

/// What has to hold of the assertion.
///
/// # Errors
/// [`INVALID_CLIENT`].
pub(crate) fn require(
    facts: &Facts,
    holds: impl Fn(&SamlAssertion) -> bool,
) -> Result<(), Refusal> {
    if facts.presented.saml_assertion.as_ref().is_none_or(holds) {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}

/// What has to hold of what the assertion says, if it can be read.
///
/// # Errors
/// [`INVALID_CLIENT`].
pub(crate) fn require_said(
    facts: &Facts,
    holds: impl Fn(&Statement) -> bool,
) -> Result<(), Refusal> {
    require(facts, |it| it.statement.as_ref().is_none_or(&holds))
}

fn is_issuer_of_client(facts: &Facts, assertion: &SamlAssertion) -> bool {
    let issuer = assertion.issuer.as_ref().map(|issuer| &issuer.issuer);
    let client = facts.client.as_ref();
    issuer.is_none() || client.is_none_or(|client| client.saml_issuer.as_ref() == issuer)
}

fn is_client(facts: &Facts, said: &Statement) -> bool {
    let subject = said.name_id.as_deref();
    let client = facts.client.as_ref();
    client.is_none_or(|client| subject == Some(client.id.as_str()))
}
