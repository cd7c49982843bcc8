//! Tokens that are bound to a certificate, and what the metadata says of all this.

use std::sync::Arc;

use super::row;
use super::sight::has_certificate;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::jwt::{Claims, with_claims};
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord};
use crate::grants::refresh_token::INVALID_REFRESH_TOKEN;
use crate::registry::{Binding, Client};
use crate::state::{AccessRecord, StateChange};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::base64url;
use crate::wire::response::Response;
use crate::x509::certificate;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "thumbprint-with-padding",
        &["rfc8705-bound-token-thumbprint-value"],
        &[],
        &[Seam::Response(with_padding)],
    ),
    row(
        "thumbprint-of-digits-in-token",
        &["rfc8705-bound-token-thumbprint-value"],
        &[],
        &[
            Seam::Changes(|_, facts, changes| recorded(facts, changes, of_digits)),
            Seam::Response(|_, facts, response| answered(facts, response, of_digits)),
        ],
    ),
    row(
        "thumbprint-not-introspected",
        &["rfc8705-bound-token-introspection-cnf"],
        &[],
        &[Seam::Response(not_introspected)],
    ),
    row(
        "bound-token-type-mtls",
        &["rfc8705-bound-token-type-bearer"],
        &[],
        &[Seam::Response(type_mtls)],
    ),
    row(
        "bound-token-good-anywhere",
        &["rfc8705-bound-token-other-certificate"],
        &[],
        &[Seam::Skip(CheckId::BearerTokenBoundToCertificate)],
    ),
    row(
        "bound-token-good-for-subject",
        &["rfc8705-bound-token-other-certificate"],
        &[],
        &[Seam::Replace(
            CheckId::BearerTokenBoundToCertificate,
            good_for_subject,
        )],
    ),
    row(
        "refreshed-token-bound-to-first-certificate",
        &["rfc8705-refresh-rebinds-to-current-certificate"],
        &[],
        &[Seam::Changes(bound_to_first)],
    ),
    row(
        "token-of-code-not-bound",
        &["rfc8705-all-grants-bound"],
        &[],
        &[Seam::Changes(of_code_not_bound)],
    ),
    row(
        "thumbprint-not-in-token",
        &["rfc8705-bound-token-jwt-cnf"],
        &[(
            "rfc8705-bound-token-thumbprint-value",
            "there is no thumbprint in the token to look at, which is recorded",
        )],
        &[
            Seam::Changes(|_, facts, changes| recorded(facts, changes, without_cnf)),
            Seam::Response(|_, facts, response| answered(facts, response, without_cnf)),
        ],
    ),
    row(
        "bound-token-needs-certificate",
        &["rfc8705-bound-token-without-certificate"],
        &[],
        &[Seam::Response(needs_certificate)],
    ),
    row(
        "token-bound-to-certificate-seen-before",
        &["rfc8705-bound-token-without-certificate"],
        &[],
        &[Seam::Changes(bound_to_seen)],
    ),
    row(
        "refresh-token-of-public-client-not-bound",
        &["rfc8705-public-client-refresh-bound"],
        &[],
        &[Seam::Skip(CheckId::RefreshTokenBoundToCertificate)],
    ),
    row(
        "refresh-token-of-public-client-bound-if-presented",
        &["rfc8705-public-client-refresh-bound"],
        &[],
        &[Seam::Replace(
            CheckId::RefreshTokenBoundToCertificate,
            bound_if_presented,
        )],
    ),
    row(
        "metadata-alias-relative",
        &["rfc8705-alias-metadata-shape"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let base = context.server.mutual_tls.clone().unwrap_or_default();
            metadata(facts, response, &base, "")
        })],
    ),
    row(
        "metadata-alias-of-revocation-without-tls",
        &["rfc8705-alias-metadata-shape"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let base = context.server.mutual_tls.clone().unwrap_or_default();
            let own = format!("\"revocation_endpoint\":\"{base}");
            let plain = own.replace("https:", "http:");
            metadata(facts, response, &own, &plain)
        })],
    ),
    row(
        "metadata-alias-of-old-version",
        &["rfc8705-alias-token-endpoint"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let base = context.server.mutual_tls.clone().unwrap_or_default();
            let own = format!("\"token_endpoint\":\"{base}");
            metadata(facts, response, &own, &format!("{own}/v1"))
        })],
    ),
    row(
        "metadata-without-self-signed-method",
        &["rfc8705-metadata-auth-methods"],
        &[],
        &[Seam::Response(|_, facts, response| {
            metadata(facts, response, "\"self_signed_tls_client_auth\",", "")
        })],
    ),
    row(
        "metadata-without-tls-client-auth",
        &["rfc8705-metadata-auth-methods"],
        &[],
        &[Seam::Response(|_, facts, response| {
            metadata(facts, response, ",\"tls_client_auth\"", "")
        })],
    ),
    row(
        "metadata-bound-tokens-as-text",
        &["rfc8705-metadata-bound-tokens-flag"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let flag = "\"tls_client_certificate_bound_access_tokens\":";
            let own = format!("{flag}true");
            metadata(facts, response, &own, &format!("{flag}\"true\""))
        })],
    ),
];

fn with_padding(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    cnf(facts, response, |value| format!("{value}="))
}

