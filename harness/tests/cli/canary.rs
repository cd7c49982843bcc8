//! No secret is in any output, in whatever encoding: not those of the target file, and not those that the server issues.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::program::{Folder, Served, command};
use crate::recorder::Recorder;
use crate::stub::{self, Stub};

/// What a needle is told by while a text is searched.
const HEAD: usize = 8;

/// The secrets, in all their encodings, and what each is.
struct Needles(BTreeMap<[u8; HEAD], Vec<(Vec<u8>, String)>>);

impl Needles {
    fn of(secrets: &BTreeSet<String>) -> Self {
        let mut needles: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for secret in secrets {
            assert!(secret.len() >= 16, "`{secret}` is no canary");
            for needle in encodings(secret) {
                let head = *needle.first_chunk().expect("a long secret");
                let named = (needle, secret.clone());
                needles.entry(head).or_default().push(named);
            }
        }
        Self(needles)
    }

    /// The secrets that a text shows.
    fn shown_by(&self, text: &[u8]) -> BTreeSet<&str> {
        let mut shown = BTreeSet::new();
        for at in 0..text.len().saturating_sub(HEAD) {
            let Some(named) = text[at..].first_chunk().and_then(|head| self.0.get(head)) else {
                continue;
            };
            let here = named.iter().filter(|(it, _)| text[at..].starts_with(it));
            shown.extend(here.map(|(_, secret)| secret.as_str()));
        }
        shown
    }
}

/// A secret as it may stand in an output.
fn encodings(secret: &str) -> BTreeSet<Vec<u8>> {
    let reserved = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte);
    let percent = |upper: bool| -> String {
        let one = |byte: u8| match (reserved(byte), upper) {
            (false, _) => char::from(byte).to_string(),
            (true, true) => format!("%{byte:02X}"),
            (true, false) => format!("%{byte:02x}"),
        };
        secret.bytes().map(one).collect()
    };
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_matches('"');
    let xml = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut all = BTreeSet::from([
        secret.to_owned(),
        percent(true),
        percent(false),
        percent(true).replace("%20", "+"),
        percent(true).replace('~', "%7E"),
        percent(true).replace("%20", "+").replace('~', "%7E"),
        json.to_owned(),
        json.replace('/', "\\/"),
        json.replace('+', "\\u002b").replace('&', "\\u0026"),
        xml.replace('"', "&quot;").replace('\'', "&apos;"),
        xml,
    ]);
    for text in [secret.to_owned(), percent(true).replace("%20", "+")] {
        all.extend(in_base64(&text));
    }
    all.into_iter().map(String::into_bytes).collect()
}

/// A text in base64 and base64url, alone or in the middle of another: what is the same whatever stands around it.
fn in_base64(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for before in 0..3 {
        let padded = "x".repeat(before) + text;
        let first = [0, 2, 3][before];
        let last = padded.len() * 8 / 6;
        for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
            all.push(encoded[first..last].to_owned());
        }
    }
    all
}

#[test]
fn needles_are_found_in_every_encoding() {
    let secret = "p w+d/&=~?>\"4Bq8Zt1";
    let needles = Needles::of(&BTreeSet::from([secret.to_owned()]));
    for text in [
        "a p w+d/&=~?>\"4Bq8Zt1 b".to_owned(),
        "a=p%20w%2Bd%2F%26%3D~%3F%3E%224Bq8Zt1&b".to_owned(),
        "a=p+w%2bd%2f%26%3d~%3f%3e%224Bq8Zt1".replace("%2b", "%2B"),
        "{\"a\": \"p w+d/&=~?>\\\"4Bq8Zt1\"}".to_owned(),
        "<a>p w+d/&amp;=~?&gt;\"4Bq8Zt1</a>".to_owned(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("id:{secret}")),
        URL_SAFE.encode(format!("{{\"it\": \"{secret}\"}}")),
        STANDARD.encode("client:p+w%2Bd%2F%26%3D~%3F%3E%224Bq8Zt1"),
    ] {
        let mixed = text.contains("%2f");
        let shown = needles.shown_by(text.as_bytes());
        assert_eq!(shown.is_empty(), mixed, "{text}");
    }
}

