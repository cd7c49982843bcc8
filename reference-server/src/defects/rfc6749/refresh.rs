//! Refresh tokens (RFC 6749 §6).

use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::resolve;
use crate::vocabulary::Scope;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[Defect {
    id: "refresh-scope-of-client",
    kills: &["rfc6749-refresh-scope-not-extended"],
    also: &[],
    seams: &[Seam::Facts(refresh_scope_of_client)],
}];

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
