//! The embedded configurations load, and each way to break one has its message.

use super::*;

#[test]
fn embedded_configurations_load() {
    for name in embedded_names() {
        let config = Config::embedded(name).unwrap_or_else(|error| panic!("{error}"));
        // A handshake needs one client and the audience of an assertion two; the methods of authentication need more.
        let least = match name {
            "tls" => 1,
            "bis" => 2,
            _ => 4,
        };
        assert!(config.clients.len() >= least, "{name}");
    }
}

fn check(text: &str, expect: &str) {
    let error = Config::parse(text, "file.yaml").unwrap_err();
    assert_eq!(error.to_string(), expect);
}

#[test]
fn unknown_key_names_the_nearest() {
    check(
        "name: x\nclients:\n  a:\n    auth: none\n    redirect_uri: []\n",
        "unknown key `redirect_uri`, did you mean `redirect_uris`?; allowed here: id, auth, \
         also_accepts, secret, retired_secret, key, jwks, jwks_uri, saml_issuer, certificate, certificate_bound_tokens, assertion_algorithms, assertion_audience, \
         grants, scopes, default_scopes, redirect_uris, pkce, challenge_methods, default_access_token_manager, restricted, \
         oidc_policy_access_token_manager, introspects, \
         validates, backchannel_token_delivery_mode, backchannel_client_notification_endpoint\n  --> file.yaml:5:5",
    );
}

#[test]
fn repeated_key_has_a_place() {
    check(
        "name: x\nclients: {}\nname: y\n",
        "the key `name` is repeated\n  --> file.yaml:3:1",
    );
    check(
        "name: x\nclients:\n  a: {auth: none}\n  a: {auth: none}\n",
        "the key `a` is repeated\n  --> file.yaml:4:3",
    );
}

#[test]
fn missing_key_unknown_value_and_wrong_type_have_a_place() {
    check(
        "clients: {}\n",
        "the key `name` is missing\n  --> file.yaml:1:1",
    );
    check(
        "name: x\nclients: {a: {auth: client_secret_bsic, secret: x}}\n",
        "unknown value `client_secret_bsic`, did you mean `client_secret_basic`?; allowed here: \
         client_secret_basic, client_secret_jwt, client_secret_post, none, private_key_jwt, saml2_client_auth, self_signed_tls_client_auth, tls_client_auth\n  --> file.yaml:2:21",
    );
    check(
        "name: x\nlifetimes: {access_token: soon}\nclients: {}\n",
        "this is no u32\n  --> file.yaml:2:27",
    );
}

#[test]
fn references_to_nothing_have_a_place() {
    check(
        "name: x\nclients:\n  a:\n    auth: none\n    default_access_token_manager: b\n",
        "no access token manager is called `b`\n  --> file.yaml:5:35",
    );
    check(
        "name: x\nclients: {}\naccess_token_managers:\n  - id: a\n    resources: [nonsense]\n",
        "`nonsense` is no absolute URI\n  --> file.yaml:5:17",
    );
    check(
        "name: x\nclients: {}\naccess_token_managers:\n  - id: a\n    clients: [b]\n",
        "no client is called `b`\n  --> file.yaml:5:15",
    );
}

#[test]
fn clients_need_what_their_method_needs() {
    check(
        "name: x\nclients: {a: {auth: client_secret_post}}\n",
        "the client `a` needs a `secret`\n  --> file.yaml:2:21",
    );
    check(
        "name: x\nclients: {a: {auth: private_key_jwt}}\n",
        "the client `a` needs a `key`\n  --> file.yaml:2:21",
    );
    check(
        "name: x\nclients: {a: {auth: none, grants: [authorization_code]}}\n",
        "the client `a` needs `redirect_uris` for authorization_code\n  --> file.yaml:2:21",
    );
}

#[test]
fn assertions_need_algorithms_that_fit() {
    let client = |members: &str| format!("name: x\nclients: {{a: {{{members}}}}}\n");
    check(
        &client("auth: client_secret_jwt, secret: short"),
        "the secret of `a` is too short for HS256: 32 octets at least (RFC 7518 section 3.2)\n  --> \
         file.yaml:2:21",
    );
    check(
        &client(
            "auth: client_secret_jwt, secret: abcdefghijabcdefghijabcdefghijabcd, \
             assertion_algorithms: [HS256, HS384]",
        ),
        "the secret of `a` has 34 octets; HS384 needs 48 (RFC 7518 section 3.2)\n  --> \
         file.yaml:2:114",
    );
    check(
        &client("auth: private_key_jwt, key: {alg: HS256, kid: k}"),
        "HS256 is keyed with the secret, not with a `key`\n  --> file.yaml:2:49",
    );
    check(
        &client("auth: private_key_jwt, jwks: a.json, assertion_algorithms: [HS256]"),
        "HS256 is not for private_key_jwt\n  --> file.yaml:2:75",
    );
}

