//! Cases over clients, grants, values and deviations.

use std::collections::BTreeSet;

use super::{built_in, ids, plan_all, rich_target, suite};

/// The ids of the variants of one case.
fn variants(case: &str) -> Vec<String> {
    let target = rich_target();
    let suite = suite(&[("r", &format!("cases:\n  - {case}"))]);
    let plan = plan_all(&suite, &target);
    ids(&plan).into_iter().map(str::to_owned).collect()
}

/// Why the one entry of a case is skipped.
fn reason(case: &str) -> String {
    let target = rich_target();
    let suite = suite(&[("r", &format!("cases:\n  - {case}"))]);
    let plan = plan_all(&suite, &target);
    let [planned] = plan.as_slice() else {
        panic!("{plan:#?}");
    };
    planned.skip.clone().expect("nothing was planned")
}

#[test]
fn case_is_expanded_over_clients_and_grants() {
    let of_public = variants(
        "{name: c, client: [public_client], baseline: each, deviation: {remove: [grant_type]}, \
         expect: {refused: invalid_request}}",
    );
    assert_eq!(
        of_public,
        [
            "own-r/c/remote_public/device_code",
            "own-r/c/public/authorization_code",
            "own-r/c/public/refresh_token",
            "own-r/c/other_public/authorization_code",
            "own-r/c/other_public/refresh_token",
        ]
    );
}

#[test]
fn any_is_the_cheapest_grant_of_each_client() {
    let all = variants("{name: c, baseline: any, expect: {accepted: {}}}");
    assert_eq!(all.len(), rich_target().clients.len(), "{all:#?}");
    assert!(all.contains(&"own-r/c/basic/client_credentials".to_owned()));
    assert!(all.contains(&"own-r/c/public/authorization_code".to_owned()));
}

#[test]
fn for_each_makes_the_product_of_its_lists() {
    let all = variants(
        "{name: c, client: [rsa_client_key, -pinned_assertion_algorithm], baseline: client_credentials, for_each: {a: [x, y, z], b: [1, 2]}, \
         deviation: {set: {resource: \"${a}${b}\"}}, expect: {refused: any}}",
    );
    assert_eq!(all.len(), 6);
    assert!(all.contains(&"own-r/c/rsa/client_credentials/a y, b 2".to_owned()));
}

#[test]
fn parameter_stands_only_for_parameters_that_the_request_has() {
    let all = variants(
        "{name: c, client: [client_secret_post], baseline: [client_credentials, refresh_token], \
         for_each: {parameter: [grant_type, code, refresh_token, scope, client_secret]}, \
         deviation: {remove: [\"${parameter}\"]}, expect: {refused: any}}",
    );
    assert_eq!(
        all,
        [
            "own-r/c/post/client_credentials/grant_type",
            "own-r/c/post/client_credentials/scope",
            "own-r/c/post/client_credentials/client_secret",
            "own-r/c/post/refresh_token/grant_type",
            "own-r/c/post/refresh_token/refresh_token",
            "own-r/c/post/refresh_token/client_secret",
        ]
    );
}

#[test]
fn variants_to_which_a_change_does_not_apply_are_dropped() {
    let all = variants(
        "{name: c, client: [client_secret_post], baseline: [client_credentials, authorization_code], \
         deviations: {no code: {remove: [code]}, no scope: {remove: [scope]}, \
         spelled: {spell: {code_verifier: {value: x}}}}, expect: {refused: any}}",
    );
    assert_eq!(
        all,
        [
            "own-r/c/post/client_credentials/no scope",
            "own-r/c/post/authorization_code/no code",
            "own-r/c/post/authorization_code/spelled",
        ]
    );
}

#[test]
fn client_words_choose_grants_of_a_client_one_by_one() {
    // `post` has one scope for client_credentials and two for the others.
    let all = variants(
        "{name: c, client: [client_secret_post, two_scopes], baseline: [client_credentials, password], \
         deviation: {set: {scope: \"${scope.all}\"}}, expect: {accepted: {}}}",
    );
    assert_eq!(all, ["own-r/c/post/password"]);
}

#[test]
fn one_client_or_one_of_each_method_speaks_for_all() {
    let clients = |word: &str| {
        let case = format!(
            "{{name: c, client: [client_credentials{word}], baseline: any, expect: {{accepted: {{}}}}}}"
        );
        variants(&case).len()
    };
    let all = clients("");
    let (per_method, one) = (clients(", one_per_method"), clients(", one"));
    assert_eq!(one, 1);
    assert!(1 < per_method && per_method < all, "{per_method} of {all}");
}

#[test]
fn second_client_is_never_the_first() {
    let target = rich_target();
    let suite = suite(&[(
        "r",
        "cases:\n  - {name: c, other: [confidential_client], baseline: any, \
         deviation: {authenticate: {client: other}}, expect: {refused: any}}",
    )]);
    for planned in plan_all(&suite, &target) {
        assert_ne!(planned.variant.client, planned.variant.other);
        assert!(planned.variant.other.is_some());
    }
}

