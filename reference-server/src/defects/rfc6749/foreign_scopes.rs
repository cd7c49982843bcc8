//! Scope that some client may have, but not this one (RFC 6749 §3.3), where each grant checks by itself.

use super::scopes::known_to_some_client;
use crate::checks::CheckId;
use crate::checks::scope::{BEYOND_CLIENT, BEYOND_GRANT};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};

const RULE: &[&str] = &["rfc6749-scope-not-permitted"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "password-scope-list-of-client-ignored",
        kills: RULE,
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ScopeWithinOwner,
            known_to_some_client,
        )],
    },
    Defect {
        id: "refresh-scope-of-another-client",
        kills: RULE,
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ScopeWithinGrant,
            own_values_within_grant,
        )],
    },
    Defect {
        id: "device-scope-list-of-client-ignored",
        kills: RULE,
        also: &[],
        seams: &[Seam::Replace(
            CheckId::DeviceScopeWithinClient,
            known_to_some_client,
        )],
    },
    Defect {
        id: "backchannel-scope-list-of-client-ignored",
        kills: RULE,
        also: &[],
        seams: &[Seam::Replace(
            CheckId::BackchannelScopeFits,
            |context, facts| {
                if facts.endpoint == Endpoint::BackchannelAuthentication
                    && !facts.scope.contains("openid")
                {
                    return Err(BEYOND_CLIENT);
                }
                known_to_some_client(context, facts)
            },
        )],
    },
];

/// Values of the client's own list are compared with the grant, and others are only looked up in the list of all.
fn own_values_within_grant(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    known_to_some_client(context, facts).map_err(|_| BEYOND_GRANT)?;
    let own = facts.client.as_ref().map(|client| &client.scope);
    let mut values = facts.scope.values();
    let exceeds = |value: &str| {
        own.is_none_or(|own| own.contains(value)) && !facts.available_scope.contains(value)
    };
    if values.any(exceeds) {
        return Err(BEYOND_GRANT);
    }
    Ok(())
}
