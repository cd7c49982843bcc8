//! What an assertion says (RFC 7522 §3 items 1 to 6).

use std::sync::Arc;

use super::{refuse_unless_says, replace, restate, row};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::assertion::Signature;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::saml::BEARER;
use crate::saml::assertion::{ConfirmationData, SamlAssertion, Statement};
use crate::saml::date_time::Time;

pub(super) const ISSUER: &[&str] = &["rfc7522-issuer"];
pub(super) const AUDIENCE: &[&str] = &["rfc7522-audience"];
pub(super) const SUBJECT: &[&str] = &["rfc7522-subject"];
pub(super) const BEARERS: &[&str] = &["rfc7522-bearer-confirmation"];
pub(super) const RECIPIENT: &[&str] = &["rfc7522-recipient"];
pub(super) const EXPIRY: &[&str] = &["rfc7522-expiry"];
pub(super) const NOT_BEFORE: &[&str] = &["rfc7522-not-before"];

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-issuer-not-compared",
        ISSUER,
        &[(
            "rfc7522-signature-required",
            "whoever is an issuer may sign for every other",
        )],
        &[Seam::Facts(|context, facts| {
            let all: Vec<Arc<TrustedIssuer>> = every_issuer(context).cloned().collect();
            speak_for_anybody(context, facts, &all);
        })],
    ),
    row(
        "saml-issuer-trusted-for-jwts-is-trusted",
        ISSUER,
        &[],
        &[Seam::Facts(|context, facts| {
            let trusted: Vec<Arc<TrustedIssuer>> = every_issuer(context).cloned().collect();
            if let Some(own) = facts.saml_assertion.as_ref() {
                let read = SamlAssertion::of_xml(own.xml.clone(), &trusted);
                replace(context, facts, read);
            }
        })],
    ),
    row(
        "saml-issuer-without-case-and-slash",
        ISSUER,
        &[],
        &[Seam::Facts(|context, facts| {
            let saml = &context.server.saml_issuers;
            let named = facts
                .saml_assertion
                .as_ref()
                .and_then(|it| it.statement.as_ref());
            let named = named
                .and_then(|it| it.issuer.as_deref())
                .unwrap_or_default();
            let alike = |it: &&Arc<TrustedIssuer>| {
                let named = named.trim_end_matches(['/', ' ']);
                it.issuer.eq_ignore_ascii_case(named)
            };
            let alike: Vec<Arc<TrustedIssuer>> = saml.iter().filter(alike).cloned().collect();
            speak_for_anybody(context, facts, &alike);
        })],
    ),
    row(
        "saml-audience-not-looked-at",
        AUDIENCE,
        &[(
            "rfc7522-name-id-canonical",
            "one of its names is that of an audience",
        )],
        &[Seam::Skip(CheckId::SamlAudienceIsServer)],
    ),
    row(
        "saml-audience-may-be-missing",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| {
                refuse_unless_says(facts, |it| {
                    let mut all = it.audience_restrictions.iter();
                    all.all(|any| any.iter().any(|one| context.server.audiences.contains(one)))
                })
            },
        )],
    ),
    row(
        "saml-one-restriction-of-several-is-enough",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| {
                refuse_unless_says(facts, |it| {
                    let mut all = it.audience_restrictions.iter().flatten();
                    all.any(|one| context.server.audiences.contains(one))
                })
            },
        )],
    ),
    row(
        "saml-audience-by-prefix",
        AUDIENCE,
        &[(
            "rfc7522-name-id-canonical",
            "one of its names begins with that of the server",
        )],
        &[Seam::Replace(
            CheckId::SamlAudienceIsServer,
            |context, facts| {
                refuse_unless_says(facts, |it| {
                    let own = |one: &String| {
                        context
                            .server
                            .audiences
                            .iter()
                            .any(|own| one.starts_with(own))
                    };
                    let all = &it.audience_restrictions;
                    !all.is_empty() && all.iter().all(|any| any.iter().any(own))
                })
            },
        )],
    ),
    row(
        "saml-subject-may-be-missing",
        SUBJECT,
        &[],
        &[Seam::Skip(CheckId::SamlSubjectKnown)],
    ),
    row(
        "saml-first-of-several-subjects",
        SUBJECT,
        &[],
        &[Seam::Facts(|context, facts| {
            let xml = super::document(facts).to_owned();
            let second = "<saml:NameID>mallory</saml:NameID>";
            if xml.contains(second) {
                let read =
                    SamlAssertion::of_xml(xml.replace(second, ""), &context.server.saml_issuers);
                replace(
                    context,
                    facts,
                    SamlAssertion {
                        signature: Signature::Valid,
                        ..read
                    },
                );
            }
        })],
    ),
    row(
        "saml-any-confirmation-will-do",
        BEARERS,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |statement| {
                for confirmation in &mut statement.confirmations {
                    confirmation.method = Some(BEARER.to_owned());
                }
            });
        })],
    ),
    row(
        "saml-first-confirmation-only",
        BEARERS,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |it| it.confirmations.truncate(1));
        })],
    ),
    row(
        "saml-confirmation-may-be-missing",
        BEARERS,
        &[],
        &[Seam::Replace(
            CheckId::SamlSubjectConfirmed,
            |context, facts| {
                let confirmed = facts.saml_assertion.as_ref();
                let confirmed = confirmed.is_none_or(|it| it.subject_is_confirmed(context));
                refuse_unless_says(facts, |it| it.confirmations.is_empty() || confirmed)
            },
        )],
    ),
    row(
        "saml-confirmation-not-looked-at",
        BEARERS,
        &[
            ("rfc7522-recipient", "the recipient is a part of it"),
            ("rfc7522-expiry", "so is its end"),
            ("rfc7522-not-before", "so is its beginning"),
        ],
        &[Seam::Skip(CheckId::SamlSubjectConfirmed)],
    ),
    row(
        "saml-recipient-not-compared",
        RECIPIENT,
        &[(
            "rfc7522-bearer-confirmation",
            "the only bearer of one of its cases is for another server",
        )],
        &[Seam::Facts(|context, facts| {
            let own = &context.server.places.token;
            each_data(context, facts, |data| data.recipient = Some(own.clone()));
        })],
    ),
    row(
        "saml-recipient-may-be-missing",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let own = &context.server.places.token;
            each_data(context, facts, |data| {
                data.recipient.get_or_insert_with(|| own.clone());
            });
        })],
    ),
    row(
        "saml-recipient-by-prefix",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let own = &context.server.places.token;
            each_data(context, facts, |data| {
                if data
                    .recipient
                    .as_ref()
                    .is_some_and(|it| it.starts_with(own))
                {
                    data.recipient = Some(own.clone());
                }
            });
        })],
    ),
    row(
        "saml-recipient-not-compared-without-end-of-conditions",
        RECIPIENT,
        &[],
        &[Seam::Facts(|context, facts| {
            let own = &context.server.places.token;
            let said = facts
                .saml_assertion
                .as_ref()
                .and_then(|it| it.statement.as_ref());
            if said.is_some_and(|it| it.not_on_or_after.is_none()) {
                each_data(context, facts, |data| data.recipient = Some(own.clone()));
            }
        })],
    ),
    row(
        "saml-end-of-conditions-not-read",
        EXPIRY,
        &[],
        &[Seam::Skip(CheckId::SamlNotExpired)],
    ),
    row(
        "saml-end-of-confirmation-not-read",
        EXPIRY,
        &[],
        &[Seam::Facts(|context, facts| {
            each_data(context, facts, |data| {
                data.not_on_or_after = Some(Time::At(i64::MAX))
            });
        })],
    ),
    row(
        "saml-no-end-is-for-ever",
        EXPIRY,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |statement| {
                statement.not_on_or_after.get_or_insert(Time::At(i64::MAX));
                for data in statement
                    .confirmations
                    .iter_mut()
                    .flat_map(|it| &mut it.data)
                {
                    data.not_on_or_after.get_or_insert(Time::At(i64::MAX));
                }
            });
        })],
    ),
    row(
        "saml-end-that-is-no-time-is-never",
        EXPIRY,
        &[],
        &[Seam::Facts(|context, facts| {
            restate(context, facts, |statement| {
                never(&mut statement.not_on_or_after);
                for data in statement
                    .confirmations
                    .iter_mut()
                    .flat_map(|it| &mut it.data)
                {
                    never(&mut data.not_on_or_after);
                }
            });
        })],
    ),
    row(
        "saml-fraction-of-a-second-is-no-end",
        EXPIRY,
        &[],
        &[Seam::Facts(|context, facts| {
            if super::document(facts).contains(".250Z") {
                let never = Some(Time::At(i64::MAX));
                restate(context, facts, |it| it.not_on_or_after = never);
                each_data(context, facts, |data| data.not_on_or_after = never);
            }
        })],
    ),
    row(
        "saml-before-its-time",
        NOT_BEFORE,
        &[],
        &[Seam::Skip(CheckId::SamlNotBeforeReached)],
    ),
    row(
        "saml-confirmed-before-its-time",
        NOT_BEFORE,
        &[],
        &[Seam::Facts(|context, facts| {
            each_data(context, facts, |data| data.not_before = None);
        })],
    ),
];

