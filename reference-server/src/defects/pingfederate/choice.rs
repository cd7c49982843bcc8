//! What the wrong choices of an access token manager share.

use std::sync::Arc;

use crate::access_token_manager::{Abort, Manager, ManagerRequest};
use crate::context::Context;
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::resolve;

/// What a request at the token endpoint itself names; none for every other request.
pub(super) fn asked(facts: &Facts) -> Option<ManagerRequest> {
    if facts.endpoint != Endpoint::Token {
        return None;
    }
    let own = |name: &str| facts.parameters.value(name).map(str::to_owned);
    let request = ManagerRequest {
        id: own("access_token_manager_id"),
        aud: own("aud"),
        resources: facts
            .parameters
            .values("resource")
            .map(str::to_owned)
            .collect(),
    };
    (!request.is_empty()).then_some(request)
}

/// The one URI that a request at the token endpoint asks for, where no identifier is beside it.
pub(super) fn asked_uri(facts: &Facts) -> Option<String> {
    let request = asked(facts)?;
    match (request.id, request.aud, request.resources.as_slice()) {
        (None, Some(aud), _) => Some(aud),
        (None, None, [only]) => Some(only.clone()),
        (_, _, _) => None,
    }
}

/// Where another request would lead.
pub(super) fn lead(context: &Context<'_>, facts: &Facts, to: ManagerRequest) -> ManagerChoice {
    let mut other = facts.clone();
    other.manager_request = to;
    resolve::manager(context, &mut other);
    other.manager
}

/// Chooses as for another request; the token is still for what was asked.
pub(super) fn choose_as(context: &Context<'_>, facts: &mut Facts, to: ManagerRequest) {
    facts.manager = lead(context, facts, to);
}

/// Where a single URI leads.
pub(super) fn by_uri(uri: &str) -> ManagerRequest {
    ManagerRequest {
        resources: vec![uri.to_owned()],
        ..ManagerRequest::default()
    }
}

/// Chooses this instance if the client may use it.
pub(super) fn take(context: &Context<'_>, facts: &mut Facts, manager: &Manager) {
    choose_as(context, facts, ManagerRequest::by_id(manager.id.clone()));
}

/// Chooses as if nothing had been asked for.
pub(super) fn fall_back(context: &Context<'_>, facts: &mut Facts) {
    choose_as(context, facts, ManagerRequest::default());
}

/// Whether the request leads nowhere, for this reason.
pub(super) fn aborted(facts: &Facts, why: Abort) -> bool {
    matches!(facts.manager, ManagerChoice::Aborted(found) if found == why)
}

/// The instance that the client may not use.
pub(super) fn barred(facts: &Facts) -> Option<Arc<Manager>> {
    match &facts.manager {
        ManagerChoice::NotEligible(manager) => Some(Arc::clone(manager)),
        ManagerChoice::Aborted(_) | ManagerChoice::Chosen(_) | ManagerChoice::Implicit => None,
    }
}

/// Whether there is an instance with this identifier.
pub(super) fn is_known(context: &Context<'_>, id: &str) -> bool {
    context
        .server
        .managers
        .iter()
        .any(|manager| manager.id == id)
}

/// Whether a parameter is there without a value.
pub(super) fn is_empty(facts: &Facts, name: &str) -> bool {
    facts.endpoint == Endpoint::Token
        && facts
            .parameters
            .pairs
            .iter()
            .any(|pair| pair.name == name && pair.value.is_empty())
}

/// The request leads nowhere.
pub(super) fn refuse(facts: &mut Facts) {
    facts.manager = ManagerChoice::Aborted(Abort::NoMatch);
}

/// Scheme, authority and the rest of a URI.
pub(super) fn split(uri: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}
