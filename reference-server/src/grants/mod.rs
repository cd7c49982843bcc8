//! What a client exchanges for a token: one grant, one file.

pub mod assertion_grant;
pub mod authorization_code;
pub mod ciba;
pub mod client_credentials;
pub mod device_code;
pub mod jwt_bearer;
pub mod password;
pub mod polled;
pub mod refresh_token;
pub mod saml2_bearer;
pub mod token_exchange;
pub mod validate_bearer;

use crate::checks::{CheckFn, CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, RequestedGrantType};
use crate::issue::{Issued, Mint};
use crate::vocabulary::{ErrorCode, GrantType};

/// A grant.
pub struct Grant {
    /// The value of `grant_type`.
    pub grant_type: GrantType,
    /// Looks up what the request presents, and what scope and subject follow from it.
    pub resolve: fn(&Context<'_>, &mut Facts),
    /// What has to hold.
    pub group: Group,
    /// Makes the answer and the changes of a request that passed.
    pub issue: fn(&Context<'_>, &Facts, &mut Mint<'_>) -> Issued,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.grant_type.as_str())
    }
}

/// All grants.
pub const GRANTS: &[Grant] = &[
    authorization_code::GRANT,
    ciba::GRANT,
    client_credentials::GRANT,
    device_code::GRANT,
    password::GRANT,
    refresh_token::GRANT,
    jwt_bearer::GRANT,
    saml2_bearer::GRANT,
    token_exchange::GRANT,
    validate_bearer::GRANT,
];

/// Which grant a token request asks for.
pub const GRANT_TYPE: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Token,
    checks: GRANT_TYPE_CHECKS,
};

const GRANT_TYPE_CHECKS: &[(CheckId, CheckFn)] = &[
    (CheckId::GrantTypePresent, grant_type_present),
    (CheckId::GrantTypeKnown, grant_type_known),
    (CheckId::GrantTypeAllowed, grant_type_allowed),
];

/// The grant that a request asks for; client credentials where it names none that is known, so that
/// a server without those checks issues.
#[must_use]
pub fn requested(facts: &Facts) -> &'static Grant {
    let wanted = match &facts.grant_type {
        RequestedGrantType::Known(grant_type) => *grant_type,
        RequestedGrantType::Omitted | RequestedGrantType::Unknown(_) => {
            GrantType::ClientCredentials
        }
    };
    let found = GRANTS.iter().find(|grant| grant.grant_type == wanted);
    found.unwrap_or(&client_credentials::GRANT)
}

/// What has to hold of something that is there.
fn require(holds: Option<bool>, refusal: Refusal) -> Result<(), Refusal> {
    if holds == Some(false) {
        Err(refusal)
    } else {
        Ok(())
    }
}

fn grant_type_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.grant_type == RequestedGrantType::Omitted {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "grant_type is missing",
        ));
    }
    Ok(())
}

/// A grant that no client may use is one that this server does not have.
pub(crate) fn grant_type_known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let is_served = match &facts.grant_type {
        RequestedGrantType::Known(grant_type) => context.server.registry.may(*grant_type),
        RequestedGrantType::Omitted => true,
        RequestedGrantType::Unknown(_) => false,
    };
    if is_served {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnsupportedGrantType,
        "The server does not know this grant type",
    ))
}

pub(crate) fn grant_type_allowed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match (&facts.grant_type, &facts.client) {
        (RequestedGrantType::Known(grant_type), Some(client))
            if !client.grants.contains(grant_type) =>
        {
            Err(Refusal::new(
                ErrorCode::UnauthorizedClient,
                "The client may not use this grant type",
            ))
        }
        (
            RequestedGrantType::Known(_)
            | RequestedGrantType::Omitted
            | RequestedGrantType::Unknown(_),
            Some(_) | None,
        ) => Ok(()),
    }
}
