//! What a request for an exchange has to have, and who may send one.

use super::is_exchange;
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::grants;
use crate::vocabulary::{AuthenticationMethod, ErrorCode};
use crate::wire::form::Form;
use crate::wire::raw_request::RawRequest;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "client-is-the-subject-without-token",
        kills: &["rfc8693-missing-subject-token"],
        also: &[],
        seams: &[Seam::Skip(CheckId::SubjectTokenPresent)],
    },
    Defect {
        id: "subject-token-type-guessed",
        kills: &["rfc8693-missing-subject-token-type"],
        also: &[],
        seams: &[Seam::Read(|request| {
            exchange(request, |form| {
                if form.value("subject_token_type").is_none() {
                    form.set("subject_token_type", ACCESS_TOKEN);
                }
            })
        })],
    },
    Defect {
        id: "subject-token-type-missing-is-500",
        kills: &["rfc8693-missing-subject-token-type"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let named = facts.parameters.value("subject_token_type").is_some();
            if is_exchange(facts) && !named && response.status == 400 {
                return response.with_status(500);
            }
            response
        })],
    },
    Defect {
        id: "actor-without-type-dropped",
        kills: &["rfc8693-actor-token-without-type"],
        also: &[],
        seams: &[Seam::Read(|request| {
            exchange(request, |form| {
                if form.value("actor_token_type").is_none() {
                    form.remove("actor_token");
                }
            })
        })],
    },
    Defect {
        id: "actor-type-alone-ignored",
        kills: &["rfc8693-actor-type-without-token"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ActorTokenComplete)],
    },
    Defect {
        id: "requested-token-type-ignored",
        kills: &["rfc8693-unsupported-requested-type"],
        also: &[],
        seams: &[Seam::Read(|request| {
            exchange(request, |form| form.remove("requested_token_type"))
        })],
    },
    Defect {
        id: "exchange-for-any-target",
        kills: &["rfc8693-invalid-target"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ExchangeTargetKnown)],
    },
    Defect {
        id: "exchange-targets-not-repeatable",
        kills: &["rfc8693-multiple-targets"],
        also: &[(
            "rfc8693-invalid-target",
            "two audiences are refused with another code",
        )],
        seams: &[Seam::Replace(CheckId::SubjectTokenPresent, |_, facts| {
            let count = |name: &str| facts.parameters.count(name);
            let once = count("audience") < 2 && count("resource") < 2;
            if once && facts.parameters.value("subject_token").is_some() {
                return Ok(());
            }
            Err(Refusal::new(
                ErrorCode::InvalidRequest,
                "A parameter is missing or repeated",
            ))
        })],
    },
    Defect {
        id: "exchange-resource-without-its-fragment",
        kills: &["rfc8693-resource-syntax"],
        also: &[],
        seams: &[Seam::Read(|request| {
            exchange(request, |form| {
                let resources: Vec<String> = form.values("resource").map(str::to_owned).collect();
                if resources.iter().any(|uri| uri.contains('#')) {
                    form.remove("resource");
                    for uri in resources {
                        form.push("resource", uri.split('#').next().unwrap_or_default());
                    }
                }
            })
        })],
    },
    Defect {
        id: "exchange-widens-scope",
        kills: &["rfc8693-scope-not-widened"],
        also: &[(
            "rfc8693-scope-when-different",
            "the scope that nobody has is granted",
        )],
        seams: &[Seam::Skip(CheckId::ScopeWithinExchange)],
    },
    Defect {
        id: "exchange-without-authentication",
        kills: &["rfc8693-client-authorised"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| {
                let method = facts.method();
                let registered = facts
                    .client
                    .as_ref()
                    .is_none_or(|client| client.methods.contains(&method));
                let excused = is_exchange(facts) && method == AuthenticationMethod::None;
                if registered || excused {
                    return Ok(());
                }
                Err(crate::checks::client::INVALID_CLIENT)
            },
        )],
    },
    Defect {
        id: "exchange-for-every-client",
        kills: &["rfc8693-client-authorised"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            let allowed = facts.client.as_ref().is_none_or(|client| {
                let mut grants = client.grants.iter();
                grants.any(|grant| facts.is_grant(*grant)) || is_exchange(facts)
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
        id: "exchange-for-public-clients",
        kills: &["rfc8693-client-authorised"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| {
                if is_exchange(facts) && facts.method() == AuthenticationMethod::None {
                    return Ok(());
                }
                grants::grant_type_allowed(context, facts)
            },
        )],
    },
];

/// Changes the form of a request for an exchange.
fn exchange(request: RawRequest, edit: impl FnOnce(&mut Form)) -> RawRequest {
    let grant_type = request.form().value("grant_type").map(str::to_owned);
    if grant_type.is_some_and(|grant_type| grant_type.ends_with(":token-exchange")) {
        return request.edit_form(edit);
    }
    request
}
