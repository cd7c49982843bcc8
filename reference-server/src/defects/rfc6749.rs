//! Defects that rules of RFC 6749 notice.

use std::time::Duration;

use serde_json::Value;

use super::{Commit, Defect, Seam};
use crate::checks::CheckId;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::issue::{Kind, Mint};
use crate::resolve;
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, Scope};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "code-reuse-accepted",
        kills: &["rfc6749-code-single-use"],
        also: &[
            (
                "rfc6749-code-single-use-race",
                "no use of a code is noticed, at once or later",
            ),
            (
                "rfc6749-code-reuse-revokes-access",
                "a reuse that is not noticed revokes nothing",
            ),
            (
                "rfc6749-code-reuse-revokes-refresh",
                "a reuse that is not noticed revokes nothing",
            ),
        ],
        seams: &[Seam::Skip(CheckId::CodeNotRedeemed)],
    },
    Defect {
        id: "code-read-then-marked",
        kills: &["rfc6749-code-single-use-race"],
        also: &[],
        seams: &[Seam::Commit(Commit::Window(Duration::from_millis(5)))],
    },
    Defect {
        id: "code-reuse-only-denied",
        kills: &[
            "rfc6749-code-reuse-revokes-access",
            "rfc6749-code-reuse-revokes-refresh",
        ],
        also: &[],
        seams: &[Seam::Changes(code_reuse_only_denied)],
    },
    Defect {
        id: "expires-in-quoted",
        kills: &["rfc6749-expires-in-is-number"],
        also: &[],
        seams: &[Seam::Response(expires_in_quoted)],
    },
    Defect {
        id: "access-token-is-counter",
        kills: &["rfc6749-access-token-entropy-128"],
        also: &[(
            "rfc6749-access-token-entropy-160",
            "a counter has no 160 bits either",
        )],
        seams: &[Seam::Mint(access_token_is_counter)],
    },
    Defect {
        id: "last-duplicate-wins",
        kills: &["rfc6749-duplicate-param-rejected"],
        also: &[(
            "form-urlencoded-duplicate-after-decoding",
            "a map that keeps the last value keeps it under the decoded name",
        )],
        seams: &[Seam::Read(last_duplicate_wins)],
    },
    Defect {
        id: "redirect-uri-by-prefix",
        kills: &["rfc6749-redirect-uri-identical"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            redirect_uri_by_prefix,
        )],
    },
    Defect {
        id: "refresh-scope-of-client",
        kills: &["rfc6749-refresh-scope-not-extended"],
        also: &[],
        seams: &[Seam::Facts(refresh_scope_of_client)],
    },
];

/// The replay is denied, but nothing is revoked.
fn code_reuse_only_denied(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if facts.endpoint == Endpoint::Token {
        changes.retain(|change| !matches!(change, StateChange::RevokeGrant { .. }));
    }
    changes
}

fn expires_in_quoted(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Token {
        return response;
    }
    response.edit(|members| {
        if let Some(seconds) = members.get("expires_in").map(Value::to_string) {
            members.insert("expires_in".to_owned(), Value::String(seconds));
        }
    })
}

fn access_token_is_counter(mint: &mut Mint<'_>, kind: Kind) -> String {
    match kind {
        Kind::AccessToken => format!("{:08}", mint.serial),
        Kind::AuthorizationCode | Kind::Jti | Kind::RefreshToken => mint.random(32),
    }
}

/// The form is read into a map, which keeps the last value of each name.
fn last_duplicate_wins(request: RawRequest) -> RawRequest {
    let form = request.form();
    if form.pairs.iter().all(|pair| form.count(&pair.name) == 1) {
        return request;
    }
    request.edit_form(|form| {
        let all = std::mem::take(&mut form.pairs);
        for pair in all {
            if pair.name != "resource" {
                form.remove(&pair.name);
            }
            form.pairs.push(pair);
        }
    })
}

fn redirect_uri_by_prefix(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let used = facts
        .code
        .as_ref()
        .and_then(|code| code.redirect_uri.as_deref());
    match (used, facts.parameters.value("redirect_uri")) {
        (Some(used), Some(named)) if !named.starts_with(used) => Err(Refusal::new(
            ErrorCode::InvalidGrant,
            "redirect_uri differs",
        )),
        (Some(_) | None, _) => Ok(()),
    }
}

/// The scope at refresh is compared with what the client may have, not with the grant.
fn refresh_scope_of_client(context: &Context<'_>, facts: &mut Facts) {
    if let (Some(_), Some(client)) = (&facts.refresh_token, &facts.client) {
        facts.available_scope = client.scope.clone();
        facts.default_scope = facts
            .refresh_token
            .as_ref()
            .map_or_else(Scope::default, |token| token.scope.clone());
        resolve::scope(context, facts);
    }
}