fn never(time: &mut Option<Time>) {
    if *time == Some(Time::Unreadable) {
        *time = Some(Time::At(i64::MAX));
    }
}

pub(super) fn each_data(
    context: &Context<'_>,
    facts: &mut Facts,
    mut change: impl FnMut(&mut ConfirmationData),
) {
    restate(context, facts, |statement: &mut Statement| {
        for data in statement
            .confirmations
            .iter_mut()
            .flat_map(|it| &mut it.data)
        {
            change(data);
        }
    });
}

fn every_issuer<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = &'a Arc<TrustedIssuer>> + use<'a> {
    let server = context.server;
    server.saml_issuers.iter().chain(&server.issuers)
}

/// Lets each of these issuers sign for whoever the assertion names.
pub(super) fn speak_for_anybody(
    context: &Context<'_>,
    facts: &mut Facts,
    issuers: &[Arc<TrustedIssuer>],
) {
    let Some(own) = facts.saml_assertion.as_ref() else {
        return;
    };
    let named = own.statement.as_ref().and_then(|it| it.issuer.clone());
    for issuer in issuers {
        let alias = Arc::new(TrustedIssuer {
            issuer: named.clone().unwrap_or_default(),
            keys: issuer.keys.clone(),
            subjects: issuer.subjects.clone(),
        });
        let read = SamlAssertion::of_xml(own.xml.clone(), &[alias]);
        if read.signature == Signature::Valid {
            return replace(context, facts, read);
        }
    }
}
