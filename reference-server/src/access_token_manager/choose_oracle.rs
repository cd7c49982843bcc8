//! The choice compared with a naive oracle that shares no code with it: it works on lists of path segments, and
//! tries the documented order of decision literally. What it knows as one URI is spelled in many ways for the
//! matcher: letter case of scheme and host, the default port, dot segments, percent-encoding.

use proptest::prelude::*;

use super::*;
use crate::access_token_manager::{Match, ResourceUri};

/// A URI of a small world: two hosts, two ports, paths of up to three segments out of three.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Small {
    host: usize,
    port: usize,
    segments: Vec<usize>,
}

const SEGMENTS: [&str; 3] = ["a", "ab", "~b-"];

fn small() -> impl Strategy<Value = Small> {
    let port = prop_oneof![3 => Just(0usize), 1 => Just(1)];
    let segments = prop::collection::vec(0usize..SEGMENTS.len(), 0..4);
    (0usize..2, port, segments).prop_map(|(host, port, segments)| Small {
        host,
        port,
        segments,
    })
}

/// How a URI is written. Each number chooses a little; all zero is the plainest way.
#[derive(Clone, Debug)]
struct Spelling {
    scheme: usize,
    host: usize,
    port: usize,
    root: usize,
    detours: Vec<usize>,
    letters: Vec<usize>,
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let detours = prop::collection::vec(0usize..5, 4);
    let letters = prop::collection::vec(0usize..3, 12);
    (0usize..3, 0usize..4, 0usize..3, 0usize..4, detours, letters).prop_map(
        |(scheme, host, port, root, detours, letters)| Spelling {
            scheme,
            host,
            port,
            root,
            detours,
            letters,
        },
    )
}

impl Small {
    fn text(&self, way: &Spelling) -> String {
        let scheme = ["https", "HTTPS", "hTtPs"][way.scheme];
        let host = match way.host {
            0 => format!("h{}.example", self.host),
            1 => format!("H{}.EXAMPLE", self.host),
            2 => format!("%68{}.exa%6Dple", self.host),
            _ => format!("h{}.Ex%41mple", self.host),
        };
        let port = match self.port {
            0 => ["", ":443", ":"][way.port],
            _ => ":8443",
        };
        format!("{scheme}://{host}{port}{}", self.path(way))
    }

    fn path(&self, way: &Spelling) -> String {
        if self.segments.is_empty() {
            return ["", "/", "/.", "/x/%2e%2E"][way.root].to_owned();
        }
        let mut letters = way.letters.iter().cycle();
        let mut path = String::new();
        for (segment, detour) in self.segments.iter().zip(&way.detours) {
            path.push_str(["", "/.", "/x/..", "/%2E", "/x/y/../%2e."][*detour]);
            path.push('/');
            for letter in SEGMENTS[*segment].bytes() {
                match letters.next() {
                    Some(1) => path.push_str(&format!("%{letter:02x}")),
                    Some(2) => path.push_str(&format!("%{letter:02X}")),
                    Some(_) | None => path.push(char::from(letter)),
                }
            }
        }
        path
    }
}

