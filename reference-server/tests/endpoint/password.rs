//! Resource owner password credentials (RFC 6749 §4.3).

use tokenspec_reference_server::Config;
use tokenspec_reference_server::wire::form;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, granted, refused, text};

const PASSWORD: &str = "Correct-horse-9Lw2-battery-Staple";

const CONFIG: &str = "
name: x
limits: {failures: 3, lock: 10}
users:
  alice: {password: alices}
  bob: {password: 'bobs pass+word %41 ü'}
clients:
  app: {auth: client_secret_basic, secret: s, grants: [password, refresh_token], scopes: [read, write], default_scopes: [read]}
  rs: {auth: client_secret_basic, secret: r, introspects: all}
";

fn small() -> Fixture {
    Fixture::of(&Config::parse(CONFIG, "x").unwrap(), &[])
}

fn form(username: &str, password: &str) -> String {
    let (username, password) = (form::encode(username), form::encode(password));
    format!("grant_type=password&username={username}&password={password}")
}

fn ask(server: &mut Fixture, username: &str, password: &str) -> Response {
    server.basic("app", &form(username, password))
}

#[test]
fn right_password_gives_a_token_about_its_owner() {
    let mut server = Fixture::new("oauth2.0");
    let answer = server.basic("remote", &form("alice", PASSWORD));
    let token = granted(&answer, "read write");
    assert!(
        answer.member("refresh_token").is_none(),
        "it may not refresh"
    );
    let seen = server.introspect(&token);
    assert_eq!(text(&seen, "sub"), "alice");
    assert_eq!(text(&seen, "client_id"), "remote");
}

#[test]
fn password_counts_octet_by_octet() {
    let mut server = small();
    granted(&ask(&mut server, "bob", "bobs pass+word %41 ü"), "read");
    for wrong in [
        "bobs pass+word A ü",
        "bobs pass word %41 ü",
        "Bobs pass+word %41 ü",
        "alices",
    ] {
        let mut server = small();
        refused(&ask(&mut server, "bob", wrong), 400, "invalid_grant");
    }
}

#[test]
fn unknown_owner_is_refused_as_a_wrong_password_is() {
    let mut server = small();
    let wrong = ask(&mut server, "alice", "wrong");
    let unknown = ask(&mut server, "mallory", "wrong");
    refused(&unknown, 400, "invalid_grant");
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
    refused(&ask(&mut server, "Alice", "alices"), 400, "invalid_grant");
}

#[test]
fn name_and_password_have_to_be_there() {
    let mut server = small();
    for form in [
        "grant_type=password",
        "grant_type=password&username=alice",
        "grant_type=password&username=alice&password=",
        "grant_type=password&password=alices",
        "grant_type=password&username=alice&password=alices&password=alices",
    ] {
        refused(&server.basic("app", form), 400, "invalid_request");
    }
}

#[test]
fn scope_is_within_that_of_the_client() {
    let mut server = small();
    let form = form("alice", "alices");
    granted(
        &server.basic("app", &format!("{form}&scope=write+read")),
        "write read",
    );
    refused(
        &server.basic("app", &format!("{form}&scope=admin")),
        400,
        "invalid_scope",
    );
}

#[test]
fn refresh_token_of_the_grant_works_and_is_rotated() {
    let mut server = small();
    let first = text(&ask(&mut server, "alice", "alices"), "refresh_token");
    let refresh = format!("grant_type=refresh_token&refresh_token={first}");
    let second = text(&server.basic("app", &refresh), "refresh_token");
    assert_ne!(first, second);
    refused(&server.basic("app", &refresh), 400, "invalid_grant");
    let refresh = format!("grant_type=refresh_token&refresh_token={second}");
    refused(&server.basic("app", &refresh), 400, "invalid_grant");
}

#[test]
fn guesses_in_a_row_lock_the_owner_for_a_while() {
    let mut server = small();
    for _ in 0..2 {
        refused(&ask(&mut server, "alice", "wrong"), 400, "invalid_grant");
    }
    // A success between them ends the row.
    granted(&ask(&mut server, "alice", "alices"), "read");
    for _ in 0..3 {
        refused(&ask(&mut server, "alice", "wrong"), 400, "invalid_grant");
    }
    let locked = ask(&mut server, "alice", "alices");
    assert_eq!(
        (locked.status, locked.field("retry-after")),
        (429, Some("10"))
    );
    granted(&ask(&mut server, "bob", "bobs pass+word %41 ü"), "read");
    server.elapse(10);
    granted(&ask(&mut server, "alice", "alices"), "read");
}

#[test]
fn grant_is_for_clients_that_may_use_it() {
    let mut server = Fixture::new("oauth2.0");
    let answer = server.basic("basic", &form("alice", PASSWORD));
    refused(&answer, 400, "unauthorized_client");
    refused(
        &server.post(&form("alice", PASSWORD)),
        401,
        "invalid_client",
    );
}
