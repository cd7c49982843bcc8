use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::*;
use crate::{
    jose::Algorithm,
    target::{CodeSource, Hook},
    vocabulary::{AuthMethod, Grant},
};

/// Files and variables that are there for the test alone.
struct Example {
    files: BTreeMap<&'static str, String>,
    variables: BTreeMap<&'static str, &'static str>,
    folder: PathBuf,
}

impl Surroundings for Example {
    fn read(&self, path: &str) -> io::Result<String> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| (*value).to_owned())
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

fn surroundings() -> Example {
    let signed = rcgen::generate_simple_self_signed(vec!["machine.example".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let rsa = include_str!("../../jose/testdata/rfc7515-a2.jwk").to_owned();
    let files = BTreeMap::from([
        ("machine.crt", signed.cert.pem()),
        ("machine.key", signed.signing_key.serialize_pem()),
        ("other.key", other.clone()),
        ("ec.pem", other),
        ("rsa.jwk", rsa),
        ("secret.txt", "from a file\n".to_owned()),
        ("empty.txt", "\n".to_owned()),
        ("nonsense.pem", "hunter2 nonsense".to_owned()),
    ]);
    let variables = BTreeMap::from([("WEB_SECRET", "from the environment"), ("EMPTY", "")]);
    Example {
        files,
        variables,
        folder: PathBuf::from("/targets"),
    }
}

pub(super) fn read(text: &str) -> Result<Target, Diagnostics> {
    parse(text, "target.yaml", &surroundings())
}

const HEAD: &str = "token_endpoint: https://as.example/token\n";

/// What is said about a file with a token endpoint and these lines.
pub(super) fn problems(lines: &str) -> String {
    read(&format!("{HEAD}{lines}")).unwrap_err().to_string()
}

const FULL: &str = include_str!("testdata/full.yaml");

#[test]
fn full_example_is_read_without_a_loss() {
    let target = read(FULL).unwrap();
    assert_eq!(target.name, "Example AS");
    assert_eq!(
        target.token_endpoint.as_str(),
        "https://as.example.com:9031/as/token.oauth2"
    );
    assert!(!target.is_loopback(), "one of its URLs is elsewhere");
    let [web, service, machine, vouched, rs] = target.clients.as_slice() else {
        panic!("five clients")
    };
    assert_eq!(
        web.secret.as_ref().unwrap().reveal(),
        "from the environment"
    );
    assert_eq!(web.retired_secret.as_ref().unwrap().reveal(), "from a file");
    assert_eq!(
        web.scopes.of(Grant::AuthorizationCode),
        ["openid", "offline_access", "read"]
    );
    assert_eq!(web.grants.len(), Grant::ALL.len());
    assert_eq!(web.line, 25);
    let key = service.assertion_key().unwrap();
    assert_eq!(
        (key.algorithm, key.kid.as_deref()),
        (Algorithm::Rs256, Some("k1"))
    );
    assert_eq!(
        target.assertion_audience(service),
        "https://audience.example"
    );
    assert_eq!(target.assertion_audience(web), "https://as.example.com");
    assert_eq!(machine.certificate.as_ref().unwrap().chain().len(), 1);
    assert_eq!(vouched.auth, AuthMethod::Saml2ClientAuth);
    assert_eq!(rs.auth, AuthMethod::ClientSecretPost);
    let Some(Hook::Url(approval)) = &target.device_approval else {
        panic!("a URL")
    };
    assert_eq!(
        approval.expand(|_| Some("AB CD")).unwrap(),
        "https://as.example.com/approve?user_code=AB%20CD"
    );
    let codes = target.authorization_codes.as_ref().unwrap();
    let CodeSource::Command(command) = &codes.source else {
        panic!("a command")
    };
    assert_eq!(command.program, Path::new("/targets/./code"));
    let client = |name: &str| (name == "client_id").then_some("web-client");
    assert_eq!(
        command.arguments(client).unwrap(),
        ["--client", "web-client"]
    );
    assert_eq!(target.user().unwrap().password.reveal(), "alice's password");
    assert_eq!(target.limits.rate.unwrap().per_second(), 50);
    assert_eq!(target.default_manager(web).unwrap().id, "api");
    assert_eq!(target.default_manager(service).unwrap().id, "default");
    assert_eq!(target.secrets().count(), 4);
}

#[test]
fn secret_of_a_target_never_prints() {
    let shown = format!("{:?}", read(FULL).unwrap());
    for secret in ["from the environment", "from a file", "alice's password"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn misplaced_secret_is_not_shown() {
    for value in [
        "{hunter2}",
        "[hunter2]",
        "{value: hunter2}",
        "{env: [hunter2]}",
    ] {
        let shown = problems(&format!(
            "clients: {{a: {{id: x, auth: client_secret_post, secret: {value}}}}}"
        ));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn file_of_mistakes_is_read_in_bounded_time() {
    let clients: String = (0..20_000)
        .map(|n| format!("  c{n}: {{id: x, auth: private_key_jwt}}\n"))
        .collect();
    let problems = read(&format!("{HEAD}clients:\n{clients}")).unwrap_err();
    assert_eq!(problems.len(), 100);
}

#[test]
fn limits_on_loopback_are_wider() {
    let limits = |text: &str| read(text).unwrap().limits;
    assert_eq!(
        limits("token_endpoint: http://127.0.0.1:1/t"),
        super::super::Limits::LOOPBACK
    );
    assert_eq!(
        limits("token_endpoint: https://as.example/t"),
        super::super::Limits::ELSEWHERE
    );
    let resolved = "token_endpoint: https://as.example/t\nresolve: {as.example: 127.0.0.1}";
    assert_eq!(limits(resolved), super::super::Limits::LOOPBACK);
    let led_astray = "token_endpoint: http://localhost/t\nresolve: {localhost: 203.0.113.1}";
    assert_eq!(limits(led_astray), super::super::Limits::ELSEWHERE);
}

/// Lines of a target file, and what is said about them.
const REFUSED: &[(&str, &str)] = &[
    ("also_at: [/token]", "this is not an absolute URL"),
    (
        "resolve: {as.example: localhost}",
        "this is not an IP address",
    ),
    ("limits: {rate: 50}", "this is not a rate"),
    ("limits: {timeout: 10}", "this is not a time"),
    ("limits: {timeout: 0s}", "this is not a time"),
    ("limits: {concurrency: 0}", "wrong type"),
    ("limits: {concurrency: many}", "wrong type"),
    ("allow: [everything]", "unknown word `everything`"),
    ("tls: {insecure: yes}", "wrong type"),
    (
        "tls: {ca: secret.txt}",
        "the file has no certificate in PEM",
    ),
    (
        "tls: {ca: missing.pem}",
        "`missing.pem` can't be read: there is no such file",
    ),
    (
        "endpoints: {introspection: https://as.example/i}",
        "wrong type",
    ),
    (
        "clock: {advance: \"http://127.0.0.1/clock\"}",
        "a clock that can't be told",
    ),
    ("device_approval: {uri: x}", "unknown key `uri`"),
    ("device_approval: automatic", "unknown word `automatic`"),
    (
        "device_approval: {command: []}",
        "a command without a program",
    ),
    ("device_approval: {command: [./a, 5]}", "wrong type"),
    (
        "authorization_codes: {via: redirect}",
        "needs the authorization endpoint",
    ),
    (
        "authorization_codes: {via: command}",
        "`via: command` needs `command`",
    ),
    (
        "callback_host: {listen: 127.0.0.1, url: \"http://127.0.0.1:9200\"}",
        "this is not an address with a port",
    ),
    (
        "callback_host: {listen: \"127.0.0.1:9200\", url: \"http://127.0.0.1:9200/keys\"}",
        "the callback host has a path",
    ),
    (
        "clients: {a: {id: x, auth: private_key_jwt, key: {file: rsa.jwk}, jwks_uri: \"http://127.0.0.1:9200/a\"}}",
        "this is not below `callback_host.url`",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: ping}}",
        "a client of ping that may not use the grant `ciba`",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: s, grants: [ciba], backchannel_token_delivery_mode: push}}",
        "a client of push may not use this grant",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: pull}}",
        "unknown word `pull`",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: s, grants: [ciba], backchannel_client_notification_endpoint: \"http://h/n\"}}",
        "nothing is sent to a client that polls",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: s, backchannel_token_delivery_mode: push, \
         backchannel_client_notification_endpoint: \"http://h/n\"}}",
        "this is not below `callback_host.url`",
    ),
    ("supports: [pkce, -pkce]", "`pkce` is granted and denied"),
    (
        "access_token_managers: [{id: a, recognised_by: {}}]",
        "every token would be recognised",
    ),
    (
        "access_token_managers: [{id: a}, {id: a}]",
        "repeated access token manager `a`",
    ),
    (
        "access_token_managers: [{id: a, default: true}, {id: b, default: true}]",
        "a second default access token manager",
    ),
    (
        "access_token_managers: [{id: a, resources: [/x]}]",
        "this is not an absolute URI",
    ),
    ("clients: {a: {auth: none}}", "missing key `id`"),
    (
        "clients: {a: {id: x, auth: none, scopes: [a b]}}",
        "this is not one scope",
    ),
    (
        "clients: {a: {id: x, auth: none, scopes: {password: [a]}}}",
        "scopes for `password`",
    ),
    (
        "clients: {a: {id: x, auth: none, scopes: {passwort: [a]}}}",
        "unknown key `passwort`",
    ),
    (
        "clients: {a: {id: x, auth: none, scopes: read}}",
        "wrong type",
    ),
    (
        "clients: {a: {id: x, auth: none, grants: [ciba, ciba]}}",
        "repeated grant `ciba`",
    ),
    (
        "clients: {a: {id: x, auth: none, redirect_uris: [/cb]}}",
        "this is not an absolute URI",
    ),
    (
        "clients: {a: {id: x, auth: none, restricted: true}}",
        "a client restricted to its default",
    ),
    (
        "clients: {a: {id: x, auth: private_key_jwt}}",
        "`auth: private_key_jwt` needs `key`",
    ),
    (
        "clients: {a: {id: x, auth: private_key_jwt, key: {}}}",
        "a key from nowhere",
    ),
    (
        "clients: {a: {id: x, auth: private_key_jwt, key: {file: rsa.jwk, alg: XX}}}",
        "unknown word `XX`",
    ),
    (
        "clients: {a: {id: x, auth: saml2_client_auth}}",
        "`auth: saml2_client_auth` needs an issuer of SAML assertions",
    ),
    (
        "clients: {a: {id: x, auth: saml2_client_auth, key: {file: rsa.jwk}}}",
        "`auth: saml2_client_auth` has no use for `key`",
    ),
    (
        "clients: {a: {id: x, auth: saml2_client_auth, audience: \"https://as.example\"}}",
        "`auth: saml2_client_auth` has no use for `audience`",
    ),
    (
        "clients: {a: {id: x, auth: tls_client_auth}}",
        "`auth: tls_client_auth` needs `certificate`",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: }}",
        "`auth: client_secret_post` needs `secret`",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: {env: EMPTY}}}",
        "empty secret",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: {file: empty.txt}}}",
        "empty secret",
    ),
    (
        "clients: {a: {id: x, auth: client_secret_post, secret: {env: A, file: b}}}",
        "a secret from two places",
    ),
    ("clients: []", "wrong type"),
    ("also_at: [\"https://as.example/t\"", "this is not YAML"),
];

#[test]
fn each_of_these_is_refused() {
    for (lines, message) in REFUSED {
        let shown = problems(lines);
        assert!(shown.starts_with("error: "), "{shown}");
        assert!(shown.contains(message), "{lines}\n{shown}");
        assert!(shown.contains("\n  --> target.yaml:2:"), "{lines}\n{shown}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s).{0,300}") {
        let _read = read(&text);
    }

    #[test]
    fn damaged_file_is_read_without_a_panic(at in 0..FULL.len(), insert in "[\\[\\]{}:,\"'&*!|>\\-\n\t a-z]{0,4}", cut in 0_usize..40) {
        let start = (0..=at).rev().find(|index| FULL.is_char_boundary(*index)).unwrap();
        let end = (start + cut..FULL.len()).find(|index| FULL.is_char_boundary(*index)).unwrap_or(FULL.len());
        let text = format!("{}{insert}{}", &FULL[..start], &FULL[end..]);
        let problems = read(&text).err().unwrap_or_default().to_string();
        // Without its key, nothing tells a password from another text.
        let has_key = text.contains("password: \"alice's password\"");
        prop_assert!(!has_key || !problems.contains("alice's password"), "{problems}");
    }
}
