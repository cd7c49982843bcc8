//! Tables from the documentation, and a comparison with a naive oracle that shares no code with the
//! matcher: it works on lists of path segments and tries every order of decision literally.

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::access_token_manager::TokenFormat;

fn manager(id: &str, resources: &[&str]) -> Manager {
    Manager {
        id: id.to_owned(),
        resources: resources
            .iter()
            .map(|uri| ((*uri).to_owned(), ResourceUri::parse(uri).unwrap()))
            .collect(),
        clients: None,
        grants: None,
        format: TokenFormat::Opaque,
        lifetime: 600,
        claims: Map::new(),
        key: None,
    }
}

const ASKER: Asker<'static> = Asker {
    client: "c",
    default: None,
    restriction: Restriction::None,
    policy: None,
    grant: GrantType::ClientCredentials,
    openid: OpenId::NotAsked,
};

fn managers() -> Vec<Arc<Manager>> {
    let mut list = vec![
        manager("root", &["https://h"]),
        manager("deep", &["https://h/x/y"]),
        manager("middle", &["https://h/x", "https://other"]),
        manager("listed", &["https://h/x/closed"]),
        manager("shared", &["https://other"]),
        manager("mapped", &["https://mapped"]),
    ];
    list[3].clients = Some(vec!["someone".to_owned()]);
    list[5].grants = Some(vec![GrantType::AuthorizationCode]);
    list.into_iter().map(Arc::new).collect()
}

fn check_as(asker: &Asker<'_>, request: &ManagerRequest, expect: Choice<&str>) {
    let managers = managers();
    let found = match choose(&managers, Some("root"), request, asker) {
        Choice::Eligible(manager) => Choice::Eligible(manager.id.as_str()),
        Choice::NotEligible(manager) => Choice::NotEligible(manager.id.as_str()),
        Choice::None(abort) => Choice::None(abort),
    };
    assert_eq!(found, expect, "{request:?}");
}

fn aud(uri: &str) -> ManagerRequest {
    ManagerRequest {
        aud: Some(uri.to_owned()),
        ..ManagerRequest::default()
    }
}

fn resources(uris: &[&str]) -> ManagerRequest {
    ManagerRequest {
        resources: uris.iter().map(|uri| (*uri).to_owned()).collect(),
        ..ManagerRequest::default()
    }
}

#[test]
fn exact_beats_partial_and_the_most_specific_partial_wins() {
    for (uri, expect) in [
        ("https://h", "root"),
        ("https://h/z", "root"),
        ("https://h/xy", "root"),
        ("https://h/x", "middle"),
        ("https://h/x/z", "middle"),
        ("https://h/x/y", "deep"),
        ("https://h/x/y/z", "deep"),
        ("https://other/a", "middle"),
    ] {
        check_as(&ASKER, &aud(uri), Choice::Eligible(expect));
        check_as(&ASKER, &resources(&[uri]), Choice::Eligible(expect));
    }
}

#[test]
fn identifier_beats_aud_and_aud_beats_resource() {
    let all = ManagerRequest {
        id: Some("deep".to_owned()),
        aud: Some("https://h/x".to_owned()),
        resources: vec!["nonsense".to_owned()],
    };
    check_as(&ASKER, &all, Choice::Eligible("deep"));
    check_as(
        &ASKER,
        &ManagerRequest {
            id: None,
            ..all.clone()
        },
        Choice::Eligible("middle"),
    );
    let unknown = ManagerRequest {
        id: Some("Deep".to_owned()),
        ..all
    };
    check_as(&ASKER, &unknown, Choice::None(Abort::UnknownId));
}

#[test]
fn several_resources_have_to_lead_to_one_instance() {
    let same = resources(&["https://h/x/a", "https://other/b", "https://other/b"]);
    check_as(&ASKER, &same, Choice::Eligible("middle"));
    let differ = resources(&["https://h/z", "https://h/x/z"]);
    check_as(&ASKER, &differ, Choice::None(Abort::Conflict));
    let unknown = resources(&["https://h/z", "https://nowhere"]);
    check_as(&ASKER, &unknown, Choice::None(Abort::NoMatch));
}

#[test]
fn eligibility_is_asked_after_the_match() {
    check_as(
        &ASKER,
        &aud("https://h/x/closed/a"),
        Choice::NotEligible("listed"),
    );
    check_as(
        &ASKER,
        &ManagerRequest::by_id("listed".to_owned()),
        Choice::NotEligible("listed"),
    );
    check_as(
        &ASKER,
        &ManagerRequest::by_id("mapped".to_owned()),
        Choice::NotEligible("mapped"),
    );
    let code = Asker {
        grant: GrantType::AuthorizationCode,
        ..ASKER
    };
    check_as(&code, &aud("https://mapped"), Choice::Eligible("mapped"));
}

