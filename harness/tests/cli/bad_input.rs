//! Mistakes in files and flags: each gets one message that says what, where, and what to do next, and exit code 2.

use std::net::TcpListener;

use crate::program::{Folder, Seen};

/// A target file without a mistake; nothing listens at its port.
const TARGET: &str = "\
token_endpoint: http://127.0.0.1:9/token
clients:
  web:
    id: web
    auth: client_secret_basic
    secret: not-a-secret
    grants: [client_credentials]
";

/// A rule without a mistake.
const RULE: &str = "\
source: {document: RFC 7636, section: \"4.6\", level: must}
rule: A code is redeemed with its own verifier only.
needs: [authorization_code]
cases:
  - name: another verifier
    baseline: authorization_code
    deviation: {set: {code_verifier: another}}
    expect: {status: 400, error: invalid_grant}
";

/// A baseline without a mistake.
const BASELINE: &str = "\
known:
  - rule: rfc6749-duplicate-*
    reason: the parser keeps the first value
";

/// Runs the program once for each wrong file, and notes what it says.
fn wrong(name: &str, arguments: &[&str], files: &[(&str, String)]) -> String {
    let mut seen = Seen::default();
    for (title, text) in files {
        let folder = Folder::new();
        folder.write(name, text);
        folder.write("garbage.pem", "-----BEGIN PRIVATE KEY-----\nno key\n");
        folder.write("good.yaml", TARGET);
        seen.run(&folder, title, arguments);
    }
    seen.0
}

/// The text with one part replaced.
#[track_caller]
fn with(text: &str, part: &str, other: &str) -> String {
    assert!(text.contains(part), "{part}");
    text.replace(part, other)
}

fn target_with(part: &str, other: &str) -> String {
    with(TARGET, part, other)
}

const SECRET: &str = "secret: not-a-secret";
const KEY: &str = "    auth: client_secret_basic\n    secret: not-a-secret\n";

