//! Resource indicators (RFC 8707): a request names the resources that its token is for, and the token is for
//! those. Where there are access token managers, `resource` chooses one of them instead.

use crate::access_token_manager::ResourceUri;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::{ErrorCode, GrantType, Scope};

/// A resource that tokens are issued for.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its URI, compared letter by letter.
    pub uri: String,
    /// The identifiers of the clients that may use it; none: all.
    pub clients: Option<Vec<String>>,
    /// The scope that means something there; none: all.
    pub scope: Option<Scope>,
}

/// Requests that may name resources: authorizations and token requests (RFC 8707 §2.1, §2.2). A token exchange has
/// targets of its own (RFC 8693 §2.1).
pub const GROUP: Group = Group {
    applies: |facts| match facts.endpoint {
        Endpoint::Authorization
        | Endpoint::BackchannelAuthentication
        | Endpoint::DeviceAuthorization
        | Endpoint::PushedAuthorization => true,
        Endpoint::Token => !facts.is_grant(GrantType::TokenExchange),
        Endpoint::BackchannelDecision
        | Endpoint::ClientConfiguration
        | Endpoint::DeviceVerification
        | Endpoint::Introspection
        | Endpoint::Jwks
        | Endpoint::Metadata
        | Endpoint::ProtectedResource
        | Endpoint::Registration
        | Endpoint::Revocation
        | Endpoint::Unknown => false,
    },
    checks: &[
        (CheckId::ResourceAbsolute, absolute),
        (CheckId::ResourceKnown, known),
        (CheckId::ResourcePermitted, permitted),
        (CheckId::ResourceGranted, within_grant),
        (CheckId::ResourceScopeLeft, scope_left),
    ],
};

/// The refusal of a resource, for whatever reason (RFC 8707 §2).
pub const INVALID_TARGET: Refusal = Refusal::new(
    ErrorCode::InvalidTarget,
    "The resource is missing, unknown, malformed or not for this client and grant",
);

/// Whether this server has resources of its own.
#[must_use]
pub fn are_served(context: &Context<'_>) -> bool {
    context.server.managers.is_empty() && !context.server.resources.is_empty()
}

/// The resources that a token of this request is for: those that it names, else those of its grant.
#[must_use]
pub fn requested<'f>(context: &Context<'_>, facts: &'f Facts) -> &'f [String] {
    if are_served(context) && (GROUP.applies)(facts) {
        &facts.manager_request.resources
    } else {
        &[]
    }
}

/// The resources that the authorization request named (RFC 8707 §2.2); none for a grant without one.
#[must_use]
pub fn granted(facts: &Facts) -> Option<&[String]> {
    if facts.is_grant(GrantType::AuthorizationCode) {
        Some(&facts.code.as_ref()?.manager.resources)
    } else if facts.is_grant(GrantType::RefreshToken) {
        Some(&facts.refresh_token.as_ref()?.resources)
    } else if facts.is_grant(GrantType::DeviceCode) || facts.is_grant(GrantType::Ciba) {
        Some(&facts.polled.as_ref()?.manager.resources)
    } else {
        None
    }
}

/// The resources that the refresh token of this request is good for: the whole grant, whatever the access token is for.
#[must_use]
pub fn renewable(context: &Context<'_>, facts: &Facts) -> Vec<String> {
    granted(facts)
        .unwrap_or_else(|| requested(context, facts))
        .to_vec()
}

/// The scope that means something at the resources of the request (RFC 8707 §2.2).
#[must_use]
pub fn scope(context: &Context<'_>, facts: &Facts) -> Scope {
    let wanted = requested(context, facts);
    let mut named = context
        .server
        .resources
        .iter()
        .filter(|resource| wanted.contains(&resource.uri))
        .peekable();
    if named.peek().is_none() {
        return facts.scope.clone();
    }
    let limits: Option<Vec<&Scope>> = named.map(|resource| resource.scope.as_ref()).collect();
    limits.map_or_else(
        || facts.scope.clone(),
        |limits| facts.scope.within_any(&limits),
    )
}

/// Each once, in order.
#[must_use]
pub fn distinct(values: &[String]) -> Vec<String> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(value.clone());
        }
    }
    seen
}

fn every(
    context: &Context<'_>,
    facts: &Facts,
    holds: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    if requested(context, facts).iter().all(|uri| holds(uri)) {
        Ok(())
    } else {
        Err(INVALID_TARGET)
    }
}

/// Whether it is an absolute URI without a fragment (RFC 8707 §2).
#[must_use]
pub fn is_absolute(uri: &str) -> bool {
    ResourceUri::parse(uri).is_some() && !uri.contains('#')
}

fn absolute(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    every(context, facts, is_absolute)
}

fn known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let resources = &context.server.resources;
    every(context, facts, |uri| {
        resources.iter().any(|resource| resource.uri == uri)
    })
}

pub(crate) fn permitted(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(client) = &facts.client else {
        return Ok(());
    };
    let bars = |resource: &Resource| {
        let clients = resource.clients.as_ref();
        clients.is_some_and(|clients| !clients.contains(&client.id))
    };
    let mut barred = context.server.resources.iter().filter(|it| bars(it));
    let barred: Vec<&str> = barred.by_ref().map(|it| it.uri.as_str()).collect();
    every(context, facts, |uri| !barred.contains(&uri))
}

pub(crate) fn within_grant(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(granted) = granted(facts) else {
        return Ok(());
    };
    every(context, facts, |uri| granted.iter().any(|own| own == uri))
}

fn scope_left(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    // An authorization may be for several resources, of which the scope of each is used later.
    let is_cut = facts.endpoint == Endpoint::Token
        && !facts.scope.is_empty()
        && scope(context, facts).is_empty();
    if is_cut {
        return Err(Refusal::new(
            ErrorCode::InvalidScope,
            "The scope means nothing at the resource",
        ));
    }
    Ok(())
}
