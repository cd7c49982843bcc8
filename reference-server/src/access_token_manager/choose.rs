//! The order of decision: identifier, `aud`, `resource`, policy, defaults.

use std::sync::Arc;

use super::{Manager, ManagerRequest, Match, ResourceUri};
use crate::registry::Restriction;
use crate::vocabulary::GrantType;

/// Who asks, and in which context.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The identifier of the client.
    pub client: &'a str,
    /// Its own default instance.
    pub default: Option<&'a str>,
    /// Whether it may use any other.
    pub restriction: Restriction,
    /// The instance of its OpenID Connect policy.
    pub policy: Option<&'a str>,
    /// The grant; for a refresh the one that the refresh token came from.
    pub grant: GrantType,
    /// Whether the granted scope has `openid`.
    pub openid: OpenId,
}

/// Whether a request is one of OpenID Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenId {
    /// Its scope has `openid`.
    Asked,
    /// It has not.
    NotAsked,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<T> {
    /// This instance, and the asker may use it.
    Eligible(T),
    /// The request leads to this instance, and the asker may not use it.
    NotEligible(T),
    /// The request leads nowhere.
    None(Abort),
}

/// Why a request leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// The values of `resource` lead to different instances.
    Conflict,
    /// There is no default.
    NoDefault,
    /// No configured URI matches `aud` or a `resource`.
    NoMatch,
    /// There is no instance with this identifier.
    UnknownId,
}

/// Chooses the instance for a request. Of several instances that fit equally well the first one in
/// the configuration that the asker may use is taken.
///
/// The URI is matched first and eligibility asked afterwards: a better match that the asker may not
/// use does not give way to a worse one.
#[must_use]
pub fn choose<'m>(
    managers: &'m [Arc<Manager>],
    installation_default: Option<&str>,
    request: &ManagerRequest,
    asker: &Asker<'_>,
) -> Choice<&'m Arc<Manager>> {
    let fitting = if let Some(id) = &request.id {
        named(managers, id, Abort::UnknownId)
    } else if let Some(aud) = &request.aud {
        best(managers, aud)
    } else if !request.resources.is_empty() {
        common(managers, &request.resources)
    } else if let (OpenId::Asked, Some(policy)) = (asker.openid, asker.policy) {
        named(managers, policy, Abort::NoDefault)
    } else if let Some(default) = asker.default.or(installation_default) {
        named(managers, default, Abort::NoDefault)
    } else {
        Err(Abort::NoDefault)
    };
    match fitting {
        Ok(fitting) => {
            let eligible = fitting.iter().find(|manager| is_eligible(manager, asker));
            match (eligible, fitting.first()) {
                (Some(manager), _) => Choice::Eligible(manager),
                (None, Some(manager)) => Choice::NotEligible(manager),
                (None, None) => Choice::None(Abort::NoMatch),
            }
        }
        Err(abort) => Choice::None(abort),
    }
}

/// Whether the instance may serve this client and grant.
#[must_use]
pub fn is_eligible(manager: &Manager, asker: &Asker<'_>) -> bool {
    let admitted = manager
        .clients
        .as_ref()
        .is_none_or(|clients| clients.iter().any(|client| client == asker.client));
    let mapped = manager
        .grants
        .as_ref()
        .is_none_or(|grants| grants.contains(&asker.grant));
    let within = match asker.restriction {
        Restriction::None => true,
        Restriction::ToDefault => asker.default == Some(manager.id.as_str()),
    };
    admitted && mapped && within
}

fn named<'m>(
    managers: &'m [Arc<Manager>],
    id: &str,
    abort: Abort,
) -> Result<Vec<&'m Arc<Manager>>, Abort> {
    managers
        .iter()
        .find(|manager| manager.id == id)
        .map(|manager| vec![manager])
        .ok_or(abort)
}

/// The instances whose best URI fits the requested one best.
fn best<'m>(managers: &'m [Arc<Manager>], requested: &str) -> Result<Vec<&'m Arc<Manager>>, Abort> {
    let requested = ResourceUri::parse(requested).ok_or(Abort::NoMatch)?;
    let fit = |manager: &Arc<Manager>| -> Option<Match> {
        manager
            .resources
            .iter()
            .filter_map(|(_, uri)| uri.matches(&requested))
            .max()
    };
    let top = managers
        .iter()
        .filter_map(fit)
        .max()
        .ok_or(Abort::NoMatch)?;
    Ok(managers
        .iter()
        .filter(|manager| fit(manager) == Some(top))
        .collect())
}

/// The instances to which every requested URI leads.
fn common<'m>(
    managers: &'m [Arc<Manager>],
    requested: &[String],
) -> Result<Vec<&'m Arc<Manager>>, Abort> {
    let mut all: Option<Vec<&Arc<Manager>>> = None;
    for uri in requested {
        let mut found = best(managers, uri)?;
        if let Some(before) = all {
            found.retain(|manager| before.iter().any(|other| other.id == manager.id));
        }
        all = Some(found);
    }
    all.filter(|found| !found.is_empty()).ok_or(Abort::Conflict)
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
