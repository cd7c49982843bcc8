//! Client credentials (RFC 6749 §4.4). No refresh token (§4.4.3).

use super::Grant;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Renewal};
use crate::vocabulary::{ErrorCode, GrantType};

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::ClientCredentials,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::ClientCredentials),
        checks: &[(CheckId::ScopeWithinClient, scope_within_client)],
    },
    issue: |context, facts, mint| {
        let basis = Basis {
            grant: None,
            grant_type: GrantType::ClientCredentials,
            renewal: Renewal::None,
            id_token: IdToken::None,
            changes: Vec::new(),
        };
        issue::tokens(context, facts, mint, basis)
    },
};

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    if let Some(client) = &facts.client {
        facts.available_scope = client.scope.clone();
        facts.default_scope = client.default_scope.clone();
        facts.subject = Some(client.id.clone());
    }
}

fn scope_within_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.scope.is_within(&facts.available_scope) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidScope,
        "The scope has a value that the client may not have",
    ))
}
