//! Values of one kind taken for values of another (RFC 6749 §4.1.3, §6).

use std::sync::Arc;

use crate::access_token_manager::ManagerRequest;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Facts, TokenRecord};
use crate::pkce::{Challenge, ChallengeMethod, s256};
use crate::resolve;
use crate::state::{CodeRecord, RefreshRecord, Usage};
use crate::vocabulary::GrantType;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "access-token-refreshes",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(access_token_refreshes)],
    },
    Defect {
        id: "code-refreshes",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(code_refreshes)],
    },
    Defect {
        id: "access-token-redeems",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let found = |value: &str| context.records.access_token(value).map(TokenRecord::Access);
            token_redeems(context, facts, found);
        })],
    },
    Defect {
        id: "refresh-token-redeems",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let found = |value: &str| {
                context
                    .records
                    .refresh_token(value)
                    .map(TokenRecord::Refresh)
            };
            token_redeems(context, facts, found);
        })],
    },
    Defect {
        id: "challenge-redeems",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            pkce_value_redeems(context, facts, |sent, challenge| sent == challenge);
        })],
    },
    Defect {
        id: "verifier-redeems",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            pkce_value_redeems(context, facts, |sent, challenge| s256(sent) == challenge);
        })],
    },
    Defect {
        id: "refresh-token-is-secret",
        kills: &["rfc6749-grant-value-kind"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_or_refresh_token),
            Seam::Replace(CheckId::PostSecretMatches, secret_or_refresh_token),
        ],
    },
];

/// One validator for self-contained tokens: an access token is good as a refresh token.
fn access_token_refreshes(context: &Context<'_>, facts: &mut Facts) {
    let token = facts.parameters.value("refresh_token");
    let Some(token) = token.and_then(|value| context.records.access_token(value)) else {
        return;
    };
    let (Some(client), Some(grant)) = (&facts.client, &token.grant) else {
        return;
    };
    if facts.is_grant(GrantType::RefreshToken) && client.id == token.client.id {
        facts.refresh_token = context
            .find_refresh_token(|record| record.grant == *grant && record.usage == Usage::Unused);
        resolve::grant(context, facts);
    }
}

fn code_refreshes(context: &Context<'_>, facts: &mut Facts) {
    let code = facts.parameters.value("refresh_token");
    let Some(code) = code.and_then(|value| context.records.code(value)) else {
        return;
    };
    if facts.is_grant(GrantType::RefreshToken) {
        facts.refresh_token = Some(Arc::new(RefreshRecord {
            value: code.value.clone(),
            client: code.client.clone(),
            grant: code.value.clone(),
            scope: code.scope.clone(),
            subject: code.subject.clone(),
            manager: None,
            resources: code.manager.resources.clone(),
            certificate: None,
            issued: code.issued,
            serial: code.serial,
            expires: code.forgotten,
            usage: code.usage,
        }));
        resolve::grant(context, facts);
    }
}

/// One validator for self-contained tokens: who holds one has a grant, and the rest of the request
/// belongs to it.
fn token_redeems(
    context: &Context<'_>,
    facts: &mut Facts,
    find: impl Fn(&str) -> Option<TokenRecord>,
) {
    let presented = facts.parameters.value("code");
    let Some((value, token)) = presented.and_then(|value| Some((value, find(value)?))) else {
        return;
    };
    if facts.code.is_some() || !facts.is_grant(GrantType::AuthorizationCode) {
        return;
    }
    let (scope, subject, client) = match &token {
        TokenRecord::Access(record) => (&record.scope, &record.subject, &record.client),
        TokenRecord::Refresh(record) => (&record.scope, &record.subject, &record.client),
    };
    let verifier = facts.parameters.value("code_verifier");
    facts.code = Some(Arc::new(CodeRecord {
        value: value.to_owned(),
        client: client.clone(),
        redirect_uri: facts.parameters.value("redirect_uri").map(str::to_owned),
        scope: scope.clone(),
        challenge: verifier.map(|verifier| Challenge {
            value: s256(verifier),
            method: ChallengeMethod::S256,
        }),
        subject: subject.clone(),
        manager: ManagerRequest::default(),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(1),
        forgotten: context.now.plus(1),
        usage: Usage::Unused,
    }));
    resolve::grant(context, facts);
}

/// Codes are found by their challenge too.
fn pkce_value_redeems(context: &Context<'_>, facts: &mut Facts, same: fn(&str, &str) -> bool) {
    let Some(presented) = facts.parameters.value("code") else {
        return;
    };
    if facts.code.is_some() || !facts.is_grant(GrantType::AuthorizationCode) {
        return;
    }
    facts.code = context.find_code(|code| {
        let challenge = code.challenge.as_ref();
        challenge.is_some_and(|challenge| same(presented, &challenge.value))
    });
    resolve::grant(context, facts);
}

/// A live refresh token of the client is as good as its secret.
fn secret_or_refresh_token(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let (Some(client), Some(presented)) = (&facts.client, facts.presented.secret()) else {
        return Ok(());
    };
    let Some(secret) = &client.secret else {
        return Ok(());
    };
    let token = context.records.refresh_token(presented);
    let own = token.is_some_and(|token| token.client.id == client.id);
    if own || secret.matches(presented) {
        return Ok(());
    }
    Err(INVALID_CLIENT)
}
