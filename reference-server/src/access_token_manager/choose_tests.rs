//! Tables from the documentation. `oracle` compares the choice with a naive one.

#[path = "choose_oracle.rs"]
mod oracle;

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
