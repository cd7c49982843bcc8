//! Which access token manager a request leads to: the reference server's choice against a naive oracle, and its matching against
//! that of the harness, which shares no code with it.
//!
//! An input has a line for each thing: `manager URI...`, `closed URI...` (one that the client may not use), `id N`, `aud URI`,
//! `resource URI`. The managers are called 0, 1, 2, …; the first is the default.

use std::sync::Arc;

use serde_json::Map;
use tokenspec::target::{AccessTokenManager, resolve_atm};
use tokenspec_reference_server::access_token_manager::{
    Abort, Asker, Choice, Manager, ManagerRequest, OpenId, ResourceUri, TokenFormat, choose,
};
use tokenspec_reference_server::registry::Restriction;
use tokenspec_reference_server::resource_indicators::is_absolute;
use tokenspec_reference_server::vocabulary::GrantType;

use crate::naive::uri::{Fit, Uri};

/// The most of a kind that an input has.
const MOST: usize = 8;

/// What an input says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// The managers in order.
    pub managers: Vec<Configured>,
    /// `access_token_manager_id`.
    pub id: Option<String>,
    /// `aud`.
    pub aud: Option<String>,
    /// `resource`.
    pub resources: Vec<String>,
}

/// One manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// Its resource URIs.
    pub uris: Vec<String>,
    /// Whether the client may use it.
    pub is_open: bool,
}

/// One input of the fuzzer.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let world = World::read(text);
    for uri in world.uris() {
        let absolute = Uri::read(uri).is_some_and(|read| read.fragment.is_none());
        assert_eq!(
            is_absolute(uri),
            absolute,
            "absolute without a fragment: {uri:?}"
        );
    }
    check(&world, ours);
    harness_agrees(&world);
}

/// Holds a choice against the oracle.
///
/// # Panics
/// When it is another.
pub fn check(world: &World, choice: impl Fn(&World) -> Choice<usize>) {
    assert_eq!(choice(world), oracle(world), "{world:#?}");
}

impl World {
    /// Reads an input; lines that say nothing are passed over, and so are URIs that nobody could configure.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut world = Self::default();
        for line in text.split('\n') {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "manager" | "closed" if world.managers.len() < MOST => {
                    let uris = rest
                        .split(' ')
                        .filter(|uri| ResourceUri::parse(uri).is_some());
                    world.managers.push(Configured {
                        uris: uris.take(MOST).map(str::to_owned).collect(),
                        is_open: word == "manager",
                    });
                }
                "id" => world.id = Some(rest.to_owned()),
                "aud" => world.aud = Some(rest.to_owned()),
                "resource" if world.resources.len() < MOST => world.resources.push(rest.to_owned()),
                _ => {}
            }
        }
        world
    }

    fn uris(&self) -> impl Iterator<Item = &String> {
        let configured = self.managers.iter().flat_map(|manager| &manager.uris);
        configured.chain(&self.aud).chain(&self.resources)
    }
}

/// As the reference server chooses.
#[must_use]
pub fn ours(world: &World) -> Choice<usize> {
    let managers = managers(world);
    let request = ManagerRequest {
        id: world.id.clone(),
        aud: world.aud.clone(),
        resources: world.resources.clone(),
    };
    let asker = Asker {
        client: "c",
        default: None,
        restriction: Restriction::None,
        policy: None,
        grant: GrantType::ClientCredentials,
        openid: OpenId::NotAsked,
    };
    let place = |manager: &Arc<Manager>| manager.id.parse().unwrap_or(usize::MAX);
    match choose(&managers, Some("0"), &request, &asker) {
        Choice::Eligible(manager) => Choice::Eligible(place(manager)),
        Choice::NotEligible(manager) => Choice::NotEligible(place(manager)),
        Choice::None(abort) => Choice::None(abort),
    }
}

fn managers(world: &World) -> Vec<Arc<Manager>> {
    let manager = |(index, configured): (usize, &Configured)| {
        let resources = configured
            .uris
            .iter()
            .filter_map(|uri| Some((uri.clone(), ResourceUri::parse(uri)?)));
        Arc::new(Manager {
            id: index.to_string(),
            resources: resources.collect(),
            clients: (!configured.is_open).then(Vec::new),
            grants: None,
            format: TokenFormat::Opaque,
            lifetime: 600,
            claims: Map::new(),
            key: None,
        })
    };
    world.managers.iter().enumerate().map(manager).collect()
}

