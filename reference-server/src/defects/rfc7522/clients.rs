//! Client assertions alone (RFC 7522 §2.2): those of the grant are looked at as they should be.

use roxmltree::Document as Tree;

use super::documents::{beside_signed, is_assertion, name_id, source};
use super::row;
use super::statements::{AUDIENCE, BEARERS, EXPIRY, ISSUER, NOT_BEFORE, RECIPIENT, SUBJECT};
use crate::authentication::saml2_client_auth::{require, require_said};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::resolve;
use crate::saml::assertion::SamlAssertion;
use crate::state::StateChange;
use crate::vocabulary::{AuthenticationMethod, GrantType};

const ACCEPTED: &[&str] = &["rfc7522-client-auth-accepted"];
const SIGNATURE: &[&str] = &["rfc7522-signature-required"];
const USES: &[&str] = &["rfc7522-uses-not-interchangeable"];
const REPLAY: &[&str] = &["rfc7522-replay"];

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-client-id-demanded-for-a-code",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::ClientSamlReadable, |_, facts| {
            let is_code = facts.is_grant(GrantType::AuthorizationCode);
            readable_if(facts, || facts.presented.client_id.is_some() || !is_code)
        })],
    ),
    row(
        "saml-client-id-beside-assertion-refused",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::ClientSamlReadable, |_, facts| {
            readable_if(facts, || facts.presented.client_id.is_none())
        })],
    ),
    row(
        "saml-client-assertion-for-its-own-grant-only",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::ClientSamlReadable, |_, facts| {
            readable_if(facts, || !facts.is_grant(GrantType::AuthorizationCode))
        })],
    ),
    row(
        "saml-client-id-instead-of-subject",
        SUBJECT,
        &[(
            "rfc7522-uses-not-interchangeable",
            "whom a user's assertion is about is not compared either",
        )],
        &[
            Seam::Facts(|context, facts| {
                let named = facts.presented.client_id.as_deref();
                let named = named.and_then(|id| context.server.registry.client(id));
                if facts.presented.saml_assertion.is_some() && named.is_some() {
                    facts.client = named;
                    resolve::grant(context, facts);
                }
            }),
            Seam::Skip(CheckId::ClientSamlSubjectIsClient),
            Seam::Replace(CheckId::ClientIdConsistent, consistent_unless_saml),
        ],
    ),
    row(
        "saml-client-id-beside-assertion-not-compared",
        SUBJECT,
        &[],
        &[Seam::Replace(
            CheckId::ClientIdConsistent,
            consistent_unless_saml,
        )],
    ),
    row(
        "saml-client-assertion-type-not-compared",
        USES,
        &[],
        &[Seam::Facts(|context, facts| {
            let sent = facts.parameters.value("client_assertion");
            let issuers = &context.server.saml_issuers;
            let read = sent.map(|sent| SamlAssertion::read(sent, issuers));
            if let Some(read) = read.filter(|it| it.statement.is_some()) {
                facts.methods = vec![AuthenticationMethod::Saml2ClientAuth];
                replace(context, facts, read);
            }
        })],
    ),
    row(
        "saml-client-issuer-not-looked-at",
        ISSUER,
        &[],
        &[Seam::Skip(CheckId::ClientSamlIssuerTrusted)],
    ),
    row(
        "saml-client-audience-not-looked-at",
        AUDIENCE,
        &[],
        &[Seam::Skip(CheckId::ClientSamlAudienceIsServer)],
    ),
    row(
        "saml-client-audience-may-be-missing",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::ClientSamlAudienceIsServer,
            |context, facts| {
                require_said(facts, |it| {
                    let own = |one: &String| context.server.audiences.contains(one);
                    let mut all = it.audience_restrictions.iter();
                    all.all(|any| any.iter().any(own))
                })
            },
        )],
    ),
    row(
        "saml-client-end-of-conditions-not-read",
        EXPIRY,
        &[],
        &[Seam::Skip(CheckId::ClientSamlNotExpired)],
    ),
    row(
        "saml-client-before-its-time",
        NOT_BEFORE,
        &[],
        &[Seam::Skip(CheckId::ClientSamlNotBeforeReached)],
    ),
    row(
        "saml-client-confirmation-not-looked-at",
        BEARERS,
        &[
            ("rfc7522-recipient", "the recipient is a part of it"),
            ("rfc7522-expiry", "so is its end"),
        ],
        &[Seam::Skip(CheckId::ClientSamlSubjectConfirmed)],
    ),
    row(
        "saml-client-recipient-not-compared",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let own = &context.server.places.token;
            let read = facts.presented.saml_assertion.as_mut();
            let said = read.and_then(|it| it.statement.as_mut());
            let confirmations = said.into_iter().flat_map(|it| &mut it.confirmations);
            for data in confirmations.flat_map(|it| &mut it.data) {
                data.recipient = Some(own.clone());
            }
        })],
    ),
    row(
        "saml-client-signature-not-verified",
        SIGNATURE,
        &[],
        &[Seam::Skip(CheckId::ClientSamlSignatureValid)],
    ),
    row(
        "saml-client-unsigned-accepted",
        SIGNATURE,
        &[],
        &[Seam::Replace(
            CheckId::ClientSamlSignatureValid,
            |_, facts| {
                require(facts, |it| {
                    !it.xml.contains("<ds:Signature") || it.signature_is_valid()
                })
            },
        )],
    ),
    row(
        "saml-client-signed-element-is-not-the-one-read",
        &["rfc7522-signature-wrapping"],
        &[(
            "rfc7522-single-assertion",
            "a signed assertion and an unsigned one are one list",
        )],
        &[Seam::Facts(|context, facts| {
            let unread = facts.presented.saml_assertion.as_ref();
            let unread = unread.filter(|it| it.statement.is_none());
            let read = unread.and_then(|it| {
                let tree = Tree::parse(&it.xml).ok()?;
                beside_signed(context, &tree, |tree| {
                    let mut all = tree.descendants();
                    all.find(is_assertion).map(source)
                })
            });
            if let Some(read) = read {
                replace(context, facts, read);
            }
        })],
    ),
    row(
        "saml-client-name-ends-at-a-comment",
        &["rfc7522-name-id-canonical"],
        &[],
        &[Seam::Facts(|context, facts| {
            let read = facts.presented.saml_assertion.as_ref();
            let first = read.and_then(|it| name_id(&it.xml)?.into_iter().next());
            let read = read.cloned();
            if let (Some(mut read), Some(first)) = (read, first) {
                if let Some(said) = &mut read.statement {
                    said.name_id = Some(first);
                }
                replace(context, facts, read);
            }
        })],
    ),
    row(
        "saml-client-parser-error-is-500",
        &["rfc7522-encoding"],
        &[
            (
                "rfc7522-single-assertion",
                "what is no assertion is an error of the parser, too",
            ),
            ("rfc7522-signature-wrapping", "so are two of them"),
            ("rfc7522-subject", "so are two names"),
            ("rfc7522-uses-not-interchangeable", "so is a JWT"),
        ],
        &[Seam::Response(|_, facts, response| {
            let unread = facts.presented.saml_assertion.as_ref();
            let is_unread = unread.is_some_and(|it| it.statement.is_none());
            if is_unread && [400, 401].contains(&response.status) {
                return response.with_status(500);
            }
            response
        })],
    ),
    row(
        "saml-client-assertion-good-again",
        REPLAY,
        &[],
        &[Seam::Skip(CheckId::ClientSamlNotReplayed)],
    ),
    row(
        "saml-id-of-client-assertion-not-remembered",
        REPLAY,
        &[],
        &[Seam::Changes(|_, facts, mut changes| {
            let is_grant = facts.is_grant(GrantType::Saml2Bearer);
            if facts.presented.saml_assertion.is_some() && !is_grant {
                changes.retain(|it| !matches!(it, StateChange::RememberAssertion { .. }));
            }
            changes
        })],
    ),
];

/// Puts another assertion in the place of the one that was read: it names the client.
fn replace(context: &Context<'_>, facts: &mut Facts, by: SamlAssertion) {
    facts.presented.saml_assertion = Some(by);
    facts.presented.assertion = None;
    resolve::client(context.server, facts);
    resolve::grant(context, facts);
}

/// The check that the assertion can be read, by a server that asks for more.
fn readable_if(facts: &Facts, is_enough: impl Fn() -> bool) -> Result<(), Refusal> {
    require(facts, |it| it.statement.is_some() && is_enough())
}

fn consistent_unless_saml(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.presented.saml_assertion.is_some() {
        return Ok(());
    }
    crate::checks::client::client_id_consistent(context, facts)
}
