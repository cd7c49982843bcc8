//! Which tokens are exchanged, and for whom.

use std::sync::Arc;

use super::{is_exchange, with_subject};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Facts, TokenState};
use crate::grants::token_exchange::INVALID_SUBJECT;
use crate::jose::grant_assertion::GrantAssertion;
use crate::jose::jws::Jws;
use crate::security_token::{SecurityToken, TokenType};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "bound-token-exchanged-by-anybody",
        kills: &["rfc8693-bound-subject-token"],
        also: &[],
        seams: &[Seam::Facts(|_, facts| {
            // What is bound was proven by somebody: nobody asks where.
            let client = facts.client.clone();
            let subject = facts
                .subject_token
                .as_mut()
                .and_then(|it| it.access.as_mut());
            if let (Some(record), Some(client)) = (subject, client)
                && record.certificate.is_some()
            {
                Arc::make_mut(record).client = client;
            }
        })],
    },
    Defect {
        id: "unknown-token-type-is-access-token",
        kills: &["rfc8693-unknown-subject-type"],
        also: &[(
            "rfc8693-error-code-invalid-request",
            "what is accepted is not reported",
        )],
        seams: &[Seam::Facts(|context, facts| {
            let token = unknown(facts).filter(|token| token.declared.is_none());
            let named = facts.parameters.value("subject_token_type").is_some();
            if let Some(value) = token.filter(|_| named).map(|token| token.value.clone()) {
                let found = SecurityToken::find(context, &value, Some(ACCESS_TOKEN));
                with_subject(context, facts, found);
            }
        })],
    },
    Defect {
        id: "declared-token-type-not-compared",
        kills: &["rfc8693-subject-type-mismatch"],
        also: &[
            (
                "rfc8693-error-code-invalid-request",
                "what is accepted is not reported",
            ),
            (
                "rfc8693-unknown-subject-type",
                "SAML is a type of the RFC, and one that the server has none of",
            ),
        ],
        seams: &[Seam::Facts(|context, facts| {
            let token = unknown(facts).filter(|token| token.declared.is_some());
            if let Some(value) = token.map(|token| token.value.clone()) {
                let found = SecurityToken::find(context, &value, Some(ACCESS_TOKEN));
                with_subject(context, facts, found);
            }
        })],
    },
    Defect {
        id: "assertion-exchanged-as-access-token",
        kills: &["rfc8693-subject-type-mismatch"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let declared = Some(TokenType::AccessToken);
            let token = unknown(facts).filter(|token| token.declared == declared);
            if let Some(value) = token.map(|token| token.value.clone()) {
                let found = SecurityToken::find(context, &value, Some(JWT));
                with_subject(context, facts, found);
            }
        })],
    },
    Defect {
        id: "refresh-token-exchanged-as-access-token",
        kills: &["rfc8693-subject-type-mismatch"],
        also: &[],
        seams: &[Seam::Facts(access_of_refresh_token)],
    },
    Defect {
        id: "subject-token-claims-before-signature",
        kills: &["rfc8693-subject-token-forged"],
        also: &[(
            "rfc8693-error-code-invalid-request",
            "what is accepted is not reported",
        )],
        seams: &[Seam::Facts(found_by_jti)],
    },
    Defect {
        id: "exchanged-assertion-not-verified",
        kills: &["rfc8693-subject-token-forged"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let token = unknown(facts).filter(|token| token.declared == Some(TokenType::Jwt));
            let Some(mut token) = token.cloned() else {
                return;
            };
            let read = GrantAssertion::read(&token.value, &context.server.issuers);
            token.assertion = Some(read).filter(|read| read.issuer.is_some());
            with_subject(context, facts, token);
        })],
    },
    Defect {
        id: "exchange-renews-expired-tokens",
        kills: &["rfc8693-subject-token-expired"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::SubjectTokenActive,
            |_, facts| match facts.subject_token.as_ref().map(|token| token.state) {
                Some(TokenState::Revoked) => Err(INVALID_SUBJECT),
                Some(TokenState::Active | TokenState::Expired | TokenState::Unknown) | None => {
                    Ok(())
                }
            },
        )],
    },
    Defect {
        id: "exchange-of-revoked-grants",
        kills: &["rfc8693-subject-token-revoked"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::SubjectTokenActive,
            |_, facts| match facts.subject_token.as_ref().map(|token| token.state) {
                Some(TokenState::Expired) => Err(INVALID_SUBJECT),
                Some(TokenState::Active | TokenState::Revoked | TokenState::Unknown) | None => {
                    Ok(())
                }
            },
        )],
    },
    Defect {
        id: "presence-of-actor-token-is-enough",
        kills: &["rfc8693-actor-token-invalid"],
        also: &[(
            "rfc8693-error-code-invalid-request",
            "what is accepted is not reported",
        )],
        seams: &[
            Seam::Skip(CheckId::ActorTokenKnown),
            Seam::Skip(CheckId::ActorTokenActive),
        ],
    },
    Defect {
        id: "expired-actor-accepted",
        kills: &["rfc8693-actor-token-invalid"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ActorTokenActive)],
    },
    Defect {
        id: "actor-token-of-anybody",
        kills: &["rfc8693-actor-token-invalid"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ActorTokenBelongsToClient)],
    },
    Defect {
        id: "invalid-subject-token-is-invalid-grant",
        kills: &["rfc8693-error-code-invalid-request"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let bad = facts
                .subject_token
                .as_ref()
                .is_some_and(|token| token.state != TokenState::Active);
            let typed = facts.parameters.value("subject_token_type").is_some();
            if is_exchange(facts) && bad && typed && response.status == 400 {
                return response.edit(|members| {
                    members.insert("error".to_owned(), "invalid_grant".into());
                });
            }
            response
        })],
    },
    Defect {
        id: "subject-token-of-any-client",
        kills: &["rfc8693-foreign-subject-token"],
        also: &[(
            "rfc8693-bound-subject-token",
            "the bound token is of another client, which is all that kept it from being exchanged",
        )],
        seams: &[Seam::Skip(CheckId::SubjectTokenBelongsToClient)],
    },
    Defect {
        id: "subject-token-of-any-user-of-any-client",
        kills: &["rfc8693-foreign-subject-token"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::SubjectTokenBelongsToClient,
            |_, facts| {
                let record = facts
                    .subject_token
                    .as_ref()
                    .and_then(|it| it.access.as_ref());
                let own = facts
                    .client
                    .as_ref()
                    .zip(record)
                    .is_none_or(|(own, record)| {
                        // A token that no user stands behind is the client's own business.
                        own.id == record.client.id || record.grant.is_some()
                    });
                if own { Ok(()) } else { Err(INVALID_SUBJECT) }
            },
        )],
    },
    Defect {
        id: "may-act-not-read",
        kills: &["rfc8693-may-act-enforced"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ActorPermitted)],
    },
];