#[test]
fn certificate_is_registered_by_one_good_name() {
    let client =
        |members: &str| format!("name: x\nclients: {{a: {{auth: tls_client_auth{members}}}}}\n");
    check(
        &client(""),
        "the client `a` needs a `certificate` with one name\n  --> file.yaml:2:21",
    );
    check(
        &client(", certificate: {san_dns: a.example, san_ip: 127.0.0.1}"),
        "a certificate is registered by one name, not by several\n  --> file.yaml:2:80",
    );
    check(
        &client(", certificate: {subject_dn: machine}"),
        "this is no distinguished name (RFC 4514): `machine` has no `=`: write TYPE=value\n  --> \
         file.yaml:2:64",
    );
}

#[test]
fn clients_that_are_notified_have_a_place_for_it() {
    let client = |more: &str| {
        format!(
            "name: x\nclients:\n  a:\n    auth: client_secret_basic\n    secret: s\n    scopes: [openid]\n    {more}\n"
        )
    };
    check(
        &client("grants: [ciba]\n    backchannel_token_delivery_mode: ping"),
        "the client `a` needs a `backchannel_client_notification_endpoint` for ping\n  --> file.yaml:4:11",
    );
    check(
        &client("grants: [ciba]\n    backchannel_client_notification_endpoint: http://h/n"),
        "nothing is sent there without `backchannel_token_delivery_mode`: ping or push\n  --> file.yaml:8:47",
    );
    let pushed =
        "backchannel_token_delivery_mode: push\n    backchannel_client_notification_endpoint:";
    check(
        &client(&format!("{pushed} http://h/n")),
        "the client `a` is notified of nothing without ciba\n  --> file.yaml:8:47",
    );
    check(
        &client(&format!("grants: [ciba]\n    {pushed} https://h/n")),
        "notifications go over plain HTTP only\n  --> file.yaml:9:47",
    );
    let right = client(&format!("grants: [ciba]\n    {pushed} http://h/n"));
    assert!(Config::parse(&right, "file.yaml").is_ok());
}

/// The host that the harness plays is put into the places of clients, or they are none.
#[test]
fn clients_at_the_callback_host_need_one() {
    let config = Config::embedded("oauth2.0").unwrap();
    assert!(config.needs_callback_host());
    let (mut with, mut without) = (config.clone(), config);
    with.at_callback_host(Some("http://127.0.0.1:9"));
    let endpoint = with.clients["pinged"]
        .backchannel_client_notification_endpoint
        .as_ref();
    assert_eq!(endpoint.unwrap().value, "http://127.0.0.1:9/ciba/pinged");
    assert!(!with.needs_callback_host());
    without.at_callback_host(None);
    assert!(!without.clients.contains_key("pinged") && !without.clients.contains_key("pushed"));
    assert!(without.clients.contains_key("remote"));
}

#[test]
fn unknown_embedded_name_lists_the_known_ones() {
    let error = Config::embedded("pingfederated").unwrap_err();
    assert_eq!(
        error.message,
        "no embedded configuration is called `pingfederated`, did you mean `pingfederate`?; there \
         are: bis, mtls, oauth2.0, oauth2.1, pingfederate, pingone, tls"
    );
}

#[test]
fn numbers_of_nothing_have_a_place() {
    check(
        "name: x\nlifetimes: {access_token: 0}\nclients: {}\n",
        "0 would let nothing through; 1 at least\n  --> file.yaml:2:27",
    );
    check(
        "name: x\nlimits:\n  seconds: 30\n  connections: 0\nclients: {}\n",
        "0 would let nothing through; 1 at least\n  --> file.yaml:4:16",
    );
    check(
        "name: x\nclients: {}\naccess_token_managers:\n  - {id: a, lifetime: 0}\n",
        "0 would let nothing through; 1 at least\n  --> file.yaml:4:23",
    );
}

#[test]
fn places_that_make_no_sense_have_a_place() {
    check(
        "name: x\nissuer: as.example\nclients: {}\n",
        "`as.example` is no issuer: an https URL without query and fragment\n  --> file.yaml:2:9",
    );
    check(
        "name: x\nissuer_path: env/as\nclients: {}\n",
        "`env/as` has to begin with a slash and end without one\n  --> file.yaml:2:14",
    );
    check(
        "name: x\ntoken_endpoint:\n  path: token\nclients: {}\n",
        "`token` is no path: it begins with a slash and has no query\n  --> file.yaml:3:9",
    );
    check(
        "name: x\ntoken_endpoint: {path: /token}\npaths:\n  revocation: /token\nclients: {}\n",
        "another endpoint is at `/token`\n  --> file.yaml:4:15",
    );
    check(
        "name: x\ntoken_endpoint: {base_host: \"https://token.example\"}\nclients: {}\n",
        "`https://token.example` is no host name: without scheme, port and path\n  --> \
         file.yaml:2:29",
    );
    check(
        "name: x\nstore:\n  postgres: host=/x\n  postgres_env: X\nclients: {}\n",
        "`postgres` names the database already; keep one of the two\n  --> file.yaml:4:17",
    );
}