/// The order of decision, literally: identifier, `aud`, every `resource`, the default.
fn oracle(world: &World) -> Choice<usize> {
    if let Some(id) = &world.id {
        let known = (0..world.managers.len()).find(|index| index.to_string() == *id);
        return known.map_or(Choice::None(Abort::UnknownId), |index| {
            first(world, &[index])
        });
    }
    let requested: Vec<&String> = match &world.aud {
        Some(aud) => vec![aud],
        None => world.resources.iter().collect(),
    };
    if requested.is_empty() {
        return match world.managers.is_empty() {
            true => Choice::None(Abort::NoDefault),
            false => first(world, &[0]),
        };
    }
    let each: Vec<Vec<usize>> = requested.iter().map(|uri| best(world, uri)).collect();
    if each.iter().any(Vec::is_empty) {
        return Choice::None(Abort::NoMatch);
    }
    let all = 0..world.managers.len();
    let shared: Vec<usize> = all
        .filter(|index| each.iter().all(|set| set.contains(index)))
        .collect();
    match shared.is_empty() {
        true => Choice::None(Abort::Conflict),
        false => first(world, &shared),
    }
}

/// The managers whose best URI fits best.
fn best(world: &World, requested: &str) -> Vec<usize> {
    let Some(requested) = Uri::read(requested) else {
        return Vec::new();
    };
    let fit = |configured: &Configured| -> Option<Fit> {
        let uris = configured.uris.iter().filter_map(|uri| Uri::read(uri));
        uris.filter_map(|uri| uri.fit(&requested)).max()
    };
    let fits: Vec<Option<Fit>> = world.managers.iter().map(fit).collect();
    let top = fits.iter().flatten().max().copied();
    let found = fits
        .iter()
        .enumerate()
        .filter(|(_, fit)| fit.is_some() && **fit == top);
    found.map(|(index, _)| index).collect()
}

/// The first of these that the client may use; else the first that it may not.
fn first(world: &World, found: &[usize]) -> Choice<usize> {
    let is_open = |index: &&usize| world.managers.get(**index).is_some_and(|it| it.is_open);
    match (found.iter().find(is_open), found.first()) {
        (Some(open), _) => Choice::Eligible(*open),
        (None, Some(closed)) => Choice::NotEligible(*closed),
        (None, None) => Choice::None(Abort::NoMatch),
    }
}

/// The harness matches by text: where every URI is written in its normal form, the two agree.
fn harness_agrees(world: &World) {
    let Some(aud) = &world.aud else { return };
    if !world.uris().all(|uri| is_plain(uri)) {
        return;
    }
    let manager = |(index, configured): (usize, &Configured)| AccessTokenManager {
        id: index.to_string(),
        default: false,
        resources: configured.uris.clone(),
        clients: None,
        openid_clients: Vec::new(),
        recognised_by: None,
    };
    let managers: Vec<AccessTokenManager> =
        world.managers.iter().enumerate().map(manager).collect();
    let expected: Vec<String> = best(world, aud).iter().map(usize::to_string).collect();
    assert_eq!(
        resolve_atm(&managers, aud),
        expected,
        "the harness: {world:#?}"
    );
}

/// Whether a URI is written as its normal form: an authority of letters, digits, dots and a port that is none of the defaults, and
/// segments with something in them.
fn is_plain(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let mut segments = rest.split(['/', '?']);
    let authority = segments.next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let is_default =
        authority.ends_with(":443") || authority.ends_with(":80") || authority.ends_with(':');
    Uri::read(uri).is_some()
        && scheme.chars().all(plain)
        && !is_default
        && authority.chars().all(|c| plain(c) || ".:".contains(c))
        && segments.all(|segment| !segment.is_empty() && segment.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = "manager https://h\nmanager https://h/x/y\nclosed https://h/x https://other\nmanager https://other";

    fn choice(request: &str) -> Choice<usize> {
        let world = World::read(&format!("{WORLD}\n{request}"));
        fuzz(format!("{WORLD}\n{request}").as_bytes());
        oracle(&world)
    }

    #[test]
    fn oracle_decides_as_documented() {
        assert_eq!(choice(""), Choice::Eligible(0));
        assert_eq!(choice("aud https://h/x/y/z"), Choice::Eligible(1));
        assert_eq!(choice("aud https://h/x/z"), Choice::NotEligible(2));
        assert_eq!(choice("aud https://other/z"), Choice::Eligible(3));
        assert_eq!(
            choice("resource https://h/z\nresource https://h/x/y"),
            Choice::None(Abort::Conflict)
        );
        assert_eq!(choice("resource urn:x"), Choice::None(Abort::NoMatch));
        assert_eq!(choice("id 1\naud nonsense"), Choice::Eligible(1));
        assert_eq!(choice("id 9"), Choice::None(Abort::UnknownId));
    }

    #[test]
    #[should_panic(expected = "https://h/xy")]
    fn matching_by_prefix_is_found() {
        let world = World::read("manager\nmanager https://h/x\naud https://h/xy");
        check(&world, |_| Choice::Eligible(1));
    }
}
