//! What a person reads about each kind of mistake in a target file.

use super::tests::{problems, read};

#[test]
fn unknown_key_is_refused() {
    insta::assert_snapshot!(problems("clients: {web: {id: a, secrets: hunter2, auth: none}}"), @r"
    error: unknown key `secrets`
      --> target.yaml:2:24
     2 | clients: {web: {id: a, secrets: ‹redacted›, auth: none}}
       |                        ^^^^^^^ did you mean `secret`? allowed here: id, auth, secret, retired_secret, key, certificate, jwks_uri, backchannel_token_delivery_mode, backchannel_client_notification_endpoint, audience, pinned_assertion_algorithm, grants, scopes, redirect_uris, default_access_token_manager, restricted
    ");
}

#[test]
fn repeated_client_is_refused() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: a, auth: none}\n  a: {id: b, auth: none}"), @r"
    error: repeated key `a`
      --> target.yaml:4:3
     4 |   a: {id: b, auth: none}
       |   ^ the mapping has it already; remove one of the two
    ");
}

#[test]
fn client_id_of_another_client_is_refused() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: none}\n  b: {id: x, auth: none}"), @r"
    error: repeated client id `x`
      --> target.yaml:4:11
     4 |   b: {id: x, auth: none}
       |           ^ each may be there once
    ");
}

#[test]
fn merge_key_is_refused() {
    insta::assert_snapshot!(problems("clients:\n  a: &a {id: x, auth: none}\n  b:\n    <<: *a\n    id: y"), @r"
    error: merge key `<<`
      --> target.yaml:5:5
     5 |     <<: *a
       |     ^^ write the keys out: what a mapping has must be seen in it
    ");
}

#[test]
fn wrong_type_is_refused() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: none, grants: client_credentials}}"), @r"
    error: wrong type
      --> target.yaml:2:42
     2 | clients: {a: {id: x, auth: none, grants: client_credentials}}
       |                                          ^^^^^^^^^^^^^^^^^^ expected a list
    ");
}

#[test]
fn unknown_grant_is_refused() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: none, grants: [authorisation_code]}}"), @r"
    error: unknown word `authorisation_code`
      --> target.yaml:2:43
     2 | clients: {a: {id: x, auth: none, grants: [authorisation_code]}}
       |                                           ^^^^^^^^^^^^^^^^^^ did you mean `authorization_code`? allowed here: client_credentials, authorization_code, refresh_token, password, device_code, jwt_bearer, saml2_bearer, token_exchange, ciba, validate_bearer
    ");
}

#[test]
fn unknown_authentication_method_is_refused() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: client_secret}}"), @r"
    error: unknown word `client_secret`
      --> target.yaml:2:28
     2 | clients: {a: {id: x, auth: client_secret}}
       |                            ^^^^^^^^^^^^^ did you mean `client_secret_jwt`? allowed here: client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, saml2_client_auth, tls_client_auth, self_signed_tls_client_auth, none
    ");
}

#[test]
fn client_without_its_secret_is_refused() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: client_secret_basic}"), @r"
    error: `auth: client_secret_basic` needs `secret`
      --> target.yaml:3:20
     3 |   a: {id: x, auth: client_secret_basic}
       |                    ^^^^^^^^^^^^^^^^^^^ add `secret: {env: NAME}` to this client
    ");
}

#[test]
fn secret_of_a_public_client_is_refused_and_not_shown() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: none, secret: hunter2}"), @r"
    error: `auth: none` has no use for `secret`
      --> target.yaml:3:34
     3 |   a: {id: x, auth: none, secret: ‹redacted›}
       |                                  ^^^^^^^^^^ remove it, or change `auth`
    ");
}

#[test]
fn number_as_a_secret_is_refused_and_not_shown() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: client_secret_post, secret: 0123}"), @r"
    error: wrong type
      --> target.yaml:3:48
     3 |   a: {id: x, auth: client_secret_post, secret: ‹redacted›}
       |                                                ^^^^^^^^^^ expected a text: put quotation marks around it
    ");
}

#[test]
fn missing_variable_is_named() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: client_secret_post, secret: {env: WEB_SECERT}}"), @r"
    error: environment variable `WEB_SECERT` is not set
      --> target.yaml:3:48
     3 |   a: {id: x, auth: client_secret_post, secret: {env: WEB_SECERT}}
       |                                                ^ set it before you start tokenspec
    ");
}