#[test]
fn managers_that_make_no_sense_have_a_place() {
    let managers = |text: &str| format!("name: x\nclients: {{}}\naccess_token_managers:\n{text}");
    check(
        &managers("  - id: a\n  - id: a\n"),
        "two access token managers are called `a`\n  --> file.yaml:5:9",
    );
    check(
        &managers("  - {id: a, default: true}\n  - {id: b, default: true}\n"),
        "more than one access token manager is the `default`\n  --> file.yaml:5:22",
    );
    check(
        &managers("  - id: a\n    claims: {sub: alice}\n"),
        "the claim `sub` is one that the server sets\n  --> file.yaml:5:13",
    );
    check(
        &managers("  - id: a\n    signing_key: {alg: HS256, kid: k}\n"),
        "access tokens are not signed with HS256; ES256, ES384, RS256 and the other RSA algorithms \
         are\n  --> file.yaml:5:18",
    );
}

#[test]
fn clients_that_make_no_sense_have_a_place() {
    let client = |members: &str| format!("name: x\nclients:\n  a:\n    auth: none\n{members}");
    check(
        &client("    id: \"\"\n"),
        "an empty identifier can't be told from none\n  --> file.yaml:5:9",
    );
    check(
        &client("    scopes: [\"read write\"]\n"),
        "`read write` is no scope value (RFC 6749 section 3.3)\n  --> file.yaml:5:13",
    );
    check(
        &client("    scopes: [read]\n    default_scopes: [write]\n"),
        "`write` is not among the `scopes` of `a`\n  --> file.yaml:6:21",
    );
    check(
        &client("    redirect_uris: [\"https://a.example/#top\"]\n"),
        "`https://a.example/#top` is no absolute URI without fragment\n  --> file.yaml:5:20",
    );
}

#[test]
fn text_that_is_no_configuration_is_told() {
    check("", "the file is empty\n  --> file.yaml:1:1");
    check("name: [x\n", "expected a text\n  --> file.yaml:1:7");
    check(
        "- name: x\n",
        "expected a mapping (`key: value`)\n  --> file.yaml:1:1",
    );
    check(
        "name: x\nclients: {<<: {}}\n",
        "merge keys (`<<`) are not taken\n  --> file.yaml:2:11",
    );
    check(
        "name: x\naccess_token_managers: {id: a}\nclients: {}\n",
        "expected a list (`- item`, or `[item]`)\n  --> file.yaml:2:24",
    );
    check(
        "name: x\nclients: {a: {auth: none, restricted: yes}}\n",
        "expected `true` or `false`\n  --> file.yaml:2:39",
    );
}

const SAML: &str = "name: x\nsaml_issuers:\n  - {issuer: i, key: {alg: RS256}}\nclients:\n  a:\n    auth: client_secret_basic\n    secret: s\n    grants: [saml2_bearer]\n";

#[cfg(feature = "saml")]
#[test]
fn saml_grant_needs_an_issuer_with_a_key_that_can_sign() {
    assert!(Config::parse(SAML, "file.yaml").is_ok());
    let lonely = SAML.replace("saml_issuers:\n  - {issuer: i, key: {alg: RS256}}\n", "");
    check(
        &lonely,
        "the client `a` may use saml2_bearer, and there are no `saml_issuers`\n  --> file.yaml:6:13",
    );
    check(
        &SAML.replace("RS256", "HS256"),
        "SAML assertions are not signed with HS256; RS256, ES256 and their kin are for that\n  --> file.yaml:3:28",
    );
}

const SAML_CLIENT: &str = "name: x\nsaml_issuers:\n  - {issuer: i, key: {alg: RS256}}\nclients:\n  a:\n    auth: saml2_client_auth\n    saml_issuer: i\n";

#[cfg(feature = "saml")]
#[test]
fn saml_client_needs_the_issuer_that_speaks_for_it() {
    assert!(Config::parse(SAML_CLIENT, "file.yaml").is_ok());
    check(
        &SAML_CLIENT.replace("    saml_issuer: i\n", ""),
        "the client `a` needs a `saml_issuer`: one of `saml_issuers`\n  --> file.yaml:6:11",
    );
    check(
        &SAML_CLIENT.replace("    saml_issuer: i\n", "    saml_issuer: j\n"),
        "`j` is not among the `saml_issuers`\n  --> file.yaml:7:18",
    );
}

#[cfg(not(feature = "saml"))]
#[test]
fn saml_client_needs_a_build_with_saml() {
    check(
        SAML_CLIENT,
        "the client `a` may use saml2_client_auth, and this build is without SAML: build with `--features saml`, or take it out\n  --> file.yaml:6:11",
    );
    let config = Config::embedded("oauth2.0").unwrap();
    assert!(!config.clients.contains_key("vouched"));
}

#[cfg(not(feature = "saml"))]
#[test]
fn saml_grant_needs_a_build_with_saml() {
    check(
        SAML,
        "the client `a` may use saml2_bearer, and this build is without SAML: build with `--features saml`, or take it out\n  --> file.yaml:8:13",
    );
    let config = Config::embedded("oauth2.0").unwrap();
    assert!(config.saml_issuers.is_empty() && !config.clients.contains_key("federated"));
}