/// Runs with every form of report, and gives back all that was written anywhere.
fn outputs(folder: &Folder, target: &str, rules: &[&str]) -> Vec<(&'static str, Vec<u8>)> {
    let json = format!("json={}", folder.path("report.json"));
    let junit = format!("junit={}", folder.path("report.xml"));
    let mut run = command(&["run", target, "--report", &json, "--report", &junit, "-vv"]);
    run.args(["--timeout", "5s"]);
    run.args(rules.iter().flat_map(|rule| ["--rule", rule]));
    run.env("POST_SECRET", POST).env("ALICE", ALICE);
    let ended = run.output().expect("the program runs");
    assert!(
        matches!(ended.status.code(), Some(1 | 3)),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    vec![
        ("stdout", ended.stdout),
        ("stderr", ended.stderr),
        ("report.json", folder.read("report.json").into_bytes()),
        ("report.xml", folder.read("report.xml").into_bytes()),
    ]
}

#[track_caller]
fn assert_none_shown(needles: &Needles, outputs: &[(&str, Vec<u8>)]) {
    for (name, text) in outputs {
        let shown = needles.shown_by(text);
        assert!(shown.is_empty(), "{name} shows {shown:?}");
    }
}

/// The secret of a client of the built-in configuration.
const POST: &str = "post-secret-4Gt7bM2kX9qF6wRz-7Tn3Ps1dEu9vHc5Bl0jWy8QaKo4ZiGx2MfRrCt6UhJb5L";
const ALICE: &str = "alice's password: 9Kd3+Lw/7&Qz=~%";

/// The lines of a key in PEM that are secret: without the first, which is the same for every key of its kind.
fn lines_of_key(pem: &str) -> impl Iterator<Item = String> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    lines
        .skip(1)
        .filter(|line| line.len() >= 16)
        .map(str::to_owned)
}

/// The values of a key of the target file, as literals.
fn literals(text: &str, key: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(key));
    let literal = |value: &str| value.trim().trim_matches('"').to_owned();
    lines
        .map(literal)
        .filter(|it| !it.starts_with('{'))
        .collect()
}

const RULES: &[&str] = &[
    "rfc6749-basic-*",
    "rfc6749-code-single-use",
    "rfc6749-code-unknown",
    "rfc6749-error-text-charset",
    "rfc6749-issued-values-charset",
    "rfc6749-multiple-auth-methods",
    "rfc6749-post-wrong-secret",
    "rfc6749-refresh-bound-to-client",
    "rfc6749-revoked-access-token",
    "rfc6749-ropc-*",
    "rfc6749-secret-exact",
    "form-urlencoded-basic-*",
    "form-urlencoded-decoded-once",
    "rfc8628-unknown-code",
    "rfc8628-user-code-is-no-device-code",
    "ciba-unknown-id",
];

/// The target file of a server with the address of a relay, some secrets in files and variables, and a user.
fn relayed_target(server: &Served, text: &str, own: &str, relay: &str) -> String {
    let relayed = |line: &str| match line.starts_with("issuer:") {
        true => format!("{line}\n"),
        false => line.replace(own, relay) + "\n",
    };
    let text: String = text.lines().map(relayed).collect();
    let basic = literals(&text, "secret:")
        .into_iter()
        .find(|it| it.starts_with("basic-secret"));
    let basic = basic.expect("the secret of a client");
    server.write("basic.txt", &basic);
    // What the file says is not the resource owner's password, so no control with it succeeds.
    let password = text.split("password: \"").nth(1);
    let password = password.and_then(|rest| rest.split('"').next());
    let password = password.expect("a resource owner").to_owned();
    text.replace(&format!("\"{basic}\""), "{file: basic.txt}")
        .replace(&format!("\"{POST}\""), "{env: POST_SECRET}")
        .replace(
            "grants: [\"client_credentials\"]",
            "grants: [client_credentials, password]",
        )
        .replace(
            &format!("password: \"{password}\""),
            "password: {env: ALICE}",
        )
}

