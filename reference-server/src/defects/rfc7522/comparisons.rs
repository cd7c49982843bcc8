//! Names that are compared as more or less alike (RFC 3986 §6.2.1 has to be the comparison, RFC 7522 §3).

use std::sync::Arc;

use super::statements::{AUDIENCE, BEARERS, ISSUER, RECIPIENT, each_data, speak_for_anybody};
use super::{refuse_unless_says, restate, row};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::saml::BEARER;
use crate::saml::assertion::Statement;

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-issuer-may-be-missing",
        ISSUER,
        &[],
        &[Seam::Facts(|context, facts| {
            if named_issuer(facts).is_empty() {
                speak_for_anybody(context, facts, &context.server.saml_issuers);
            }
        })],
    ),
    row(
        "saml-issuer-by-prefix",
        ISSUER,
        &[],
        &[Seam::Facts(|context, facts| {
            let named = named_issuer(facts).to_owned();
            let saml = context.server.saml_issuers.iter();
            let alike = saml.filter(|it| named.starts_with(&it.issuer));
            let alike: Vec<Arc<TrustedIssuer>> = alike.cloned().collect();
            speak_for_anybody(context, facts, &alike);
        })],
    ),
    row(
        "saml-audience-without-case-and-slash",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| {
                audiences_alike(context, facts, |named, own| {
                    own.eq_ignore_ascii_case(named.trim_end_matches('/'))
                })
            },
        )],
    ),
    row(
        "saml-audience-by-suffix",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| audiences_alike(context, facts, |named, own| named.ends_with(own)),
        )],
    ),
    row(
        "saml-restriction-without-audience-passed-over",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| {
                refuse_unless_says(facts, |it| {
                    let own = |one: &String| context.server.audiences.contains(one);
                    let holds = |any: &Vec<String>| any.is_empty() || any.iter().any(own);
                    let all = &it.audience_restrictions;
                    !all.is_empty() && all.iter().all(holds)
                })
            },
        )],
    ),
    row(
        "saml-bearer-by-suffix",
        BEARERS,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |statement| {
                bearers_if(statement, |method| method.ends_with(":cm:bearer"));
            });
        })],
    ),
    row(
        "saml-confirmations-mixed-up",
        BEARERS,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |statement| {
                let mut all = statement.confirmations.iter();
                if all.any(|it| it.method.as_deref() == Some(BEARER)) {
                    bearers_if(statement, |_| true);
                }
            });
        })],
    ),
    row(
        "saml-recipient-by-path",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let path = context.server.places.token.splitn(4, '/').last();
            recipient_if(context, facts, |it| {
                path.is_some_and(|path| it.ends_with(path))
            });
        })],
    ),
    row(
        "saml-recipient-by-origin",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let parts: Vec<&str> = context.server.places.token.split('/').take(3).collect();
            let origin = parts.join("/");
            recipient_if(context, facts, |it| it.starts_with(&origin));
        })],
    ),
];

fn named_issuer(facts: &Facts) -> &str {
    let said = facts.saml_assertion.as_ref();
    let said = said.and_then(|it| it.statement.as_ref());
    said.and_then(|it| it.issuer.as_deref()).unwrap_or_default()
}

/// Whether there are restrictions, and each has an audience that is like one of the server's own.
fn audiences_alike(
    context: &Context<'_>,
    facts: &Facts,
    alike: impl Fn(&str, &str) -> bool,
) -> Result<(), Refusal> {
    refuse_unless_says(facts, |it| {
        let own = &context.server.audiences;
        let named = |one: &String| own.iter().any(|own| alike(one, own));
        let all = &it.audience_restrictions;
        !all.is_empty() && all.iter().all(|any| any.iter().any(named))
    })
}

/// Takes each confirmation for one by bearer, if this holds for its method.
fn bearers_if(statement: &mut Statement, holds: impl Fn(&str) -> bool) {
    for confirmation in &mut statement.confirmations {
        if confirmation.method.as_deref().is_some_and(&holds) {
            confirmation.method = Some(BEARER.to_owned());
        }
    }
}

/// Takes each recipient for this endpoint, if that holds for it.
fn recipient_if(context: &Context<'_>, facts: &mut Facts, holds: impl Fn(&str) -> bool) {
    let own = &context.server.places.token;
    each_data(context, facts, |data| {
        if data.recipient.as_deref().is_some_and(&holds) {
            data.recipient = Some(own.clone());
        }
    });
}
