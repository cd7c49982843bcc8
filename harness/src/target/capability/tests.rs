use super::*;
use crate::{
    target::{Surroundings, parse},
    vocabulary::AuthMethod,
};

/// No files and no variables.
struct Nothing;

impl Surroundings for Nothing {
    fn read(&self, _: &str) -> std::io::Result<String> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn folder(&self) -> &std::path::Path {
        std::path::Path::new(".")
    }
}

fn target(lines: &str) -> Target {
    let text = format!("token_endpoint: http://127.0.0.1/token\n{lines}");
    parse(&text, "target.yaml", &Nothing).unwrap()
}

fn has(lines: &str, word: &str) -> bool {
    capabilities(&target(lines), &DerivedFacts::none()).has(word)
}

#[test]
fn words_are_sorted_and_unique() {
    let all: Vec<&str> = words()
        .into_iter()
        .map(|capability| capability.word)
        .collect();
    assert!(all.is_sorted_by(|a, b| a < b));
}

#[test]
fn every_grant_and_every_method_is_a_word() {
    for grant in Grant::ALL {
        assert!(find(grant.name()).is_ok(), "{grant}");
    }
    for method in AuthMethod::ALL
        .iter()
        .filter(|method| **method != AuthMethod::None)
    {
        assert!(find(method.name()).is_ok(), "{method}");
    }
}

#[test]
fn bare_target_has_what_needs_no_key() {
    let target = Target::bare("https://as.example/token").unwrap();
    let set = capabilities(&target, &DerivedFacts::none());
    assert_eq!(set.iter().collect::<Vec<_>>(), ["race", "raw_http", "tls"]);
}