/// What `aud` or a `resource` says: a URI, or nothing that is one.
#[derive(Clone, Debug)]
enum Named {
    Nonsense(&'static str),
    Uri(Small, Spelling),
}

impl Named {
    fn text(&self) -> String {
        match self {
            Self::Nonsense(text) => (*text).to_owned(),
            Self::Uri(uri, way) => uri.text(way),
        }
    }
}

fn named() -> impl Strategy<Value = Named> {
    let nonsense =
        prop::sample::select(vec!["h0.example/a", "/a", "https://h0.example/%zz", "a b"]);
    prop_oneof![
        1 => nonsense.prop_map(Named::Nonsense),
        19 => (small(), spelling()).prop_map(|(uri, way)| Named::Uri(uri, way)),
    ]
}

/// An instance: its URIs, its list of clients, the grants that it has a mapping for.
#[derive(Clone, Debug)]
struct SmallManager {
    uris: Vec<(Small, Spelling)>,
    clients: Option<Vec<&'static str>>,
    grants: Option<Vec<GrantType>>,
}

fn small_managers() -> impl Strategy<Value = Vec<SmallManager>> {
    let uris = prop::collection::vec((small(), spelling()), 0..3);
    let clients = prop::sample::select(vec![None, None, Some(vec![]), Some(vec!["x", "c"])]);
    let grants = prop::sample::select(vec![
        None,
        None,
        Some(vec![]),
        Some(vec![GrantType::AuthorizationCode]),
        Some(vec![
            GrantType::AuthorizationCode,
            GrantType::ClientCredentials,
        ]),
    ]);
    let one = (uris, clients, grants).prop_map(|(uris, clients, grants)| SmallManager {
        uris,
        clients,
        grants,
    });
    prop::collection::vec(one, 1..5)
}

/// What a request says, and who asks. Instances are numbers; a number that is too high is unknown.
#[derive(Clone, Debug)]
struct Asked {
    id: Option<usize>,
    aud: Option<Named>,
    resources: Vec<Named>,
    openid: bool,
    policy: Option<usize>,
    default: Option<usize>,
    installation: Option<usize>,
    restricted: bool,
    grant: GrantType,
}

fn asked() -> impl Strategy<Value = Asked> {
    let index = |weight| prop::option::weighted(weight, 0usize..6);
    let grants = vec![GrantType::AuthorizationCode, GrantType::ClientCredentials];
    let request = (
        index(0.2),
        prop::option::weighted(0.3, named()),
        prop_oneof![Just(Vec::new()), prop::collection::vec(named(), 0..4)],
    );
    let who = (
        any::<bool>(),
        index(0.5),
        index(0.5),
        index(0.7),
        prop::bool::weighted(0.3),
        prop::sample::select(grants),
    );
    (request, who).prop_map(
        |((id, aud, resources), (openid, policy, default, installation, restricted, grant))| {
            Asked {
                id,
                aud,
                resources,
                openid,
                policy,
                default,
                installation,
                restricted,
                grant,
            }
        },
    )
}

/// Which instances one URI leads to: longest configured list of segments that begins the requested.
fn best(managers: &[SmallManager], named: &Named) -> Vec<usize> {
    let Named::Uri(requested, _) = named else {
        return Vec::new();
    };
    for length in (0..=requested.segments.len()).rev() {
        let ancestor = Small {
            segments: requested.segments[..length].to_vec(),
            ..requested.clone()
        };
        let leads = |index: &usize| {
            managers[*index]
                .uris
                .iter()
                .any(|(uri, _)| *uri == ancestor)
        };
        let found: Vec<usize> = (0..managers.len()).filter(leads).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn oracle(managers: &[SmallManager], asked: &Asked) -> Choice<usize> {
    let may = |index: &usize| {
        let SmallManager {
            clients, grants, ..
        } = &managers[*index];
        clients.as_ref().is_none_or(|all| all.contains(&"c"))
            && grants.as_ref().is_none_or(|all| all.contains(&asked.grant))
            && (!asked.restricted || asked.default == Some(*index))
    };
    let first = |found: &[usize]| {
        let eligible = found.iter().copied().find(may);
        eligible.map_or(Choice::NotEligible(found[0]), Choice::Eligible)
    };
    let only = |index: usize, unknown: Abort| {
        if index < managers.len() {
            first(&[index])
        } else {
            Choice::None(unknown)
        }
    };
    if let Some(id) = asked.id {
        return only(id, Abort::UnknownId);
    }
    let uris: Vec<&Named> = match &asked.aud {
        Some(aud) => vec![aud],
        None => asked.resources.iter().collect(),
    };
    if !uris.is_empty() {
        return of_uris(managers, &uris, first);
    }
    let by_policy = asked.policy.filter(|_| asked.openid);
    match by_policy.or(asked.default).or(asked.installation) {
        Some(index) => only(index, Abort::NoDefault),
        None => Choice::None(Abort::NoDefault),
    }
}

/// All of them have to lead to one instance.
fn of_uris(
    managers: &[SmallManager],
    uris: &[&Named],
    first: impl Fn(&[usize]) -> Choice<usize>,
) -> Choice<usize> {
    let each: Vec<Vec<usize>> = uris.iter().map(|uri| best(managers, uri)).collect();
    // They are looked at in their order: what comes after an abort does not count.
    for (index, found) in each.iter().enumerate() {
        if found.is_empty() {
            return Choice::None(Abort::NoMatch);
        }
        let shared: Vec<usize> = (0..managers.len())
            .filter(|manager| each[..=index].iter().all(|set| set.contains(manager)))
            .collect();
        if index + 1 == each.len() && !shared.is_empty() {
            return first(&shared);
        }
    }
    Choice::None(Abort::Conflict)
}

fn built(index: usize, small: &SmallManager) -> Arc<Manager> {
    let uris: Vec<String> = small.uris.iter().map(|(uri, way)| uri.text(way)).collect();
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    let mut manager = manager(&index.to_string(), &uris);
    let clients = small.clients.as_ref();
    manager.clients = clients.map(|all| all.iter().map(|id| (*id).to_owned()).collect());
    manager.grants.clone_from(&small.grants);
    Arc::new(manager)
}

fn found(managers: &[Arc<Manager>], asked: &Asked) -> Choice<usize> {
    let name = |index: Option<usize>| index.map(|index| index.to_string());
    let (policy, default) = (name(asked.policy), name(asked.default));
    let installation = name(asked.installation);
    let asker = Asker {
        client: "c",
        default: default.as_deref(),
        restriction: match asked.restricted {
            true => Restriction::ToDefault,
            false => Restriction::None,
        },
        policy: policy.as_deref(),
        grant: asked.grant,
        openid: match asked.openid {
            true => OpenId::Asked,
            false => OpenId::NotAsked,
        },
    };
    let request = ManagerRequest {
        id: name(asked.id),
        aud: asked.aud.as_ref().map(Named::text),
        resources: asked.resources.iter().map(Named::text).collect(),
    };
    let number = |manager: &Arc<Manager>| manager.id.parse().unwrap();
    match choose(managers, installation.as_deref(), &request, &asker) {
        Choice::Eligible(manager) => Choice::Eligible(number(manager)),
        Choice::NotEligible(manager) => Choice::NotEligible(number(manager)),
        Choice::None(abort) => Choice::None(abort),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn choice_is_that_of_the_oracle(small in small_managers(), asked in asked()) {
        let managers: Vec<Arc<Manager>> = small
            .iter()
            .enumerate()
            .map(|(index, small)| built(index, small))
            .collect();
        prop_assert_eq!(found(&managers, &asked), oracle(&small, &asked));
    }

    #[test]
    fn spellings_of_one_uri_match_exactly_and_others_never(
        (one, other) in (small(), small()),
        (way, another) in (spelling(), spelling()),
    ) {
        let configured = ResourceUri::parse(&one.text(&way)).unwrap();
        let same = ResourceUri::parse(&one.text(&another)).unwrap();
        prop_assert_eq!(configured.matches(&same), Some(Match::Exact));
        let requested = ResourceUri::parse(&other.text(&another)).unwrap();
        let exact = configured.matches(&requested) == Some(Match::Exact);
        prop_assert_eq!(exact, one == other);
    }

    #[test]
    fn normal_form_is_stable(uri in "https?://[a-cA-C.]{1,6}(:[0-9]{1,4})?(/[a-b.%2eE/;]{0,8})?") {
        if let Some(parsed) = ResourceUri::parse(&uri) {
            prop_assert_eq!(parsed.matches(&parsed), Some(Match::Exact));
        }
    }
}

/// The strategies reach every branch: a world in which nothing ever matched would prove nothing.
#[test]
fn oracle_sees_every_outcome() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2000 {
        let small = small_managers().new_tree(&mut runner).unwrap().current();
        let asked = asked().new_tree(&mut runner).unwrap().current();
        let by_uri = asked.id.is_none() && (asked.aud.is_some() || !asked.resources.is_empty());
        seen.insert(match oracle(&small, &asked) {
            Choice::Eligible(_) => format!("eligible by URI: {by_uri}"),
            Choice::NotEligible(_) => format!("not eligible by URI: {by_uri}"),
            Choice::None(abort) => format!("{abort:?}"),
        });
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
}
