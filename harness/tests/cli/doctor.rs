//! `tokenspec doctor` at the reference server: everything works, and what a mistake in the target file leads to is told.

use crate::program::{Served, tokenspec};

const CONFIGURATIONS: [&str; 4] = ["oauth2.0", "oauth2.1", "pingfederate", "pingone"];

#[test]
fn everything_of_every_configuration_works() {
    for configuration in CONFIGURATIONS {
        let flags = ["--config", configuration, "--clock-listen", "127.0.0.1:0"];
        let served = Served::start(&flags);
        let ended = tokenspec(&["doctor", &served.target()]).with_code(0);
        let printed = ended.stdout;
        assert!(!printed.contains("not tried"), "{configuration}: {printed}");
    }
}

/// What `doctor` says of a target file in which `part` is `other`.
#[track_caller]
fn advice(served: &Served, part: &str, other: &str) -> String {
    let text = served.target_text();
    assert!(text.contains(part), "{text}");
    let file = served.write("changed.yaml", &text.replace(part, other));
    tokenspec(&["doctor", &file]).with_code(1).stdout
}

#[test]
fn mistakes_in_what_the_grants_of_extensions_need_are_told_by_their_key() {
    let plain = Served::start(&["--config", "oauth2.0"]);
    let ping = Served::start(&["--config", "pingfederate"]);
    for (served, part, other, expected) in [
        (
            &plain,
            "issuer: \"https://idp.example\"",
            "issuer: \"https://stranger.example\"",
            "check `assertions.jwt_bearer`: the server has to trust its `issuer`",
        ),
        (
            &plain,
            "login_hint: \"alice\"",
            "login_hint: \"nobody\"",
            "check `ciba.login_hint`: the server has to know the user",
        ),
        (
            &plain,
            "/as/user_authz.oauth2?",
            "/as/nothing.oauth2?",
            "check `device_approval`: opened, it has to make the resource owner decide",
        ),
        (
            &plain,
            "/as/user_authz.oauth2?user_code={user_code}&decision=approve",
            "/as/user_authz.oauth2?user_code={user_code}&decision=deny",
            "check that `device_approval` approves, and does not deny",
        ),
        (
            &plain,
            "/as/device_authz.oauth2",
            "/as/no_device.oauth2",
            "nothing is at this URL: check the path of `endpoints.device_authorization`",
        ),
        (
            &plain,
            "/as/bc-auth.ciba",
            "/as/no-backchannel",
            "nothing is at this URL: check the path of `endpoints.backchannel_authentication`",
        ),
        (
            &plain,
            "\"jwt_bearer\", \"token_exchange\"]",
            "\"jwt_bearer\", \"token_exchange\", \"validate_bearer\"]",
            "the server does not have validate_bearer: turn it on",
        ),
        (
            &ping,
            "grants: [\"validate_bearer\"]",
            "grants: [\"client_credentials\"]",
            "let client `validator` use client_credentials at the server",
        ),
    ] {
        let printed = advice(served, part, other);
        assert!(printed.contains(expected), "{other}: {printed}");
    }
}

#[test]
fn endpoint_that_no_client_uses_is_not_tried() {
    let served = Served::start(&["--config", "oauth2.0"]);
    let text = served.target_text();
    let (before, _) = text.split_once("\nclients:").expect("clients");
    let lines = before
        .lines()
        .filter(|line| !line.starts_with("tls:") && !line.contains("client:"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    let file = served.write("changed.yaml", &text);
    let printed = tokenspec(&["doctor", &file]).stdout;
    for line in [
        "backchannel_authentication  no client has the grant ciba",
        "device_authorization  no client has the grant device_code",
        "token_mtls  no client has a certificate",
    ] {
        let words: Vec<&str> = printed.split_whitespace().collect();
        let expected: Vec<&str> = line.split_whitespace().collect();
        let found = words.windows(expected.len()).any(|part| part == expected);
        assert!(found, "{line}: {printed}");
    }
}

#[test]
fn server_whose_clock_was_moved_by_a_run_can_be_run_against_again() {
    let served = Served::start(&["--clock-listen", "127.0.0.1:0"]);
    let target = served.target();
    for _ in 0..2 {
        let run = [
            "run",
            &target,
            "--rule",
            "rfc6749-code-expires",
            "--rule",
            "rfc7523-accepted",
            "--rule",
            "rfc7523-grant-accepted",
            "--rule",
            "rfc8705-auth-certificate-rotation",
        ];
        let ended = tokenspec(&run).with_code(0);
        assert!(ended.stdout.contains("Exit code 0"), "{}", ended.stdout);
    }
    tokenspec(&["doctor", &target]).with_code(0);
}

#[test]
fn rule_that_one_configuration_of_the_embedded_server_lacks_runs_in_the_others() {
    let ended = tokenspec(&["run", "--rule", "pingone-token-path"]).with_code(0);
    assert!(ended.stdout.contains("(PingOne)"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("(OAuth 2.0)"), "{}", ended.stdout);
    let flags = [
        "run",
        "--profile",
        "oauth2.0",
        "--rule",
        "pingone-token-path",
    ];
    let ended = tokenspec(&flags).with_code(2);
    let expected =
        "matches no rule of the chosen profiles; `pingone-token-path` belongs to another";
    assert!(ended.stderr.contains(expected), "{}", ended.stderr);
}