/// Lines of a target file, a word that they grant, and lines that lack one thing for it.
const GRANTED: &[(&str, &str, &str)] = &[
    (
        "clients: {a: {id: a, auth: client_secret_post, secret: s, grants: [ciba], backchannel_token_delivery_mode: ping}}\n\
         endpoints: {backchannel_authentication: http://127.0.0.1/ciba}\nciba: {login_hint: alice}",
        "ciba_ping",
        "clients: {a: {id: a, auth: client_secret_post, secret: s, grants: [ciba], backchannel_token_delivery_mode: poll}}\n\
         endpoints: {backchannel_authentication: http://127.0.0.1/ciba}\nciba: {login_hint: alice}",
    ),
    (
        "clients: {a: {id: a, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: push}}\n\
         endpoints: {backchannel_authentication: http://127.0.0.1/ciba}\nciba: {login_hint: alice}",
        "ciba_push_client",
        "clients: {a: {id: a, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: push}}\n\
         endpoints: {backchannel_authentication: http://127.0.0.1/ciba}",
    ),
    (
        "clients: {a: {id: a, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: push, \
         backchannel_client_notification_endpoint: http://127.0.0.1:9200/n}}\n\
         callback_host: {listen: 127.0.0.1:9200, url: http://127.0.0.1:9200}",
        "ciba_notification",
        "clients: {a: {id: a, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: push}}\n\
         callback_host: {listen: 127.0.0.1:9200, url: http://127.0.0.1:9200}",
    ),
    (
        "clients: {a: {id: a, auth: none, grants: [client_credentials]}}",
        "client_credentials",
        "clients: {a: {id: a, auth: none}}",
    ),
    (
        "clients: {a: {id: a, auth: none, redirect_uris: [https://a/cb], grants: [authorization_code]}}\n\
         authorization_codes: {via: command, command: [./code]}",
        "authorization_code",
        "clients: {a: {id: a, auth: none, redirect_uris: [https://a/cb], grants: [authorization_code]}}",
    ),
    (
        "clients: {a: {id: a, auth: none, grants: [password, refresh_token]}}\n\
         users: {u: {username: u, password: p}}",
        "refresh_token",
        "clients: {a: {id: a, auth: none, grants: [client_credentials, refresh_token]}}",
    ),
    (
        "clients: {a: {id: a, auth: client_secret_basic, secret: \"a~b\"}}",
        "reserved_secret",
        "clients: {a: {id: a, auth: client_secret_basic, secret: \"a*b-._9\"}}",
    ),
    (
        "clients: {a: {id: a, auth: client_secret_post, secret: s}}",
        "client_secret",
        "clients: {a: {id: a, auth: client_secret_jwt, secret: s}}",
    ),
    (
        "clients: {a: {id: a, auth: none}, b: {id: b, auth: none}}",
        "second_client",
        "clients: {a: {id: a, auth: none}}",
    ),
    (
        "clients: {a: {id: a, auth: none, scopes: [openid]}}",
        "openid",
        "clients: {a: {id: a, auth: none, scopes: [open]}}",
    ),
    (
        "clock: {advance: \"http://127.0.0.1/{seconds}\"}",
        "slow",
        "allow: [load]",
    ),
    ("allow: [slow]", "slow", ""),
    (
        "limits: {concurrency: 2}",
        "race",
        "limits: {concurrency: 1}",
    ),
    (
        "proxy: http://127.0.0.1:1\nsupports: []",
        "race",
        "limits: {concurrency: 1}",
    ),
    ("", "raw_http", "proxy: http://127.0.0.1:1"),
    ("supports: [pkce]", "pkce", "supports: [-pkce]"),
    ("supports: [admin_config]", "admin_config", ""),
    (
        "resources: {allowed: [https://a, https://b]}",
        "two_resources",
        "resources: {allowed: [https://a]}",
    ),
    (
        "access_token_managers:\n\
         - {id: a, resources: [https://x/a], recognised_by: {format: jwt}}\n\
         - {id: b, resources: [https://x/a/b], recognised_by: {format: opaque}}",
        "atm_nested_uris",
        "access_token_managers:\n\
         - {id: a, resources: [https://x/a, https://x/a/b], recognised_by: {format: jwt}}\n\
         - {id: b, resources: [https://x/ab], recognised_by: {format: opaque}}",
    ),
    (
        "access_token_managers: [{id: a, resources: [https://x]}, {id: b, resources: [https://X]}]",
        "atm_shared_uri",
        "access_token_managers: [{id: a, resources: [https://x]}, {id: b, resources: [https://y]}]",
    ),
    (
        "access_token_managers: [{id: a, recognised_by: {format: jwt}}, {id: b, recognised_by: {format: opaque}}]",
        "atm_ids",
        "access_token_managers: [{id: a, recognised_by: {format: jwt}}, {id: b}]",
    ),
    (
        "clients: {a: {id: a, auth: none}, b: {id: b, auth: none}}\n\
         access_token_managers: [{id: x, clients: [a]}]",
        "atm_ineligible",
        "clients: {a: {id: a, auth: none}}\naccess_token_managers: [{id: x, clients: [a]}]",
    ),
    (
        "clients: {a: {id: a, auth: none, default_access_token_manager: x, restricted: true}}\n\
         access_token_managers: [{id: x}, {id: y}]",
        "atm_ineligible",
        "clients: {a: {id: a, auth: none, default_access_token_manager: x}}\n\
         access_token_managers: [{id: x}, {id: y}]",
    ),
    (
        "clients: {a: {id: a, auth: none}}\n\
         access_token_managers: [{id: x, default: true}, {id: y, openid_clients: [a]}]",
        "atm_oidc_policy",
        "clients: {a: {id: a, auth: none}}\n\
         access_token_managers: [{id: x, default: true, openid_clients: [a]}, {id: y}]",
    ),
];

#[test]
fn keys_grant_their_words_and_nothing_less_does() {
    for (granting, word, lacking) in GRANTED {
        assert!(find(word).is_ok(), "{word}");
        assert!(has(granting, word), "{word}: {granting}");
        assert!(!has(lacking, word), "{word}: {lacking}");
    }
}

#[test]
fn fact_is_a_word_once_it_is_learnt_unless_it_is_denied() {
    for fact in [
        Fact::Pkce,
        Fact::JwtAccessTokens,
        Fact::Http2,
        Fact::RefreshRotation,
    ] {
        let mut facts = DerivedFacts::none();
        let (open, denying) = (target(""), target(&format!("supports: [-{}]", fact.word())));
        assert!(!capabilities(&open, &facts).has(fact.word()));
        facts.learn(fact);
        assert!(capabilities(&open, &facts).has(fact.word()));
        assert!(!capabilities(&denying, &facts).has(fact.word()));
    }
}