#[test]
fn policy_and_defaults_count_without_parameters() {
    let none = ManagerRequest::default();
    check_as(&ASKER, &none, Choice::Eligible("root"));
    let own = Asker {
        default: Some("deep"),
        policy: Some("shared"),
        ..ASKER
    };
    check_as(&own, &none, Choice::Eligible("deep"));
    let openid = Asker {
        openid: OpenId::Asked,
        ..own
    };
    check_as(&openid, &none, Choice::Eligible("shared"));
    check_as(&openid, &aud("https://h/x"), Choice::Eligible("middle"));
}

#[test]
fn restricted_client_reaches_its_default_alone() {
    let restricted = Asker {
        default: Some("deep"),
        restriction: Restriction::ToDefault,
        ..ASKER
    };
    check_as(
        &restricted,
        &ManagerRequest::default(),
        Choice::Eligible("deep"),
    );
    check_as(&restricted, &aud("https://h/x/y"), Choice::Eligible("deep"));
    check_as(
        &restricted,
        &aud("https://h/x"),
        Choice::NotEligible("middle"),
    );
}

/// A URI of a small world: two hosts, paths of up to three segments out of two letters.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Small {
    host: usize,
    segments: Vec<usize>,
}

impl Small {
    fn text(&self) -> String {
        let mut text = format!("https://h{}", self.host);
        for segment in &self.segments {
            text.push_str(["/a", "/ab"][*segment]);
        }
        text
    }
}

fn small() -> impl Strategy<Value = Small> {
    (0usize..2, prop::collection::vec(0usize..2, 0..3))
        .prop_map(|(host, segments)| Small { host, segments })
}

#[derive(Clone, Debug)]
struct SmallManager {
    uris: Vec<Small>,
    open: bool,
}

fn small_managers() -> impl Strategy<Value = Vec<SmallManager>> {
    let one = (prop::collection::vec(small(), 0..3), any::<bool>())
        .prop_map(|(uris, open)| SmallManager { uris, open });
    prop::collection::vec(one, 1..5)
}

/// Which instances one URI leads to: longest configured list of segments that begins the requested.
fn oracle_best(managers: &[SmallManager], requested: &Small) -> Vec<usize> {
    for length in (0..=requested.segments.len()).rev() {
        let ancestor = Small {
            host: requested.host,
            segments: requested.segments[..length].to_vec(),
        };
        let found: Vec<usize> = (0..managers.len())
            .filter(|index| managers[*index].uris.contains(&ancestor))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn oracle(
    managers: &[SmallManager],
    id: Option<usize>,
    aud: Option<&Small>,
    resources: &[Small],
) -> Choice<usize> {
    let eligible_first = |found: Vec<usize>| {
        let open = found.iter().copied().find(|index| managers[*index].open);
        open.map_or(Choice::NotEligible(found[0]), Choice::Eligible)
    };
    if let Some(id) = id {
        return if id < managers.len() {
            eligible_first(vec![id])
        } else {
            Choice::None(Abort::UnknownId)
        };
    }
    let requested: Vec<&Small> = aud.map_or(resources.iter().collect(), |aud| vec![aud]);
    let each: Vec<Vec<usize>> = requested
        .iter()
        .map(|uri| oracle_best(managers, uri))
        .collect();
    if each.is_empty() {
        return eligible_first(vec![0]);
    }
    if each.iter().any(Vec::is_empty) {
        return Choice::None(Abort::NoMatch);
    }
    let shared: Vec<usize> = (0..managers.len())
        .filter(|index| each.iter().all(|set| set.contains(index)))
        .collect();
    if shared.is_empty() {
        Choice::None(Abort::Conflict)
    } else {
        eligible_first(shared)
    }
}

proptest! {
    #[test]
    fn choice_is_that_of_the_oracle(
        small_managers in small_managers(),
        id in prop::option::weighted(0.2, 0usize..6),
        aud in prop::option::weighted(0.4, small()),
        resources in prop::collection::vec(small(), 0..4),
    ) {
        let managers: Vec<Arc<Manager>> = small_managers
            .iter()
            .enumerate()
            .map(|(index, small)| {
                let uris: Vec<String> = small.uris.iter().map(Small::text).collect();
                let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
                let mut manager = manager(&index.to_string(), &uris);
                manager.clients = (!small.open).then(Vec::new);
                Arc::new(manager)
            })
            .collect();
        let request = ManagerRequest {
            id: id.map(|id| id.to_string()),
            aud: aud.as_ref().map(Small::text),
            resources: resources.iter().map(Small::text).collect(),
        };
        let found = match choose(&managers, Some("0"), &request, &ASKER) {
            Choice::Eligible(manager) => Choice::Eligible(manager.id.parse().unwrap()),
            Choice::NotEligible(manager) => Choice::NotEligible(manager.id.parse().unwrap()),
            Choice::None(abort) => Choice::None(abort),
        };
        prop_assert_eq!(found, oracle(&small_managers, id, aud.as_ref(), &resources));
    }

    #[test]
    fn normal_form_is_stable(uri in "https?://[a-cA-C.]{1,6}(:[0-9]{1,4})?(/[a-b.%2eE/;]{0,8})?") {
        if let Some(parsed) = ResourceUri::parse(&uri) {
            prop_assert_eq!(parsed.matches(&parsed), Some(Match::Exact));
        }
    }
}
