//! HTTP Basic (RFC 6749 §2.3.1).

use super::Method;
use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Facts, Presented};
use crate::vocabulary::AuthenticationMethod;
use crate::wire::basic::Authorization;

/// The method: any Authorization header is an attempt.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::ClientSecretBasic,
    presented: |presented| presented.authorization != Authorization::Absent,
    client_id,
    group: Group {
        applies: |facts| facts.authenticates_by(AuthenticationMethod::ClientSecretBasic),
        checks: &[
            (CheckId::AuthorizationWellFormed, authorization_well_formed),
            (CheckId::BasicSecretMatches, basic_secret_matches),
        ],
    },
};

fn client_id(presented: &Presented) -> Option<&str> {
    match &presented.authorization {
        Authorization::Basic(credentials) => Some(&credentials.id),
        Authorization::Absent
        | Authorization::Bearer(_)
        | Authorization::Broken(_)
        | Authorization::OtherScheme
        | Authorization::Repeated => None,
    }
}

fn authorization_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.presented.authorization {
        Authorization::Absent | Authorization::Basic(_) => Ok(()),
        Authorization::Bearer(_)
        | Authorization::Broken(_)
        | Authorization::OtherScheme
        | Authorization::Repeated => Err(INVALID_CLIENT),
    }
}

fn basic_secret_matches(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Authorization::Basic(credentials) = &facts.presented.authorization else {
        return Ok(());
    };
    match facts
        .client
        .as_ref()
        .and_then(|client| client.secret.as_ref())
    {
        Some(secret) if !secret.matches(&credentials.secret) => Err(INVALID_CLIENT),
        Some(_) | None => Ok(()),
    }
}
