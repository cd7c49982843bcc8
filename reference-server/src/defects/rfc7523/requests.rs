//! What stands beside the assertion in a request.

use super::row;
use super::sight::{by_secret, claim, is_tried, is_valid, jws, refuse_unless, take, take_if};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::jose::assertion::JWT_BEARER;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-not-wired-into-code-grant",
        &["rfc7523-accepted"],
        &[(
            "rfc7523-assertion-of-other-client",
            "the client is refused, and not the code of somebody else",
        )],
        &[Seam::Replace(CheckId::AssertionIdPresent, not_wired)],
    ),
    row(
        "client-assertion-refused-as-text",
        &["rfc7523-error-shape"],
        &[],
        &[Seam::Response(refused_as_text)],
    ),
    row(
        "client-assertion-refused-with-exception",
        &["rfc7523-error-no-oracle"],
        &[],
        &[Seam::Response(refused_with_exception)],
    ),
    row(
        "client-assertion-type-assumed",
        &["rfc7523-type-missing"],
        &[],
        &[Seam::Facts(|context, facts| {
            take_if(context, facts, |facts, _| {
                facts.presented.assertion_type.is_none() && is_valid(facts)
            });
        })],
    ),
    row(
        "client-assertion-type-by-substring",
        &["rfc7523-type-wrong"],
        &[],
        &[Seam::Facts(|context, facts| {
            take_if(context, facts, |facts, _| {
                let kind = facts
                    .presented
                    .assertion_type
                    .as_deref()
                    .unwrap_or_default();
                kind.contains("jwt-bearer") && kind != JWT_BEARER && is_valid(facts)
            });
        })],
    ),
    row(
        "client-assertion-may-be-missing",
        &["rfc7523-assertion-missing"],
        &[],
        &[Seam::Facts(may_be_missing)],
    ),
    row(
        "client-without-secret-is-public",
        &["rfc7523-no-authentication-at-all"],
        &[],
        &[Seam::Facts(without_secret_is_public)],
    ),
    row(
        "client-assertion-and-client-id-refused",
        &["rfc7523-client-id-optional"],
        &[],
        &[Seam::Replace(CheckId::AssertionIdPresent, |_, facts| {
            let id = jws(facts).and_then(|jws| jws.text("jti"));
            refuse_unless(
                id.is_some_and(|id| !id.is_empty()) && facts.presented.client_id.is_none(),
            )
        })],
    ),
    row(
        "client-assertion-client-id-not-compared",
        &["rfc7523-client-id-mismatch"],
        &[],
        &[Seam::Facts(|_, facts| {
            if is_tried(facts) && is_valid(facts) {
                facts.presented.client_id = None;
            }
        })],
    ),
    row(
        "client-assertion-last-one-read",
        &["rfc7523-two-assertions"],
        &[],
        &[Seam::Read(last_one_read)],
    ),
    row(
        "client-assertion-outweighs-basic",
        &["rfc7523-assertion-plus-basic"],
        &[],
        &[Seam::Facts(|_, facts| {
            outweighs(facts, AuthenticationMethod::ClientSecretBasic);
        })],
    ),
    row(
        "client-assertion-outweighs-secret",
        &["rfc7523-assertion-plus-secret"],
        &[],
        &[Seam::Facts(|_, facts| {
            outweighs(facts, AuthenticationMethod::ClientSecretPost);
        })],
    ),
    row(
        "secret-of-hmac-may-be-sent",
        &["rfc7523-method-downgrade"],
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            secret_may_be_sent,
        )],
    ),
    row(
        "client-assertion-of-nobody-is-500",
        &["rfc7523-unknown-client"],
        &[],
        &[Seam::Response(of_nobody_is_500)],
    ),
    row(
        "client-assertion-redeems-any-code",
        &["rfc7523-assertion-of-other-client"],
        &[],
        &[Seam::Replace(
            CheckId::CodeBelongsToClient,
            redeems_any_code,
        )],
    ),
];

fn not_wired(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let id = jws(facts).and_then(|jws| jws.text("jti"));
    let there = id.is_some_and(|id| !id.is_empty());
    refuse_unless(there && !facts.is_grant(GrantType::AuthorizationCode))
}

/// A filter in front of the endpoint writes its own refusals.
fn refused_as_text(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if response.status == 401 && is_tried(facts) {
        return response
            .without("Content-Type")
            .with("Content-Type", "text/plain");
    }
    response
}

fn refused_with_exception(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if response.status == 401 && is_tried(facts) {
        let body = String::from_utf8_lossy(&response.body);
        let told = "com.example.jose.BadJOSEException: Signed JWT rejected";
        let body = body.replace("Client authentication failed", told);
        return response.with_body(body);
    }
    response
}

fn may_be_missing(context: &Context<'_>, facts: &mut Facts) {
    let missing = facts.presented.assertion.is_none();
    take_if(context, facts, |facts, _| {
        missing && facts.presented.assertion_type.is_some()
    });
}

/// No secret is registered, so none is asked for.
fn without_secret_is_public(context: &Context<'_>, facts: &mut Facts) {
    let bare = facts.methods.is_empty() || facts.method() == AuthenticationMethod::None;
    let client = facts.client.clone().filter(|client| {
        bare && facts.authenticates() && client.secret.is_none() && !client.keys.is_empty()
    });
    if let Some(client) = client {
        take(context, facts, client);
    }
}

fn last_one_read(request: RawRequest) -> RawRequest {
    const NAMES: [&str; 2] = ["client_assertion", "client_assertion_type"];
    let form = request.form();
    if request.method != "POST" || NAMES.iter().all(|name| form.count(name) < 2) {
        return request;
    }
    request.edit_form(|form| {
        for name in NAMES {
            let last = form.values(name).last().map(str::to_owned);
            if let Some(last) = last {
                form.remove(name);
                form.push(name, &last);
            }
        }
    })
}

/// The other credentials are not looked at.
pub(super) fn outweighs(facts: &mut Facts, other: AuthenticationMethod) {
    if is_tried(facts) && is_valid(facts) {
        facts.methods.retain(|method| *method != other);
    }
}

fn secret_may_be_sent(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(client) = &facts.client else {
        return Ok(());
    };
    let sent = matches!(
        facts.method(),
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    );
    let registered = client.methods.contains(&facts.method());
    refuse_unless(registered || sent && by_secret(client))
}

fn of_nobody_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let iss = claim(facts, "iss");
    let named = jws(facts).is_some() && iss.is_some() && iss == claim(facts, "sub");
    let nobody = facts.client.is_none() && named;
    if nobody && response.status == 401 {
        return response.with_status(500);
    }
    response
}

fn redeems_any_code(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let owner = facts.code.as_ref().map(|code| &code.client.id);
    let own = facts.client.as_ref().map(|client| &client.id);
    let description = "The code was issued to another client";
    if owner.is_none() || owner == own || is_tried(facts) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, description))
}
