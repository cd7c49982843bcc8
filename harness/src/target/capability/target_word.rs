//! Words that are properties of the target as a whole.

use crate::target::{AccessTokenManager, Allow, Target, resolve_atm};

pub(super) fn tls(target: &Target) -> bool {
    target.token_endpoint.is_https()
}

pub(super) fn slow(target: &Target) -> bool {
    target.clock.is_some() || target.allow.contains(&Allow::Slow)
}

pub(super) fn race(target: &Target) -> bool {
    target.limits.concurrency.get() > 1
}

/// A proxy for plain HTTP reads requests and writes them anew; through CONNECT they stay raw.
pub(super) fn raw_http(target: &Target) -> bool {
    target.proxy.is_none() || tls(target)
}

pub(super) fn two_resources(target: &Target) -> bool {
    target
        .resources
        .as_ref()
        .is_some_and(|resources| resources.allowed.len() > 1)
}

pub(super) fn resource_indicators(target: &Target) -> bool {
    target
        .resources
        .as_ref()
        .is_some_and(|resources| !resources.allowed.is_empty())
}

pub(super) fn foreign_resource(target: &Target) -> bool {
    target
        .resources
        .as_ref()
        .is_some_and(|resources| resources.foreign.is_some())
}

pub(super) fn exchange_audiences(target: &Target) -> bool {
    target
        .token_exchange
        .as_ref()
        .is_some_and(|exchange| !exchange.audiences.is_empty())
}

pub(super) fn openid(target: &Target) -> bool {
    has_scope(target, "openid")
}

pub(super) fn offline_access(target: &Target) -> bool {
    has_scope(target, "offline_access")
}

fn has_scope(target: &Target, wanted: &str) -> bool {
    target
        .clients
        .iter()
        .any(|client| client.scopes.iter().any(|scope| scope == wanted))
}

/// Two instances whose tokens can be told apart: with one, any choice would look right.
pub(super) fn atm_ids(target: &Target) -> bool {
    recognised(target).count() > 1
}

pub(super) fn atm_resource_uris(target: &Target) -> bool {
    atm_ids(target) && recognised(target).any(|manager| !manager.resources.is_empty())
}

/// A URI of one instance that would lead to another one, were it not there.
pub(super) fn atm_nested_uris(target: &Target) -> bool {
    let managers: Vec<&AccessTokenManager> = recognised(target).collect();
    managers.iter().any(|inner| {
        let others: Vec<AccessTokenManager> = managers
            .iter()
            .filter(|other| other.id != inner.id)
            .copied()
            .cloned()
            .collect();
        inner.resources.iter().any(|uri| {
            let exact = others.iter().any(|other| other.resources.contains(uri));
            !exact && !resolve_atm(&others, uri).is_empty()
        })
    })
}

pub(super) fn atm_shared_uri(target: &Target) -> bool {
    let managers = &target.access_token_managers;
    let all = managers.iter().flat_map(|manager| &manager.resources);
    all.into_iter()
        .any(|uri| resolve_atm(managers, uri).len() > 1)
}

pub(super) fn atm_default(target: &Target) -> bool {
    atm_ids(target)
        && target
            .clients
            .iter()
            .any(|client| target.default_manager(client).is_some())
}

pub(super) fn atm_ineligible(target: &Target) -> bool {
    let all = target.access_token_managers.len();
    target
        .clients
        .iter()
        .any(|client| target.eligible_managers(client).count() < all)
}

fn recognised(target: &Target) -> impl Iterator<Item = &AccessTokenManager> {
    target
        .access_token_managers
        .iter()
        .filter(|manager| manager.recognised_by.is_some())
}
