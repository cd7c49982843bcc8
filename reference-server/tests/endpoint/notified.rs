//! Backchannel authentications of clients that are notified: ping and push (CIBA Core §7.1, §10.1 to §10.3, §11, §12).

use serde_json::Value;
use tokenspec_reference_server::Config;
use tokenspec_reference_server::notification::{Notification, Redirects, Timing};
use tokenspec_reference_server::state::StateChange;
use tokenspec_reference_server::vocabulary::GrantType;
use tokenspec_reference_server::wire::base64url;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, granted, refused, text};

const TOKEN: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";

fn begin(server: &mut Fixture, client: &str, more: &str) -> Response {
    let form = format!("login_hint=alice&scope=openid+read{more}");
    let request = server.basic_request(client, "/as/bc-auth.ciba", &form);
    server.send(&request)
}

fn begun(server: &mut Fixture, client: &str) -> String {
    let more = format!("&client_notification_token={TOKEN}");
    let answer = begin(server, client, &more);
    assert_eq!(answer.status, 200, "{answer:?}");
    text(&answer, "auth_req_id")
}

fn decide(server: &mut Fixture, id: &str, decision: &str) -> Option<Notification> {
    let mut request = RawRequest::post("/as/bc-decision", &format!("decision={decision}"));
    request.query = Some(format!("auth_req_id={id}"));
    let outcome = server.outcome(&request);
    assert_eq!(outcome.response.status, 200);
    outcome.notification
}

fn poll(server: &mut Fixture, client: &str, id: &str) -> Response {
    let form = format!("grant_type=urn:openid:params:grant-type:ciba&auth_req_id={id}");
    server.basic(client, &form)
}

fn content(notification: &Notification) -> Value {
    serde_json::from_slice(&notification.content).unwrap()
}

fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

#[test]
fn client_of_ping_is_told_and_gets_its_tokens_at_the_token_endpoint() {
    for decision in ["approve", "deny"] {
        let mut server = Fixture::new("oauth2.0");
        let id = begun(&mut server, "pinged");
        refused(
            &poll(&mut server, "pinged", &id),
            400,
            "authorization_pending",
        );
        let told = decide(&mut server, &id, decision).unwrap();
        assert_eq!(told.endpoint, "{callback_host}/ciba/pinged");
        assert_eq!(told.token, TOKEN);
        assert_eq!(content(&told), serde_json::json!({"auth_req_id": id}));
        assert_eq!(told.redirects, Redirects::NotFollowed);
        assert_eq!(told.timing, Timing::Aside);
        let statuses = [200, 202, 204, 302, 401, 500];
        let taken = statuses.into_iter().filter(|it| (told.is_taken)(*it));
        assert_eq!(taken.collect::<Vec<u16>>(), [200, 204]);
        assert!(told.taken.is_empty() && told.failed.is_empty());
        let answer = poll(&mut server, "pinged", &id);
        if decision == "approve" {
            granted(&answer, "openid read");
        } else {
            refused(&answer, 400, "access_denied");
        }
    }
}

#[test]
fn client_of_push_gets_its_tokens_in_the_notification_and_nowhere_else() {
    let mut server = Fixture::new("oauth2.0");
    let id = begun(&mut server, "pushed");
    refused(
        &poll(&mut server, "pushed", &id),
        400,
        "unauthorized_client",
    );
    let told = decide(&mut server, &id, "approve").unwrap();
    assert_eq!(told.endpoint, "{callback_host}/ciba/pushed");
    let tokens = content(&told);
    assert_eq!(tokens["auth_req_id"], id);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "openid read");
    let access = tokens["access_token"].as_str().unwrap();
    server.introspects_as(access, "alice", "pushed");
    let claims = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["aud"], "pushed");
    assert_eq!(claims["urn:openid:params:jwt:claim:auth_req_id"], id);
    assert!(claims["at_hash"].is_string());
    refused(
        &poll(&mut server, "pushed", &id),
        400,
        "unauthorized_client",
    );
}

