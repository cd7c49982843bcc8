//! The grant and its parameter.

use super::{is_grant, refuse_unless, row};
use crate::checks::CheckId;
use crate::defects::rfc6749::{known_to_some_client, open_to_all};
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::registry::Client;
use crate::resolve;
use crate::saml::assertion::SamlAssertion;
use crate::state::StateChange;
use crate::vocabulary::GrantType;

const ACCEPTED: &[&str] = &["rfc7522-grant-accepted"];
const ENCODING: &[&str] = &["rfc7522-encoding"];
const USES: &[&str] = &["rfc7522-uses-not-interchangeable"];

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-grant-open-to-all",
        &["rfc6749-grant-type-not-allowed"],
        &[],
        &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| open_to_all(context, facts, GrantType::Saml2Bearer),
        )],
    ),
    row(
        "saml-scope-list-of-client-ignored",
        &["rfc6749-scope-not-permitted"],
        &[],
        &[Seam::Replace(
            CheckId::SamlScopeWithinClient,
            known_to_some_client,
        )],
    ),
    row(
        "saml-token-is-the-clients",
        ACCEPTED,
        &[],
        &[Seam::Facts(|_, facts| {
            if is_grant(facts) {
                facts.subject = facts.client.as_ref().map(|client| client.id.clone());
            }
        })],
    ),
    row(
        "saml-xml-declaration-not-understood",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| it.xml.starts_with("<?xml"))
        })],
    ),
    row(
        "saml-one-audience-only",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| {
                it.xml.matches("<saml:AudienceRestriction>").count() == 1
                    && it.xml.matches("<saml:Audience>").count() > 1
            })
        })],
    ),
    row(
        "saml-fractions-not-understood",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| it.xml.contains(".250Z"))
        })],
    ),
    row(
        "saml-line-end-behind-the-document-not-understood",
        ENCODING,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| it.xml.ends_with('\n'))
        })],
    ),
    row(
        "saml-key-info-demanded",
        ACCEPTED,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| {
                it.xml.contains("<ds:Signature") && !it.xml.contains("<ds:KeyInfo>")
            })
        })],
    ),
    row(
        "saml-attributes-not-understood",
        ACCEPTED,
        &[(
            "rfc7522-encoding",
            "its text with both characters stands in an attribute",
        )],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            readable_unless(facts, |it| it.xml.contains("AttributeStatement"))
        })],
    ),
    row(
        "saml-underscore-left-in-base64",
        ENCODING,
        &[],
        &[Seam::Replace(CheckId::SamlAssertionReadable, |_, facts| {
            let sent = facts.parameters.value("assertion");
            let has_underscore = sent.is_some_and(|sent| sent.contains('_'));
            readable_unless(facts, |_| has_underscore)
        })],
    ),
    row(
        "saml-parser-error-is-500",
        ENCODING,
        &[
            (
                "rfc7522-single-assertion",
                "what is no assertion is an error of the parser, too",
            ),
            ("rfc7522-signature-wrapping", "so are two of them"),
            (
                "rfc7522-signature-required",
                "so is a response with one that is unsigned",
            ),
            ("rfc7522-xml-safe", "so is a document type"),
            ("rfc7522-subject", "so are two names"),
            (
                "rfc7522-uses-not-interchangeable",
                "so is a JWT, and nothing at all",
            ),
        ],
        &[Seam::Response(|_, facts, response| {
            let unread = facts.saml_assertion.as_ref();
            if unread.is_some_and(|it| it.statement.is_none()) && response.status == 400 {
                return response.with_status(500);
            }
            response
        })],
    ),
    row(
        "saml-undecodable-is-server-error",
        ENCODING,
        &[(
            "rfc7522-uses-not-interchangeable",
            "a JWT is not base64url as a whole",
        )],
        &[Seam::Response(|_, facts, response| {
            let undecoded = facts.saml_assertion.as_ref();
            if undecoded.is_some_and(|it| it.xml.is_empty()) && response.status == 400 {
                return response.edit(|members| {
                    members.insert("error".to_owned(), "server_error".into());
                });
            }
            response
        })],
    ),
    row(
        "saml-grant-without-assertion",
        USES,
        &[],
        &[Seam::Skip(CheckId::SamlAssertionPresent)],
    ),
    row(
        "saml-grant-without-assertion-is-invalid-grant",
        USES,
        &[],
        &[Seam::Response(|_, facts, response| {
            if is_grant(facts) && facts.saml_assertion.is_none() && response.status == 400 {
                return response.edit(|members| {
                    members.insert("error".to_owned(), "invalid_grant".into());
                });
            }
            response
        })],
    ),
    row(
        "saml-user-assertion-authenticates-client",
        USES,
        &[],
        &[Seam::Facts(|context, facts| {
            let user = facts.presented.saml_assertion.as_ref();
            let is_user = |it: &SamlAssertion| {
                it.statement.is_some() && it.subject_is_known() && it.signature_is_valid()
            };
            if facts.client.is_none() && user.is_some_and(is_user) {
                let may = |client: &Client| {
                    client.secret.is_some() && client.grants.contains(&GrantType::Saml2Bearer)
                };
                facts.client = context.find_client(may);
                let client = facts.client.as_ref();
                facts.methods = client.map_or_else(Vec::new, |it| it.methods.clone());
                resolve::grant(context, facts);
            }
        })],
    ),
    row(
        "saml-assertion-good-again",
        &["rfc7522-replay"],
        &[],
        &[Seam::Skip(CheckId::SamlAssertionNotReplayed)],
    ),
    row(
        "saml-id-not-remembered",
        &["rfc7522-replay"],
        &[],
        &[Seam::Changes(|_, facts, mut changes| {
            if is_grant(facts) {
                changes.retain(|it| !matches!(it, StateChange::RememberAssertion { .. }));
            }
            changes
        })],
    ),
];

/// The check that the assertion can be read, by a server that can't read these.
fn readable_unless(
    facts: &Facts,
    is_too_much: impl Fn(&SamlAssertion) -> bool,
) -> Result<(), Refusal> {
    refuse_unless(facts, |it| it.statement.is_some() && !is_too_much(it))
}
