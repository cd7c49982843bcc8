//! Client credentials (RFC 6749 §4.4). No refresh token (§4.4.3).

use super::Grant;
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Renewal};
use crate::vocabulary::GrantType;

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::ClientCredentials,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::ClientCredentials),
        checks: &[(CheckId::ScopeWithinClient, scope::within_client)],
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
    facts.offer_scope_of_client();
    if let Some(client) = &facts.client {
        facts.subject = Some(client.id.clone());
    }
}