#[test]
fn relation_to_the_second_client_can_be_denied() {
    let target = rich_target();
    let suite = suite(&[(
        "r",
        "cases:\n  - {name: c, client: [private_key_jwt], other: [private_key_jwt, -same_key], baseline: any, \
         deviation: {assertion: {sign_with: other}}, expect: {refused: any}}",
    )]);
    let plan = plan_all(&suite, &target);
    assert!(plan.len() > 1);
    for planned in plan {
        let client = |index: Option<usize>| &target.clients[index.unwrap()];
        let (own, other) = (planned.variant.client, planned.variant.other);
        assert!(
            !client(own).shares_key_with(client(other)),
            "{own:?} {other:?}"
        );
    }
}

#[test]
fn case_without_variants_says_what_is_missing() {
    let missing =
        reason("{name: c, needs: [tls_client_auth], baseline: any, expect: {accepted: {}}}");
    assert!(missing.contains("`tls_client_auth`"), "{missing}");
    let missing =
        reason("{name: c, needs: [-introspection], baseline: any, expect: {accepted: {}}}");
    assert!(missing.contains("without `introspection`"), "{missing}");
    let missing =
        reason("{name: c, client: [tls_client_auth], baseline: any, expect: {accepted: {}}}");
    assert_eq!(missing, "no client has `tls_client_auth`");
    let missing = reason(
        "{name: c, client: [tls_client_auth, ciba, -private_key_jwt], baseline: any, expect: {accepted: {}}}",
    );
    assert_eq!(
        missing,
        "no client has `tls_client_auth` and `ciba` without `private_key_jwt`"
    );
    let missing = reason("{name: c, baseline: token_exchange, expect: {accepted: {}}}");
    assert_eq!(missing, "no client has the grant token_exchange");
    let missing = reason(
        "{name: c, baseline: any, for_each: {parameter: [nonsense]}, \
         deviation: {remove: [\"${parameter}\"]}, expect: {refused: any}}",
    );
    assert!(missing.contains("no request of this target"), "{missing}");
}

#[test]
fn every_case_of_the_built_in_suites_has_an_entry() {
    let suite = built_in();
    let plan = plan_all(&suite, &rich_target());
    let planned: BTreeSet<(usize, usize)> = plan
        .iter()
        .map(|planned| (planned.rule.rule, planned.case))
        .collect();
    for (index, rule) in suite.rules.iter().enumerate() {
        for case in 0..suite.cases_of(rule).len() {
            assert!(planned.contains(&(index, case)), "{} case {case}", rule.id);
        }
    }
}

#[test]
fn rich_target_meets_nearly_every_case() {
    let suite = built_in();
    let plan = plan_all(&suite, &rich_target());
    let mut skipped: Vec<String> = plan
        .iter()
        .filter_map(|planned| {
            let reason = planned.skip.as_ref()?;
            Some(format!("{}: {reason}", planned.variant.id))
        })
        .collect();
    skipped.retain(|entry| {
        DOCUMENTS
            .iter()
            .any(|document| entry.starts_with(&format!("{document}-")))
            && !NOT_YET
                .iter()
                .any(|word| entry.contains(&format!("needs `{word}`")))
            && !entry.contains("is about targets without")
            && !ELSEWHERE.iter().any(|case| entry.starts_with(case))
    });
    assert!(skipped.is_empty(), "{skipped:#?}");
}

/// The documents whose cases the rich target is made for. Those of the others are met by the configurations of the reference
/// server, where each has a defect that `tokenspec mutants` finds.
const DOCUMENTS: &[&str] = &["form-urlencoded", "pingfederate", "rfc6749", "rfc7636"];

/// What this version can't send, and what contradicts what the target has.
const NOT_YET: &[&str] = &[
    "admin_config",
    "pkce_required",
    "tls_client_auth",
    "token_exchange",
    "validate_bearer",
];

/// Cases about clients that lack a grant, which the clients of the rich target have, or about two with one that only one has.
const ELSEWHERE: &[&str] = &[
    "pingfederate-auth-method-configured/another client's certificate",
    "rfc6749-client-id-mismatch/a JWT assertion, right after another client",
    "rfc6749-error-code-registered/grant that the client may not use",
    "rfc6749-error-shape/grant that the client may not use",
    "rfc6749-grant-type-not-allowed/",
    "rfc6749-unknown-client/nearly the identifier, by code or refresh token",
];

#[test]
fn ids_are_unique() {
    let suite = built_in();
    let plan = plan_all(&suite, &rich_target());
    let mut seen = BTreeSet::new();
    for planned in &plan {
        assert!(seen.insert(&planned.variant.id), "{}", planned.variant.id);
    }
    assert!(seen.len() > 2000, "{}", seen.len());
}

#[test]
fn ids_are_the_same_whatever_else_is_planned() {
    let target = rich_target();
    let text = "cases:\n  - {name: c, baseline: each, deviations: {a: {remove: [grant_type]}, b: {reorder: reverse}}, \
                expect: {refused: any}}";
    let alone = suite(&[("r", text)]);
    let among = suite(&[("q", text), ("r", text), ("s", text)]);
    let (alone, among) = (plan_all(&alone, &target), plan_all(&among, &target));
    let of_r: Vec<&str> = ids(&among)
        .into_iter()
        .filter(|id| id.starts_with("own-r/"))
        .collect();
    assert_eq!(ids(&alone), of_r);
}

#[test]
fn one_client_speaks_for_all() {
    let all = variants("{name: c, client: one, baseline: each, expect: {accepted: {}}}");
    let clients: BTreeSet<&str> = all.iter().filter_map(|id| id.split('/').nth(2)).collect();
    assert_eq!(clients.len(), 1, "{all:#?}");
}
