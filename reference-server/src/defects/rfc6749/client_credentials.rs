//! The client credentials grant (RFC 6749 §4.4).

use serde_json::Value;

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Facts, RequestedGrantType};
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType, Scope};
use crate::wire::basic::Authorization;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "public-client-credentials",
        kills: &["rfc6749-cc-public-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            allowed_unless(facts, is_of_public_client)
        })],
    },
    Defect {
        id: "public-client-with-empty-secret",
        kills: &["rfc6749-cc-public-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            allowed_unless(facts, |facts| {
                is_of_public_client(facts) && facts.parameters.count("client_secret") > 0
            })
        })],
    },
    Defect {
        id: "public-client-with-empty-password",
        kills: &["rfc6749-cc-public-client"],
        also: &[],
        seams: &[
            Seam::Facts(empty_password_is_absent),
            Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
                allowed_unless(facts, |facts| {
                    is_of_public_client(facts)
                        && matches!(facts.presented.authorization, Authorization::Basic(_))
                })
            }),
        ],
    },
    Defect {
        id: "public-client-credentials-invalid-request",
        kills: &["rfc6749-cc-public-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            if is_of_public_client(facts) {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "The client has no credentials",
                ));
            }
            allowed_unless(facts, |_| false)
        })],
    },
    Defect {
        id: "client-credentials-refresh-token",
        kills: &["rfc6749-cc-no-refresh-token"],
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            with_refresh_token(context, facts, response)
        })],
    },
    Defect {
        id: "client-credentials-offline-access",
        kills: &["rfc6749-cc-no-refresh-token"],
        also: &[],
        seams: &[
            Seam::Facts(offline_access_known),
            Seam::Response(|context, facts, response| {
                if asks_offline_access(facts) {
                    with_refresh_token(context, facts, response)
                } else {
                    response
                }
            }),
        ],
    },
];

/// Client credentials asked for by a client that has none.
fn is_of_public_client(facts: &Facts) -> bool {
    let client = facts.client.as_ref();
    facts.is_grant(GrantType::ClientCredentials)
        && client.is_some_and(|client| client.methods == [AuthenticationMethod::None])
}

/// The client may use the grant, or the condition excuses it.
fn allowed_unless(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let RequestedGrantType::Known(grant_type) = &facts.grant_type else {
        return Ok(());
    };
    let client = facts.client.as_ref();
    if client.is_none_or(|client| client.grants.contains(grant_type)) || excused(facts) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnauthorizedClient,
        "The client may not use this grant type",
    ))
}

/// An empty password equals the secret that a public client does not have.
fn empty_password_is_absent(context: &Context<'_>, facts: &mut Facts) {
    let Authorization::Basic(credentials) = &facts.presented.authorization else {
        return;
    };
    let public = facts
        .client
        .as_ref()
        .is_some_and(|client| client.methods == [AuthenticationMethod::None]);
    if public && credentials.secret.is_empty() {
        facts.methods.clear();
        facts.presented.client_id = Some(credentials.id.clone());
        resolve::grant(context, facts);
    }
}

fn with_refresh_token(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.is_grant(GrantType::ClientCredentials) || !response.is_token() {
        return response;
    }
    response.edit(|members| {
        let token = members.get("access_token").and_then(Value::as_str);
        let token = format!("r{}", token.unwrap_or_default().len());
        members.insert("refresh_token".to_owned(), Value::String(token));
    })
}

const OFFLINE_ACCESS: &str = "offline_access";

fn asks_offline_access(facts: &Facts) -> bool {
    let scope = facts.parameters.value("scope").unwrap_or_default();
    facts.is_grant(GrantType::ClientCredentials) && scope.split(' ').any(|it| it == OFFLINE_ACCESS)
}

/// The scope is taken for the wish that it is, whatever the grant.
fn offline_access_known(context: &Context<'_>, facts: &mut Facts) {
    if !asks_offline_access(facts) {
        return;
    }
    let scope = facts.requested_scope.clone().unwrap_or_default();
    let values = scope.values().filter(|value| *value != OFFLINE_ACCESS);
    let values: Vec<String> = values.map(str::to_owned).collect();
    facts.requested_scope = (!values.is_empty()).then(|| Scope::of(&values));
    resolve::grant(context, facts);
}