/// The subject token, if the server does not know it.
fn unknown(facts: &Facts) -> Option<&SecurityToken> {
    let token = facts.subject_token.as_ref()?;
    Some(token).filter(|token| !token.is_known())
}

/// Both kinds lie in one table, and the grant is all that is read of a row.
fn access_of_refresh_token(context: &Context<'_>, facts: &mut Facts) {
    let declared = Some(TokenType::AccessToken);
    let token = unknown(facts).filter(|token| token.declared == declared);
    let Some(mut token) = token.cloned() else {
        return;
    };
    let refresh = context.records.refresh_token(&token.value);
    token.access = refresh.and_then(|refresh| {
        context.find_access_token(|access| access.grant.as_ref() == Some(&refresh.grant))
    });
    if token.access.is_some() {
        with_subject(context, facts, token);
    }
}

/// The token is looked up by what it says about itself.
fn found_by_jti(context: &Context<'_>, facts: &mut Facts) {
    let typed = unknown(facts).filter(|token| {
        let declared = token.declared;
        declared == Some(TokenType::AccessToken) || declared == Some(TokenType::Jwt)
    });
    let Some(mut token) = typed.cloned() else {
        return;
    };
    let jws = Jws::parse(&token.value);
    let Some(jti) = jws.as_ref().and_then(|jws| jws.text("jti")) else {
        return;
    };
    token.access = context.find_access_token(|record| record.jti.as_deref() == Some(jti));
    with_subject(context, facts, token);
}
