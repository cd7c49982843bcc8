//! Servers that are no token endpoints, and servers that are away: no verdict but `error` and `inconclusive`, each with
//! its cause, in bounded time and memory.

use crate::program::{Ended, Folder, Seen, Served, steady, tokenspec};
use crate::stub::{self, Behaviour, Stub};

/// What a client may take of an answer that never ends, on one connection.
const MOST_TAKEN: u64 = 5 << 20;

/// What the kernel may hold on the way: Linux gives a socket up to 4 MiB to send from and 6 MiB to receive in, and the more of them, the
/// slower the reader is.
const MOST_HELD: u64 = 10 << 20;

/// A target file with one client of this endpoint.
fn target(endpoint: &str, more: &str) -> Folder {
    let folder = Folder::new();
    let text = format!(
        "token_endpoint: {endpoint}\nclients:\n  web:\n    id: web\n    auth: client_secret_basic\n    \
         secret: not-a-secret\n    grants: [client_credentials]\n{more}"
    );
    folder.write("target.yaml", &text);
    folder
}

const RUN: &[&str] = &[
    "run",
    "target.yaml",
    "--rule",
    "rfc6749-grant-type-missing",
    "--rule",
    "rfc6749-basic-supported",
    "--rule",
    "rfc6749-success-json-object",
    "--jobs",
    "1",
    "--seed",
    "1",
    "--timeout",
    "400ms",
];

/// Rules about refusals.
const REFUSALS: &[&str] = &[
    "run",
    "target.yaml",
    "--rule",
    "rfc6749-grant-type-missing",
    "--rule",
    "rfc6749-basic-supported",
    "--jobs",
    "1",
    "--seed",
    "1",
    "--timeout",
    "400ms",
];

/// What the program prints of servers that behave so: the verdicts, without what is the same for all.
fn against(run: &[&str], behaviours: &[(&str, Behaviour)]) -> String {
    let mut seen = String::new();
    for (title, behaviour) in behaviours {
        let stub = Stub::start(*behaviour);
        let folder = target(&stub.url(), "");
        seen += &verdicts(run, &folder, title);
        let connections = stub.connections();
        assert!(connections <= 20, "{title}: {connections} connections");
        let sent = stub.sent();
        let most = connections * (MOST_TAKEN + MOST_HELD);
        assert!(
            sent <= most,
            "{title}: {sent} octets were taken on {connections} connections"
        );
    }
    seen
}

/// Runs the program against a target; nothing can be judged there.
#[track_caller]
fn verdicts(run: &[&str], folder: &Folder, title: &str) -> String {
    let ended = folder.tokenspec(run).with_code(3);
    let printed = folder.steady(&ended.stdout);
    let (_, rest) = printed
        .split_once("applies\n\n")
        .expect("what was not judged");
    let (verdicts, rest) = rest.split_once("Skipped:").expect("what was skipped");
    assert!(rest.contains("- Nothing at all was judged."), "{rest}");
    format!("# {title}\n{}{verdicts}", folder.steady(&ended.stderr))
}

#[test]
fn servers_that_say_no_http_are_errors() {
    let seen = against(
        RUN,
        &[
            ("says something else", stub::garbage),
            ("closes without an answer", stub::close),
            ("closes in the middle", stub::truncate),
            ("says a length that is no number", stub::length_is_no_number),
            ("says two lengths", stub::two_lengths),
            ("says a chunk size that is none", stub::chunk_of_no_size),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn servers_that_never_end_are_left() {
    let seen = against(
        RUN,
        &[
            ("never answers", stub::silence),
            ("stalls behind the head", stub::stall),
            ("sends 1 GiB", stub::flood),
            ("sends header fields without end", stub::endless_headers),
            ("sends a header field without end", stub::endless_line),
            ("sends interim answers without end", stub::endless_interim),
            ("sends chunks without end", stub::endless_chunks),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn servers_that_answer_something_else_are_inconclusive() {
    let seen = against(
        REFUSALS,
        &[
            ("says back what it is told", stub::echo),
            ("shows a page", stub::page),
            ("nests 100000 arrays", stub::deep),
        ],
    );
    insta::assert_snapshot!(seen);
}

#[test]
fn servers_that_are_away_are_told() {
    let plain = Stub::start(stub::refuses_all);
    let https = plain.url().replace("http:", "https:");
    let tls = Served::start(&["--tls"]);
    let http = tls.endpoint.replace("https:", "http:");
    let mut seen = String::new();
    for (title, endpoint, more) in [
        ("nothing listens", Stub::nothing(), ""),
        ("HTTP where TLS is expected", https, ""),
        ("TLS where HTTP is expected", http, ""),
        ("a certificate of nobody", tls.endpoint.clone(), ""),
        (
            "a proxy that is away",
            "http://as.invalid/token".to_owned(),
            "proxy: http://127.0.0.1:9\n",
        ),
        (
            "a proxy that refuses",
            "https://as.invalid/token".to_owned(),
            &format!("proxy: \"{}\"\n", plain.url()),
        ),
    ] {
        seen += &verdicts(RUN, &target(&endpoint, more), title);
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn every_rule_against_a_server_that_is_away_is_soon_told() {
    let nothing = Stub::nothing();
    let folder = target(&nothing, "");
    let ended = folder.tokenspec(&["run", "target.yaml"]).with_code(3);
    for part in [
        "target unreachable: connection refused",
        "Nothing at all was judged.",
    ] {
        assert!(ended.stdout.contains(part), "{}", ended.stdout);
    }
    let silent = Stub::start(stub::silence);
    let folder = target(&silent.url(), "");
    let run = ["run", "target.yaml", "--timeout", "100ms"];
    folder.tokenspec(&run).with_code(3);
    let connections = silent.connections();
    assert!(connections < 300, "{connections} connections");
}

#[test]
fn doctor_names_what_is_wrong_with_a_server() {
    let mut seen = Seen::default();
    for (title, behaviour) in [
        ("says something else", stub::garbage as Behaviour),
        ("never answers", stub::silence),
        ("closes in the middle", stub::truncate),
        ("sends 1 GiB", stub::flood),
        ("shows a page", stub::page),
    ] {
        let stub = Stub::start(behaviour);
        let folder = target(&stub.url(), "");
        seen.run(
            &folder,
            title,
            &["doctor", "target.yaml", "--timeout", "400ms"],
        );
    }
    let folder = target(&Stub::nothing(), "");
    seen.run(&folder, "nothing listens", &["doctor", "target.yaml"]);
    insta::assert_snapshot!(seen.0);
}

#[test]
fn bare_url_of_no_token_endpoint_judges_nothing() {
    let stub = Stub::start(stub::page);
    let run = [
        "run",
        &stub.url(),
        "--rule",
        "rfc6749-error-shape",
        "--seed",
        "1",
    ];
    let Ended { code, stdout, .. } = tokenspec(&run);
    assert_eq!(code, Some(3));
    let seen = steady(&stdout);
    insta::assert_snapshot!(seen);
}