#[test]
fn id_token_of_push_binds_the_refresh_token() {
    let mut config = Config::embedded("oauth2.0").unwrap();
    let pushed = config.clients.get_mut("pushed").unwrap();
    pushed.grants.push(GrantType::RefreshToken);
    let mut server = Fixture::of(&config, &[]);
    let id = begun(&mut server, "pushed");
    let tokens = content(&decide(&mut server, &id, "approve").unwrap());
    assert!(tokens["refresh_token"].is_string());
    let claims = claims(tokens["id_token"].as_str().unwrap());
    let hash = &claims["urn:openid:params:jwt:claim:rt_hash"];
    assert!(hash.is_string() && *hash != claims["at_hash"]);
}

#[test]
fn client_of_push_is_told_of_a_denial() {
    let mut server = Fixture::new("oauth2.0");
    let id = begun(&mut server, "pushed");
    let told = decide(&mut server, &id, "deny").unwrap();
    let expected = serde_json::json!({"auth_req_id": id, "error": "access_denied"});
    assert_eq!(content(&told), expected);
}

#[test]
fn nobody_else_is_told() {
    let mut server = Fixture::new("oauth2.0");
    let more = format!("&client_notification_token={TOKEN}");
    let answer = begin(&mut server, "remote", &more);
    let id = text(&answer, "auth_req_id");
    assert!(decide(&mut server, &id, "approve").is_none());
    granted(&poll(&mut server, "remote", &id), "openid read");
    // A page that asks decides nothing.
    let id = begun(&mut server, "pinged");
    assert!(decide(&mut server, &id, "think").is_none());
    let answer = poll(&mut server, "pinged", &id);
    refused(&answer, 400, "authorization_pending");
}

#[test]
fn request_of_a_client_that_is_notified_needs_a_bearer_token() {
    let mut server = Fixture::new("oauth2.0");
    let long = "a".repeat(1025);
    for wrong in ["", "==", "a=b", "a%20b", "a%22", &long] {
        for client in ["pinged", "pushed"] {
            let more = format!("&client_notification_token={wrong}");
            let answer = begin(&mut server, client, &more);
            refused(&answer, 400, "invalid_request");
        }
    }
    refused(&begin(&mut server, "pinged", ""), 400, "invalid_request");
    for right in ["a", "a%2Fb%2B~._-9%3D%3D", &long[..1024]] {
        let more = format!("&client_notification_token={right}");
        assert_eq!(begin(&mut server, "pinged", &more).status, 200, "{right}");
    }
}

#[test]
fn interval_is_told_to_those_who_may_poll() {
    let mut server = Fixture::new("oauth2.0");
    let more = format!("&client_notification_token={TOKEN}");
    for (client, told) in [("pinged", true), ("pushed", false)] {
        let answer = begin(&mut server, client, &more);
        assert_eq!(answer.member("interval").is_some(), told, "{client}");
    }
}

#[test]
fn metadata_has_the_modes_of_the_clients() {
    let mut server = Fixture::new("oauth2.0");
    let request = RawRequest {
        method: "GET".to_owned(),
        ..RawRequest::post("/.well-known/openid-configuration", "")
    };
    let document = server.send(&request);
    let modes = document.member("backchannel_token_delivery_modes_supported");
    assert_eq!(modes, Some(serde_json::json!(["ping", "poll", "push"])));
}

/// The grant is over with the push: whoever skipped the check would find nothing to fetch.
#[test]
fn push_uses_the_request_up() {
    let mut server = Fixture::new("oauth2.0");
    let id = begun(&mut server, "pushed");
    let mut request = RawRequest::post("/as/bc-decision", "decision=approve");
    request.query = Some(format!("auth_req_id={id}"));
    let outcome = server.outcome(&request);
    let redeems =
        |change: &StateChange| matches!(change, StateChange::RedeemPolled(own) if *own == id);
    assert!(outcome.changes.iter().any(redeems));
}
