//! What a run ends with (design section 5), and what its flags change.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Ended, Folder, Served, command, signal, tokenspec};
use crate::stub::{self, Stub};

/// A server that lets codes be used again.
fn deviant() -> Served {
    Served::start(&["--defect", "code-reuse-accepted"])
}

const MUST: &str = "rfc6749-code-single-use";
const GOOD: &str = "rfc6749-grant-type-missing";

/// Runs against a server, with more flags.
fn run(server: &Served, flags: &[&str]) -> Ended {
    let target = server.target();
    tokenspec(&[&["run", &target, "--seed", "1"], flags].concat())
}

#[test]
fn verdicts_make_the_exit_code() {
    let server = deviant();
    for (flags, code) in [
        (&["--rule", GOOD] as &[_], 0),
        (&["--rule", MUST], 1),
        (&["--rule", MUST, "--rule", GOOD], 1),
        (&["--rule", MUST, "--fail-on", "should"], 1),
        (&["--rule", MUST, "--fail-on", "never"], 0),
        (&["--rule", "rfc9999-nothing"], 2),
        (&["--rule", "rfc7636-plain-exact"], 3),
        (
            &["--rule", "rfc7636-plain-exact", "--allow-inconclusive"],
            3,
        ),
        (&["--rule", MUST, "--dry-run"], 0),
    ] {
        let ended = run(&server, flags);
        assert_eq!(ended.code, Some(code), "{flags:?}: {}", ended.stdout);
    }
}

#[test]
fn failing_should_counts_if_it_is_asked_for() {
    let server = Served::start(&["--defect", "form-bare-name-refused"]);
    let target = server.target();
    for (fail_on, code) in [("must", 0), ("should", 1), ("never", 0)] {
        let rule = "form-urlencoded-bare-names";
        let flags = ["run", &target, "--rule", rule, "--fail-on", fail_on];
        let ended = tokenspec(&flags);
        assert_eq!(ended.code, Some(code), "{fail_on}: {}", ended.stdout);
    }
}

#[test]
fn what_could_not_be_judged_counts_unless_it_is_allowed() {
    let server = deviant();
    let folder = Folder::new();
    let target = server.small_target();
    let text = std::fs::read_to_string(&target).expect("a target file");
    let away = format!(
        "{text}  away:\n    id: away\n    auth: client_secret_basic\n    secret: unknown\n    grants: [client_credentials]\n"
    );
    let away = folder.write("away.yaml", &away);
    let run = ["run", &away, "--rule", GOOD];
    tokenspec(&run).with_code(3);
    let allowed = [&run[..], &["--allow-inconclusive"]].concat();
    tokenspec(&allowed).with_code(0);
    let stub = Stub::start(stub::close);
    let nothing = ["run", &stub.url(), "--allow-inconclusive"];
    tokenspec(&nothing).with_code(3);
}

#[test]
fn baseline_makes_deviations_known_and_stale_entries_fail() {
    let server = deviant();
    let folder = Folder::new();
    let known = |name: &str, rule: &str, reason: &str| {
        let text = format!("known:\n  - rule: {rule}\n    reason: {reason}\n");
        folder.write(name, &text)
    };
    let right = known("right.yaml", MUST, "accepted until the store is replaced");
    let todo = known("todo.yaml", MUST, "TODO");
    let stale = known("stale.yaml", GOOD, "was mended");
    for (rule, baseline, code) in [
        (MUST, &right, 0),
        (MUST, &todo, 1),
        (GOOD, &stale, 1),
        // Whether an entry is stale can't be said where its rules were not planned.
        (GOOD, &right, 0),
    ] {
        let ended = run(&server, &["--rule", rule, "--baseline", baseline]);
        assert_eq!(ended.code, Some(code), "{baseline}: {}", ended.stdout);
    }
    run(
        &server,
        &["--rule", GOOD, "--baseline", &stale, "--update-baseline"],
    );
    assert_eq!(folder.read("stale.yaml"), "known: []\n");
    run(&server, &["--rule", GOOD, "--baseline", &stale]).with_code(0);
}

/// The identifiers of the variants of a report.
fn ids(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().expect("results");
    let ids = results.iter().map(|it| it["variant"]["id"].as_str());
    ids.map(|id| id.expect("an id")).collect()
}

#[test]
fn shards_are_the_whole_and_a_seed_gives_the_same_order() {
    let server = deviant();
    let report = |flags: &[&str]| {
        let rules = ["--rule", "rfc6749-grant-type-*", "--report", "json=-"];
        run(&server, &[&rules, flags].concat()).json()
    };
    let (whole, again) = (report(&[]), report(&[]));
    assert_eq!(ids(&whole), ids(&again));
    assert_eq!(whole["seed"], 1);
    let (one, two) = (report(&["--shard", "1/2"]), report(&["--shard", "2/2"]));
    let mut joined = [ids(&one), ids(&two)].concat();
    assert!(!ids(&one).is_empty() && !ids(&two).is_empty());
    let mut all = ids(&whole);
    joined.sort_unstable();
    all.sort_unstable();
    assert_eq!(joined, all);
}

#[test]
fn dry_run_sends_nothing() {
    let stub = Stub::start(stub::close);
    tokenspec(&["run", &stub.url(), "--dry-run"]).with_code(0);
    assert_eq!(stub.connections(), 0);
}

#[test]
fn interrupted_run_ends_with_a_complete_report() {
    let server = deviant();
    let target = server.target();
    let folder = Folder::new();
    let json = format!("json={}", folder.path("report.json"));
    let mut child = command(&["run", &target, "--jobs", "1", "--report", &json])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    // Its first word on stderr says that it is under way.
    let mut first = [0];
    let stderr = child.stderr.as_mut().expect("a pipe");
    stderr.read_exact(&mut first).expect("a word");
    signal(&child, "INT");
    let ended = Ended::of(child.wait_with_output().expect("an end"));
    assert!(matches!(ended.code, Some(1 | 3)), "{ended:?}");
    let report: Value = serde_json::from_str(&folder.read("report.json")).expect("JSON");
    assert_eq!(report["interrupted"], true);
    let results = report["results"].as_array().expect("results");
    let left = results.iter().filter(|it| it["reason"] == "interrupted");
    assert!(left.clone().count() > 0);
    assert!(left.clone().all(|it| it["verdict"] == "error"));
    assert!(results.len() > 1000, "{} results", results.len());
}

#[test]
fn bare_url_is_judged_by_what_needs_no_client() {
    let server = deviant();
    let endpoint = server.endpoint.as_str();
    let ended = tokenspec(&["run", endpoint, "--rule", "rfc6749-error-shape"]);
    let ended = ended.with_code(0);
    assert!(ended.stdout.contains("needs `clients`"), "{}", ended.stdout);
}

#[test]
fn server_under_tls_is_judged_with_its_authority() {
    let server = Served::start(&["--tls"]);
    assert!(server.endpoint.starts_with("https://"));
    assert!(server.target_text().contains("ca:"));
    let target = server.target();
    tokenspec(&["run", &target, "--rule", GOOD]).with_code(0);
    assert_eq!(server.end_with("TERM"), Some(0));
}