/// Changes the thumbprint of an introspection answer.
fn cnf(facts: &Facts, response: Response, change: impl FnOnce(&str) -> String) -> Response {
    if facts.endpoint != Endpoint::Introspection {
        return response;
    }
    response.edit(|members| {
        let own = members.get("cnf").and_then(|cnf| cnf.get("x5t#S256"));
        let own = own.and_then(|own| own.as_str()).map(change);
        if let Some(changed) = own {
            let cnf = serde_json::json!({"x5t#S256": changed});
            members.insert("cnf".to_owned(), cnf);
        }
    })
}

fn not_introspected(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Introspection {
        return response;
    }
    response.edit(|members| {
        if let Some(cnf) = members.get_mut("cnf") {
            *cnf = serde_json::Value::from("x5t#S256");
        }
    })
}

fn type_mtls(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if response.is_token() && has_certificate(facts) {
        return response.edit(|members| {
            members.insert("token_type".to_owned(), "mtls".into());
        });
    }
    response
}

/// The thumbprint is copied from the first token of the grant.
fn bound_to_first(
    context: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if !facts.is_grant(GrantType::RefreshToken) {
        return changes;
    }
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change {
            let mut first: Option<Arc<AccessRecord>> = None;
            context.records.each_access_token(&mut |other| {
                let earlier = first.as_ref().is_none_or(|it| other.serial < it.serial);
                if other.grant == record.grant && earlier {
                    first = Some(Arc::clone(other));
                }
            });
            if let Some(first) = first {
                record.certificate.clone_from(&first.certificate);
            }
        }
    }
    changes
}

/// As an earlier token of the client is bound, if one is.
fn bound_to_earlier(
    context: &Context<'_>,
    client: &Client,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let earlier = context
        .find_access_token(|record| record.client.id == client.id && record.certificate.is_some());
    for change in &mut changes {
        if let (StateChange::AddAccessToken(record), Some(earlier)) = (change, &earlier) {
            record.certificate.clone_from(&earlier.certificate);
        }
    }
    changes
}

/// The token that is answered with, made anew.
fn answered(facts: &Facts, response: Response, make: fn(&mut Claims)) -> Response {
    if !response.is_token() || !has_certificate(facts) {
        return response;
    }
    response.edit(|members| {
        let token = members.get("access_token").and_then(|it| it.as_str());
        if let Some(token) = token.and_then(|token| with_claims(token, make)) {
            members.insert("access_token".to_owned(), token.into());
        }
    })
}

/// The same token in the store.
fn recorded(
    facts: &Facts,
    mut changes: Vec<StateChange>,
    make: fn(&mut Claims),
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change
            && has_certificate(facts)
            && let Some(token) = with_claims(&record.value, make)
        {
            record.value = token;
        }
    }
    changes
}

/// The binding is kept beside the token, and nothing in it says so.
fn without_cnf(claims: &mut Claims) {
    claims.remove("cnf");
}

/// The hash was written in hexadecimal before it was encoded.
fn of_digits(claims: &mut Claims) {
    let own = claims.get("cnf").and_then(|cnf| cnf.get("x5t#S256"));
    let own = own.and_then(|own| base64url::decode(own.as_str()?));
    if let Some(own) = own {
        let digits: String = own.iter().map(|octet| format!("{octet:02x}")).collect();
        let cnf = serde_json::json!({"x5t#S256": base64url::encode(digits.as_bytes())});
        claims.insert("cnf".to_owned(), cnf);
    }
}

/// The subject of the certificate is compared, which the next one has, too.
fn good_for_subject(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(TokenRecord::Access(record)) = &facts.token else {
        return Ok(());
    };
    let presented = facts.presented.certificates.first();
    let rule = record.client.certificate.as_ref();
    let is_of_client = presented.is_some_and(|leaf| rule.is_some_and(|rule| rule.matches(leaf)));
    if record.certificate.is_none() || is_of_client {
        return Ok(());
    }
    let description = "The access token is bound to another certificate";
    Err(Refusal::new(ErrorCode::InvalidToken, description))
}

/// As FAPI wants it: no token without its binding.
fn needs_certificate(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    const UNBOUND: Refusal =
        Refusal::new(ErrorCode::InvalidRequest, "The token would not be bound");
    let client = facts.client.as_ref();
    let bound = client.is_some_and(|client| client.binding == Binding::Certificate);
    if response.is_token() && bound && !has_certificate(facts) {
        return UNBOUND.render(context, facts);
    }
    response
}

/// The certificate is of the client, so it is kept with the client.
fn bound_to_seen(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    match &facts.client {
        Some(client) if !has_certificate(facts) => bound_to_earlier(context, client, changes),
        Some(_) | None => changes,
    }
}

/// Who presents none is taken for one who comes by another way.
fn bound_if_presented(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let presented = facts.presented.certificates.first();
    let presented = presented.map(|leaf| certificate::thumbprint(leaf));
    let bound = facts
        .refresh_token
        .as_ref()
        .map(|record| &record.certificate);
    match (bound, presented) {
        (Some(Some(own)), Some(presented)) if *own != presented => Err(INVALID_REFRESH_TOKEN),
        (_, _) => Ok(()),
    }
}

fn of_code_not_bound(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change
            && facts.is_grant(GrantType::AuthorizationCode)
        {
            record.certificate = None;
        }
    }
    changes
}

fn metadata(facts: &Facts, response: Response, from: &str, to: &str) -> Response {
    if facts.endpoint != Endpoint::Metadata || from.is_empty() {
        return response;
    }
    let body = String::from_utf8_lossy(&response.body).replace(from, to);
    response.with_body(body)
}