#[test]
fn secrets_of_the_target_file_and_of_the_server_are_in_no_output() {
    let defects = [
        "description-echoes-code",
        "description-echoes-client-id",
        "description-quotes-parameter",
        "code-reuse-accepted",
    ];
    let flags: Vec<&str> = defects.iter().flat_map(|id| ["--defect", id]).collect();
    let server = Served::start(&flags);
    let own = server.endpoint.split('/').nth(2).expect("host and port");
    let recorder = Recorder::before(own);
    let text = server.target_text();
    let mut secrets = literals(&text, "secret:");
    secrets.extend(literals(&text, "retired_secret:"));
    for key in ["ec.pem", "rsa.pem"] {
        let pem = std::fs::read_to_string(server.path(key)).expect("a key");
        secrets.extend(lines_of_key(&pem));
    }
    secrets.insert(ALICE.to_owned());
    assert!(
        secrets.contains(POST),
        "the configuration has other secrets"
    );
    assert!(secrets.len() > 20, "{secrets:?}");

    let text = relayed_target(&server, &text, own, &recorder.address());
    let target = server.write("relayed.yaml", &text);
    let folder = Folder::new();
    let outputs = outputs(&folder, &target, RULES);

    let issued = recorder.values(&[
        "\"access_token\":\"",
        "\"access_token\": \"",
        "\"refresh_token\":\"",
        "\"refresh_token\": \"",
        "\"device_code\":\"",
        "\"auth_req_id\":\"",
    ]);
    let user_codes = recorder.values(&["\"user_code\":\""]);
    assert!(user_codes.len() > 5, "{} user codes", user_codes.len());
    let codes = recorder.values(&["/cb?code=", "/cb2?code="]);
    assert!(codes.len() > 20, "{} codes were issued", codes.len());
    assert!(issued.len() > 50, "{} values were issued", issued.len());
    let told = recorder.values(&["client_assertion=", "Authorization: Basic "]);
    assert!(told.len() > 10, "{} credentials were told", told.len());
    secrets.extend(
        issued
            .into_iter()
            .chain(codes)
            .chain(told)
            .filter(|it| it.len() >= 16),
    );
    // Too short to be looked for in every encoding.
    for (name, output) in &outputs {
        let text = String::from_utf8_lossy(output);
        let shown = user_codes.iter().find(|code| text.contains(code.as_str()));
        assert_eq!(shown, None, "in {name}");
    }
    let report = folder.read("report.json");
    for verdict in ["\"pass\"", "\"fail\"", "\"inconclusive\""] {
        assert!(report.contains(verdict), "no {verdict}");
    }
    assert_none_shown(&Needles::of(&secrets), &outputs);
}

#[test]
fn secrets_that_a_server_says_back_are_in_no_output() {
    let stub = Stub::start(stub::echo);
    let folder = Folder::new();
    let secret = "s3 cret/+&=~?>'<\"4Bq8Zt1";
    let target = format!(
        "token_endpoint: {}\nclients:\n  basic: {{id: one, auth: client_secret_basic, secret: '{}', \
         grants: [client_credentials]}}\n  post: {{id: two, auth: client_secret_post, secret: {{env: POST_SECRET}}, \
         grants: [client_credentials, password]}}\nusers: {{alice: {{username: alice, password: {{env: ALICE}}}}}}\n",
        stub.url(),
        secret.replace('\'', "''"),
    );
    let target = folder.write("target.yaml", &target);
    let rules = [
        "rfc6749-basic-*",
        "rfc6749-post-*",
        "rfc6749-ropc-*",
        "rfc6749-error-*",
    ];
    let outputs = outputs(&folder, &target, &rules);
    let secrets = [secret, POST, ALICE].map(str::to_owned);
    assert_none_shown(&Needles::of(&BTreeSet::from(secrets)), &outputs);
    let mut doctor = command(&["doctor", &target, "-v", "--format", "json"]);
    let ended = doctor.env("POST_SECRET", POST).env("ALICE", ALICE).output();
    let ended = ended.expect("the program runs");
    let outputs = [
        ("stdout of doctor", ended.stdout),
        ("its stderr", ended.stderr),
    ];
    assert_none_shown(
        &Needles::of(&BTreeSet::from([secret, POST, ALICE].map(str::to_owned))),
        &outputs,
    );
}