#[test]
fn wrong_keys_and_types_of_a_target_file_are_told() {
    let merged = "  other:\n    <<: *web\n    id: other\n";
    let seen = wrong(
        "target.yaml",
        &["run", "target.yaml"],
        &[
            ("unknown key", target_with("grants:", "grant:")),
            ("unknown key at the top", format!("{TARGET}client: {{}}\n")),
            ("repeated key", format!("{TARGET}    id: other\n")),
            ("merge key", target_with("  web:", "  web: &web") + merged),
            ("wrong type", target_with("[client_credentials]", "7")),
            ("wrong word", target_with("client_secret_basic", "basic")),
            ("no boolean", format!("{TARGET}    restricted: yes\n")),
            ("no URL", target_with("http://127.0.0.1:9/token", "/token")),
            ("fragment", target_with("/token", "/token#f")),
            ("no mapping", "[token_endpoint]\n".to_owned()),
            ("nothing", String::new()),
            ("no YAML", target_with("id: web", "id: \"web")),
            ("lacks its keys", "name: Example\n".to_owned()),
            ("no rate", format!("{TARGET}limits: {{rate: fast}}\n")),
            ("unknown profile", format!("{TARGET}profile: [oauth9]\n")),
            (
                "unknown client",
                format!(
                    "{TARGET}endpoints: {{introspection: {{url: http://127.0.0.1:9/i, client: rs}}}}\n"
                ),
            ),
            (
                "unknown capability",
                format!("{TARGET}supports: [refresh_rotations]\n"),
            ),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn secrets_and_keys_that_are_not_there_are_told() {
    let key = |source: &str| target_with(KEY, &format!("    auth: private_key_jwt\n{source}"));
    let seen = wrong(
        "target.yaml",
        &["check", "target.yaml"],
        &[
            (
                "variable that is not set",
                target_with(SECRET, "secret: {env: WEB_SECRET}"),
            ),
            (
                "file that is missing",
                target_with(SECRET, "secret: {file: secret.txt}"),
            ),
            ("no secret", target_with(SECRET, "redirect_uris: []")),
            ("empty secret", target_with(SECRET, "secret: \"\"")),
            (
                "key file that is missing",
                key("    key: {file: absent.pem, alg: RS256}\n"),
            ),
            (
                "key file without a key",
                key("    key: {file: garbage.pem, alg: RS256}\n"),
            ),
            ("no key", key("")),
            (
                "authority that is missing",
                format!("{TARGET}tls: {{ca: ca.pem}}\n"),
            ),
            (
                "authority that is none",
                format!("{TARGET}tls: {{ca: garbage.pem}}\n"),
            ),
            (
                "password that is not set",
                format!(
                    "{TARGET}users: {{alice: {{username: alice, password: {{env: ALICE}}}}}}\n"
                ),
            ),
        ],
    );
    insta::assert_snapshot!(seen);
}

/// A rule that compares durations of requests that it does not send.
const AS_FAST: &str = "source: {document: RFC 6749, section: \"5.2\", level: may}
rule: As fast.
cases:
  - name: it
    baseline: client_credentials
    steps:
      - durations:
          rounds: 60
          of: {one: {}, two: {}}
          expect: [{between: [one, three], within: 1ms}, {between: [one]}]
";

#[test]
fn wrong_suites_are_told() {
    let rule = |part: &str, other: &str| with(RULE, part, other);
    let seen = wrong(
        "own/rule.yaml",
        &["run", "good.yaml", "--suite", "own"],
        &[
            ("unknown key", rule("expect:", "expected:")),
            (
                "unknown capability",
                rule("[authorization_code]", "[authorisation_code]"),
            ),
            (
                "capture that nothing defines",
                rule("verifier: another", "verifier: \"${stolen.code_verifier}\""),
            ),
            ("unknown level", rule("level: must", "level: mustnt")),
            (
                "repeated key",
                rule("    expect:", "    name: again\n    expect:"),
            ),
            (
                "case that expects nothing",
                rule("    expect: {status: 400, error: invalid_grant}\n", ""),
            ),
            (
                "unknown baseline",
                rule("baseline: authorization_code", "baseline: authorization"),
            ),
            ("no source", rule("source:", "sauce:")),
            ("nothing", String::new()),
            ("no YAML", rule("rule: A", "rule: \"A")),
            (
                "template that is cut",
                rule("verifier: another", "verifier: \"${value\""),
            ),
            (
                "HTTP/2 beside what it excludes",
                rule(
                    "{set: {code_verifier: another}}",
                    "{headers: {raw: [\"A: b\"]}, framing: {chunked: true}, wire: {http2: true, end: close, fields: {}}}",
                ),
            ),
            (
                "fields of HTTP/2 without it",
                rule(
                    "{set: {code_verifier: another}}",
                    "{wire: {fields: {remove: [\":path\"]}}}",
                ),
            ),
            ("durations of what is not sent", AS_FAST.to_owned()),
            (
                "same as nothing",
                "source: {document: RFC 7636, section: \"4.6\", level: must}\nrule: The same.\nsame_as: rfc6749-nothing\n".to_owned(),
            ),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn wrong_baselines_are_told() {
    let entry = |line: &str| format!("{BASELINE}    {line}\n");
    let seen = wrong(
        "baseline.yaml",
        &["check", "baseline.yaml"],
        &[
            (
                "no reason",
                with(
                    BASELINE,
                    "    reason: the parser keeps the first value\n",
                    "",
                ),
            ),
            (
                "reason that is none",
                with(BASELINE, "the parser keeps the first value", "TODO"),
            ),
            (
                "empty reason",
                with(BASELINE, "the parser keeps the first value", "\"\""),
            ),
            ("unknown key", with(BASELINE, "reason:", "reasons:")),
            ("repeated key", entry("reason: once more")),
            ("no day", entry("until: soon")),
            ("verdict that deviates from nothing", entry("verdict: pass")),
            ("list of verdicts", entry("verdict: [fail]")),
            (
                "no pattern",
                with(BASELINE, "rfc6749-duplicate-*", "\"rfc6749-[*\""),
            ),
            ("no entry", "known:\n".to_owned()),
            (
                "pattern that matches no rule",
                with(BASELINE, "rfc6749-duplicate-*", "rfc6749-duplicated-*"),
            ),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn files_that_are_not_there_are_told() {
    let folder = Folder::new();
    folder.write("good.yaml", TARGET);
    folder.write("empty/notes.txt", "no rule\n");
    folder.write("other.yaml", "colour: blue\n");
    let mut seen = Seen::default();
    for (title, arguments) in [
        ("target file", "run absent.yaml"),
        ("folder as target file", "run empty"),
        ("URL without its scheme", "run 127.0.0.1:9/token"),
        ("target file of doctor", "doctor absent.yaml"),
        ("target file of capabilities", "capabilities absent.yaml"),
        ("file to check", "check absent.yaml"),
        ("file of no known kind", "check other.yaml"),
        ("suite", "run good.yaml --suite absent"),
        ("suite without rules", "run good.yaml --suite empty"),
        ("baseline", "run good.yaml --baseline absent.yaml"),
        ("configuration of serve", "serve --config absent.yaml"),
        (
            "folder of a written target file",
            "serve --write-target absent/target.yaml",
        ),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        seen.run(&folder, title, &arguments);
    }
    insta::assert_snapshot!(seen.0);
}

#[test]
fn flags_that_make_no_sense_are_told() {
    let folder = Folder::new();
    folder.write("good.yaml", TARGET);
    let mut seen = Seen::default();
    for flags in [
        "run good.yaml --rule rfc9999-*",
        "run good.yaml --rule rfc6749-grant-type-missin",
        "run good.yaml --rule rfc6749-[*",
        "run good.yaml --rule pingfederate-atm-*",
        "run good.yaml --rule rfc6749-* --suite rfc7636",
        "run good.yaml --profile oauth9",
        "run --profile oauth9",
        "run good.yaml --report html=report.html",
        "run good.yaml --report json",
        "run good.yaml --shard 3/2",
        "run good.yaml --rate fast",
        "run good.yaml --timeout soon",
        "run good.yaml --timeout 0s",
        "run good.yaml --jobs 0",
        "run good.yaml --seed x",
        "run good.yaml --update-baseline",
        "run ftp://127.0.0.1/token",
        "run http://",
        "run http://127.0.0.1:9/token#fragment",
        "runn",
        "list --rule rfc9999-*",
        "explain rfc6749-code-singl-use",
        "explain nothing-of-the-kind",
        "mutants --defect nothing-of-the-kind",
        "mutants --rule nothing-of-the-kind",
        "serve --defect nothing-of-the-kind",
        "serve --listen here",
        "serve --clock-listen 192.0.2.1:0",
        "schema nothing",
    ] {
        let arguments: Vec<&str> = flags.split(' ').collect();
        let ended = folder.tokenspec(&arguments).with_code(2);
        let printed = folder.steady(&(ended.stdout + &ended.stderr));
        seen.0 += &format!("$ tokenspec {flags}\n{printed}\n");
    }
    insta::assert_snapshot!(seen.0);
}

#[test]
fn port_that_is_busy_is_told() {
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = busy.local_addr().expect("an address").to_string();
    let folder = Folder::new();
    let mut seen = String::new();
    for flag in ["--listen", "--clock-listen"] {
        let ended = folder.tokenspec(&["serve", flag, &address]).with_code(2);
        assert_eq!(ended.stdout, "");
        seen += &folder.steady(&ended.stderr);
    }
    insta::assert_snapshot!(seen);
}