#[test]
fn profile_declares_words_that_no_key_decides() {
    let mut facts = DerivedFacts::none();
    for word in ["pingfederate", "dpop", "introspection"] {
        facts.declare(word);
    }
    let (open, denying) = (target(""), target("supports: [-dpop]"));
    assert!(!capabilities(&open, &DerivedFacts::none()).has("pingfederate"));
    assert!(capabilities(&open, &facts).has("pingfederate"));
    assert!(capabilities(&open, &facts).has("dpop"));
    assert!(!capabilities(&denying, &facts).has("dpop"));
    assert!(!capabilities(&open, &facts).has("introspection"));
}

#[test]
fn client_has_its_own_words_and_those_of_the_target() {
    let target = target(
        "clients:\n  \
           a: {id: a, auth: none, grants: [client_credentials, password], scopes: {password: [r, w], client_credentials: [r]}}\n  \
           b: {id: b, auth: client_secret_basic, secret: s}\n\
         metadata: http://127.0.0.1/metadata\n\
         supports: [-client_credentials]",
    );
    let set = capabilities(&target, &DerivedFacts::none());
    let (a, b) = (target.client("a").unwrap(), target.client("b").unwrap());
    for (client, word, expected) in [
        (a, "public_client", true),
        (b, "public_client", false),
        (b, "client_secret", true),
        (a, "client_secret", false),
        (a, "two_scopes", true),
        (a, "metadata", true),
        (a, "client_credentials", false),
        (a, "no_such_word", false),
    ] {
        assert_eq!(
            set.client_has(client, word),
            expected,
            "{} {word}",
            client.name
        );
    }
    assert!(set.client_has_for(a, "two_scopes", Grant::Password));
    assert!(!set.client_has_for(a, "two_scopes", Grant::ClientCredentials));
}

#[test]
fn reason_names_the_key_that_would_grant_the_word() {
    let target = target("supports: [-http2]");
    let set = capabilities(&target, &DerivedFacts::none());
    let reasons: Vec<String> = [
        "introspection",
        "authorization_code",
        "private_key_jwt",
        "rsa_client_key",
        "resource_indicators",
        "pkce",
        "http2",
        "pingfederate",
        "dpop",
        "jwks_uri",
        "introspecton",
    ]
    .iter()
    .map(|word| set.reason_missing(word))
    .collect();
    insta::assert_snapshot!(reasons.join("\n"), @r"
    needs `introspection`: set `endpoints.introspection` in the target file
    needs `authorization_code`: set it in the `grants` of a client with `redirect_uris`, and `authorization_codes` in the target file
    needs `private_key_jwt`: set `auth: private_key_jwt` at a client in the target file
    needs `rsa_client_key`: set `auth: private_key_jwt` and an RSA `key` at a client in the target file
    needs `resource_indicators`: set `resources.allowed` or `supports: [resource_indicators]` in the target file
    needs `pkce`: a control with a code challenge that succeeds, or metadata that lists a method, shows it, or `supports: [pkce]` in the target file
    needs `http2`: the target file denies it (`supports: [-http2]`)
    needs `pingfederate`: choose a profile that declares it (`profile` in the target file, or `--profile`)
    needs `dpop`: the target file grants it with `supports`, if the server binds tokens to keys (RFC 9449)
    needs `jwks_uri`: set `callback_host`, and `jwks_uri` at a client in the target file
    unknown capability `introspecton`: did you mean `introspection`? `tokenspec capabilities` lists the words
    ");
}

#[test]
fn unknown_word_names_the_nearest_one() {
    let unknown = find("authorisation_code").unwrap_err();
    assert_eq!(unknown.nearest(), Some("authorization_code"));
    insta::assert_snapshot!(format!("{unknown}: {}", unknown.advice()), @r"
    unknown capability `authorisation_code`: did you mean `authorization_code`? `tokenspec capabilities` lists the words
    ");
    assert_eq!(find("xyzzy").unwrap_err().nearest(), None);
}
