//! Validation of access tokens, and the instance of an exchange.

use serde_json::{Map, Value};

use crate::checks::CheckId;
use crate::checks::client::authentication_method_registered;
use crate::context::Context;
use crate::defects::{Defect, Seam, secrets};
use crate::error::Refusal;
use crate::facts::{Facts, TokenRecord, TokenState};
use crate::grants::validate_bearer::INVALID_TOKEN;
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::response::Response;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "validation-gives-the-token-back",
        kills: &["pingfederate-validate-bearer"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let token = facts
                .parameters
                .value("token")
                .unwrap_or_default()
                .to_owned();
            edit(facts, response, |members| {
                members.insert("access_token".to_owned(), token.into());
            })
        })],
    },
    Defect {
        id: "validation-tells-full-lifetime",
        kills: &["pingfederate-validate-bearer"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let Some(TokenRecord::Access(record)) = &facts.token else {
                return response;
            };
            let lifetime = record.expires.since(record.issued);
            edit(facts, response, |members| {
                members.insert("expires_in".to_owned(), lifetime.into());
            })
        })],
    },
    Defect {
        id: "validation-names-the-resource-server",
        kills: &["pingfederate-validate-bearer"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let own = facts.client.as_ref().map(|client| client.id.clone());
            edit(facts, response, |members| {
                members.insert("client_id".to_owned(), own.into());
            })
        })],
    },
    Defect {
        id: "validation-of-anything",
        kills: &["pingfederate-validate-bearer-invalid"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ValidatedTokenKnown)],
    },
    Defect {
        id: "validation-of-nothing",
        kills: &["pingfederate-validate-bearer-invalid"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::ValidatedTokenPresent),
            Seam::Replace(CheckId::ValidatedTokenKnown, |_, facts| {
                let sent = facts.parameters.value("token").is_some();
                match &facts.token {
                    Some(TokenRecord::Refresh(_)) | None if sent => Err(INVALID_TOKEN),
                    Some(TokenRecord::Access(_) | TokenRecord::Refresh(_)) | None => Ok(()),
                }
            }),
        ],
    },
    Defect {
        id: "validation-of-the-last-token",
        kills: &["pingfederate-validate-bearer-invalid"],
        also: &[],
        seams: &[Seam::Read(|request| {
            let form = request.form();
            let validates = form.value("grant_type") == Some(GrantType::ValidateBearer.as_str());
            match form.values("token").last() {
                Some(last) if validates && form.count("token") > 1 => {
                    request.edit_form(|form| form.set("token", last))
                }
                Some(_) | None => request,
            }
        })],
    },
    Defect {
        id: "validation-of-revoked-tokens",
        kills: &["pingfederate-validate-bearer-invalid"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ValidatedTokenActive)],
    },
    Defect {
        id: "validation-fails-with-500",
        kills: &["pingfederate-validate-bearer-invalid"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let validates = facts.is_grant(GrantType::ValidateBearer);
            let unknown = facts.token.is_none() && facts.token_state == TokenState::Unknown;
            if validates && unknown && response.error().as_deref() == Some("invalid_grant") {
                return response.with_status(500);
            }
            response
        })],
    },
    Defect {
        id: "validation-by-every-client",
        kills: &["pingfederate-validate-bearer-not-for-everyone"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            let allowed = facts.client.as_ref().is_none_or(|client| {
                let mut grants = client.grants.iter();
                grants.any(|grant| facts.is_grant(*grant))
                    || facts.is_grant(GrantType::ValidateBearer)
            });
            if allowed {
                return Ok(());
            }
            Err(Refusal::new(
                ErrorCode::UnauthorizedClient,
                "The client may not use this grant type",
            ))
        })],
    },
    Defect {
        id: "validation-without-credentials",
        kills: &["pingfederate-validate-bearer-not-for-everyone"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |context, facts| {
                if is_validation(facts) && facts.method() == AuthenticationMethod::None {
                    return Ok(());
                }
                authentication_method_registered(context, facts)
            },
        )],
    },
    Defect {
        id: "validation-with-any-secret",
        kills: &["pingfederate-validate-bearer-not-for-everyone"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, any_secret),
            Seam::Replace(CheckId::PostSecretMatches, any_secret),
        ],
    },
    Defect {
        id: "validation-with-the-secret-of-anybody",
        kills: &["pingfederate-validate-bearer-not-for-everyone"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_of_anybody),
            Seam::Replace(CheckId::PostSecretMatches, secret_of_anybody),
        ],
    },
    Defect {
        id: "validation-by-any-instance",
        kills: &["pingfederate-validate-bearer-atm"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ValidatedTokenOfManager)],
    },
    Defect {
        id: "exchange-audience-leads-nowhere",
        kills: &["pingfederate-token-exchange-audience-atm"],
        also: &[],
        seams: &[Seam::Facts(audience_passed_over)],
    },
    Defect {
        id: "exchange-type-by-its-last-word",
        kills: &["pingfederate-token-exchange-types"],
        also: &[],
        seams: &[Seam::Read(|request| {
            let form = request.form();
            let named = form.value("subject_token_type");
            if named == Some("access_token") {
                return request.edit_form(|form| {
                    form.set(
                        "subject_token_type",
                        "urn:ietf:params:oauth:token-type:access_token",
                    );
                });
            }
            request
        })],
    },
];

fn is_validation(facts: &Facts) -> bool {
    facts.is_grant(GrantType::ValidateBearer)
}

/// No secret is compared for a validation.
fn any_secret(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| own.matches(sent) || is_validation(facts))
}

/// The secret is looked up by itself.
fn secret_of_anybody(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    secrets::compare(facts, |sent, own| {
        own.matches(sent) || is_validation(facts) && secrets::is_of_anybody(context, sent)
    })
}

fn edit(facts: &Facts, response: Response, edit: impl FnOnce(&mut Map<String, Value>)) -> Response {
    if facts.is_grant(GrantType::ValidateBearer) && response.status == 200 {
        response.edit(edit)
    } else {
        response
    }
}

/// The default instance issues, whoever is named as audience.
fn audience_passed_over(context: &Context<'_>, facts: &mut Facts) {
    let named = facts.parameters.value("audience").is_some();
    if named && facts.is_grant(GrantType::TokenExchange) {
        facts.manager_request = Default::default();
        resolve::scope(context, facts);
    }
}