#[test]
fn unknown_key_of_a_secret_is_refused_and_its_value_not_shown() {
    insta::assert_snapshot!(problems("clients:\n  a: {id: x, auth: client_secret_post, secret: {value: hunter2}}"), @r"
    error: unknown key of a secret
      --> target.yaml:3:49
     3 |   a: {id: x, auth: client_secret_post, secret: {value: ‹redacted›}}
       |                                                 ^^^^^ allowed here: env, file
    ");
}

#[test]
fn missing_file_is_named() {
    insta::assert_snapshot!(problems("clients:\n  a:\n    id: x\n    auth: private_key_jwt\n    key: {file: missing.pem}"), @r"
    error: `missing.pem` can't be read: there is no such file
      --> target.yaml:6:17
     6 |     key: {file: missing.pem}
       |                 ^^^^^^^^^^^ a path is relative to the target file
    ");
}

#[test]
fn key_that_does_not_fit_its_algorithm_is_refused() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: private_key_jwt, key: {file: ec.pem, alg: RS256}}}"), @r"
    error: this key does not fit: RS256 needs an RSA key, this is an EC key on P-256
      --> target.yaml:2:70
     2 | clients: {a: {id: x, auth: private_key_jwt, key: {file: ec.pem, alg: RS256}}}
       |                                                                      ^^^^^ write `alg: ES256`, or name another key
    ");
}

#[test]
fn file_that_is_no_key_is_refused_and_not_shown() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: private_key_jwt, key: {file: nonsense.pem}}}"), @r"
    error: this key is unusable: it is neither PEM nor a JWK
      --> target.yaml:2:57
     2 | clients: {a: {id: x, auth: private_key_jwt, key: {file: nonsense.pem}}}
       |                                                         ^^^^^^^^^^^^ name a private key in PEM or a JWK
    ");
}

#[test]
fn key_of_another_certificate_is_refused() {
    insta::assert_snapshot!(problems("clients: {a: {id: x, auth: tls_client_auth, certificate: {file: machine.crt, key: other.key}}}"), @r"
    error: this certificate is unusable: the key is not the certificate's
      --> target.yaml:2:65
     2 | clients: {a: {id: x, auth: tls_client_auth, certificate: {file: machine.crt, key: other.key}}}
       |                                                                 ^^^^^^^^^^^ name a chain and its key, both in PEM
    ");
}

#[test]
fn dangling_names_are_all_found() {
    insta::assert_snapshot!(problems(include_str!("testdata/dangling.yaml")), @r"
    error: there is no client `webb`
      --> target.yaml:3:54
     3 |   introspection: {url: https://as.example/i, client: webb}
       |                                                      ^^^^ did you mean `web`? the file has: web

    error: there is no access token manager `apy`
      --> target.yaml:5:58
     5 |   web: {id: x, auth: none, default_access_token_manager: apy}
       |                                                          ^^^ did you mean `api`? the file has: api

    error: there is no user `bob`
      --> target.yaml:7:62
     7 | authorization_codes: {via: command, command: [./code], user: bob}
       |                                                              ^^^ the file has: alice

    error: there is no client `other`
      --> target.yaml:9:25
     9 |   - {id: api, clients: [other]}
       |                         ^^^^^ the file has: web
    ");
}

#[test]
fn unknown_capability_is_refused() {
    insta::assert_snapshot!(problems("supports: [refresh_rotaton, -pkce, introspection]"), @r"
    error: unknown capability `refresh_rotaton`
      --> target.yaml:2:12
     2 | supports: [refresh_rotaton, -pkce, introspection]
       |            ^^^^^^^^^^^^^^^ did you mean `refresh_rotation`? `tokenspec capabilities` lists the words

    error: `supports` can't grant `introspection`
      --> target.yaml:2:36
     2 | supports: [refresh_rotaton, -pkce, introspection]
       |                                    ^^^^^^^^^^^^^ `endpoints.introspection` grants it
    ");
}

#[test]
fn unknown_placeholder_is_refused() {
    insta::assert_snapshot!(problems("authorization_codes: {via: command, command: [./code, \"{client}\"]}"), @r#"
    error: unknown placeholder `client`
      --> target.yaml:2:55
     2 | authorization_codes: {via: command, command: [./code, "{client}"]}
       |                                                       ^^^^^^^^^^ did you mean `client_id`? allowed here: client_id, redirect_uri, scope, code_challenge, code_challenge_method, resource, state
    "#);
}

#[test]
fn token_endpoint_is_needed() {
    insta::assert_snapshot!(read("name: x\n").unwrap_err(), @r"
    error: missing key `token_endpoint`
      --> target.yaml:1:1
     1 | name: x
       | ^^^^ add it to this mapping
    ");
}
