//! Defects that rules of OAuth 2.1 notice.

use super::{Defect, Seam, row};
use crate::checks::CheckId;
use crate::context::Context;
use crate::endpoint;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::registry::{Client, PkceDemand};
use crate::state::{CodeRecord, StateChange, Usage};
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::response::Response;

use crate::defects::metadata::edit;

/// The rows.
pub(super) const DEFECTS: &[&[Defect]] = &[ROWS];

const ROWS: &[Defect] = &[
    row(
        "pkce-required-of-public-clients-only",
        &["oauth2.1-pkce-always"],
        &[(
            "oauth2.1-verifier-iff-challenge",
            "a code without a challenge can be had",
        )],
        &[Seam::Replace(CheckId::ChallengePresent, |_, facts| {
            challenge_of(facts, |public| public)
        })],
    ),
    row(
        "pkce-required-of-confidential-clients-only",
        &["oauth2.1-pkce-always"],
        &[],
        &[Seam::Replace(CheckId::ChallengePresent, |_, facts| {
            challenge_of(facts, |public| !public)
        })],
    ),
    row(
        "surplus-verifier-ignored",
        &["oauth2.1-verifier-iff-challenge"],
        &[(
            "oauth2.1-pkce-always",
            "a code without a challenge can be had",
        )],
        &[
            Seam::Skip(CheckId::ChallengePresent),
            Seam::Skip(CheckId::VerifierExpected),
        ],
    ),
    row(
        "verifier-left-out-served",
        &["oauth2.1-verifier-iff-challenge"],
        &[(
            "oauth2.1-code-replay-invalid-does-not-revoke",
            "a replay without verifier counts as good",
        )],
        &[Seam::Skip(CheckId::VerifierPresent)],
    ),
    row(
        "redirect-uri-asked-for-as-before",
        &["oauth2.1-no-redirect-uri-needed"],
        &[],
        &[Seam::Replace(
            CheckId::CodeRedirectUriPresent,
            |_, facts| match &facts.code {
                Some(code)
                    if code.redirect_uri.is_some()
                        && facts.parameters.value("redirect_uri").is_none() =>
                {
                    Err(INVALID_CODE)
                }
                Some(_) | None => Ok(()),
            },
        )],
    ),
    row(
        "redirect-uri-refused-as-unknown",
        &["oauth2.1-redirect-uri-still-allowed"],
        &[],
        &[Seam::Replace(
            CheckId::CodeRedirectUriPresent,
            |_, facts| match facts.parameters.value("redirect_uri") {
                Some(_) => Err(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "redirect_uri does not belong here",
                )),
                None => Ok(()),
            },
        )],
    ),
    row(
        "redirect-uri-ignored-altogether",
        &["oauth2.1-redirect-uri-enforced-when-sent"],
        &[],
        &[Seam::Skip(CheckId::CodeRedirectUriIdentical)],
    ),
    row(
        "redirect-uri-any-registered-one",
        &["oauth2.1-redirect-uri-enforced-when-sent"],
        &[],
        &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            |_, facts| {
                let named = facts.parameters.value("redirect_uri");
                match (named, &facts.code) {
                    (Some(named), Some(code))
                        if !code.client.redirect_uris.iter().any(|uri| uri == named) =>
                    {
                        Err(INVALID_CODE)
                    }
                    (Some(_) | None, Some(_) | None) => Ok(()),
                }
            },
        )],
    ),
    row(
        "body-credentials-unpublished",
        &["oauth2.1-secret-in-body"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                let basic = ["client_secret_basic", "private_key_jwt", "none"];
                members.insert(
                    "token_endpoint_auth_methods_supported".to_owned(),
                    basic.as_slice().into(),
                );
            })
        })],
    ),
    row(
        "any-replay-of-code-revokes",
        &["oauth2.1-code-replay-invalid-does-not-revoke"],
        &[],
        &[Seam::Changes(|context, facts, mut changes| {
            let used = facts
                .code
                .as_ref()
                .filter(|code| code.usage != Usage::Unused);
            if facts.is_grant(GrantType::AuthorizationCode) {
                changes.extend(used.map(|code| endpoint::revoke(context, code.value.clone())));
            }
            changes
        })],
    ),
    row(
        "replay-of-code-by-its-client-revokes",
        &["oauth2.1-code-replay-invalid-does-not-revoke"],
        &[],
        &[Seam::Changes(of_own_client)],
    ),
    row(
        "client-authentication-methods-unpublished",
        &["oauth2.1-secret-in-body"],
        &[],
        &[Seam::Response(|_, facts, response| {
            by_basic(facts, response)
        })],
    ),
];

/// A challenge is asked for of some clients only, by whether they are public.
fn challenge_of(facts: &Facts, asked: fn(bool) -> bool) -> Result<(), Refusal> {
    let absent = facts.parameters.value("code_challenge").is_none();
    let public = |client: &Client| client.methods.contains(&AuthenticationMethod::None);
    let required = facts
        .client
        .as_deref()
        .is_some_and(|client| client.pkce.demand == PkceDemand::Required && asked(public(client)));
    if absent && required {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "code_challenge is missing",
        ));
    }
    Ok(())
}

fn of_own_client(
    context: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let own = |code: &CodeRecord| {
        code.usage != Usage::Unused
            && facts
                .client
                .as_ref()
                .is_some_and(|it| it.id == code.client.id)
    };
    let used = facts.code.as_ref().filter(|code| own(code));
    if facts.is_grant(GrantType::AuthorizationCode) {
        changes.extend(used.map(|code| endpoint::revoke(context, code.value.clone())));
    }
    changes
}

/// The document speaks of Basic alone, and leaves out how else a secret is taken.
fn by_basic(facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    edit(facts, response, |members| {
        members.remove("token_endpoint_auth_methods_supported");
    })
}
