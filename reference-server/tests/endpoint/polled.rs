//! What a client polls for: device codes (RFC 8628) and backchannel authentications (CIBA, poll mode).

use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;

use super::fixture::{Fixture, granted, refused, text};

/// The two grants.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Backchannel,
    Device,
}

use Kind::{Backchannel, Device};

impl Kind {
    /// Begins; what the client polls with, and where the resource owner decides.
    fn begin(self, server: &mut Fixture, client: &str, more: &str) -> (String, String) {
        let answer = self.request(server, client, more);
        assert_eq!(answer.status, 200, "{answer:?}");
        match self {
            Self::Backchannel => {
                let id = text(&answer, "auth_req_id");
                (id.clone(), format!("/as/bc-decision?auth_req_id={id}"))
            }
            Self::Device => {
                let code = text(&answer, "user_code");
                let path = format!("/as/user_authz.oauth2?user_code={code}");
                (text(&answer, "device_code"), path)
            }
        }
    }

    fn request(self, server: &mut Fixture, client: &str, more: &str) -> Response {
        let (path, form) = match self {
            Self::Backchannel => ("/as/bc-auth.ciba", "login_hint=alice&scope=openid+read"),
            Self::Device => ("/as/device_authz.oauth2", "scope=read"),
        };
        let request = server.basic_request(client, path, &format!("{form}{more}"));
        server.send(&request)
    }

    fn form(self, value: &str) -> String {
        match self {
            Self::Backchannel => {
                format!("grant_type=urn:openid:params:grant-type:ciba&auth_req_id={value}")
            }
            Self::Device => format!(
                "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={value}"
            ),
        }
    }

    fn poll(self, server: &mut Fixture, value: &str) -> Response {
        server.basic("remote", &self.form(value))
    }

    const fn scope(self) -> &'static str {
        match self {
            Self::Backchannel => "openid read",
            Self::Device => "read",
        }
    }

    /// Seconds after which it has expired.
    const fn lifetime(self) -> u64 {
        match self {
            Self::Backchannel => 300,
            Self::Device => 600,
        }
    }
}

fn decide(server: &mut Fixture, place: &str, decision: &str) -> Response {
    let (path, query) = place.split_once('?').unwrap();
    let mut request = RawRequest::post(path, &format!("decision={decision}"));
    request.query = Some(query.to_owned());
    server.send(&request)
}

#[test]
fn approval_gives_a_token_once() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        let (value, place) = kind.begin(&mut server, "remote", "");
        refused(
            &kind.poll(&mut server, &value),
            400,
            "authorization_pending",
        );
        assert_eq!(
            decide(&mut server, &place, "approve").status,
            200,
            "{kind:?}"
        );
        // What is decided is told at once, however soon after the last poll.
        let answer = kind.poll(&mut server, &value);
        let token = granted(&answer, kind.scope());
        assert_eq!(text(&server.introspect(&token), "sub"), "alice");
        let id_token = answer.member("id_token").is_some();
        assert_eq!(id_token, matches!(kind, Backchannel));
        refused(&kind.poll(&mut server, &value), 400, "invalid_grant");
    }
}

#[test]
fn denial_ends_it() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        let (value, place) = kind.begin(&mut server, "remote", "");
        assert_eq!(decide(&mut server, &place, "deny").status, 200);
        refused(&kind.poll(&mut server, &value), 400, "access_denied");
        // The decision stands.
        assert_eq!(
            decide(&mut server, &place, "approve").status,
            400,
            "{kind:?}"
        );
        refused(&kind.poll(&mut server, &value), 400, "access_denied");
    }
}

#[test]
fn polling_too_often_is_told_to_slow_down_and_makes_the_interval_longer() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        let (value, _) = kind.begin(&mut server, "remote", "");
        refused(
            &kind.poll(&mut server, &value),
            400,
            "authorization_pending",
        );
        server.elapse(5);
        refused(
            &kind.poll(&mut server, &value),
            400,
            "authorization_pending",
        );
        server.elapse(4);
        refused(&kind.poll(&mut server, &value), 400, "slow_down");
        server.elapse(9);
        refused(&kind.poll(&mut server, &value), 400, "slow_down");
        server.elapse(15);
        refused(
            &kind.poll(&mut server, &value),
            400,
            "authorization_pending",
        );
    }
}

#[test]
fn it_expires() {
    for kind in [Backchannel, Device] {
        for approved in [true, false] {
            let mut server = Fixture::new("oauth2.0");
            let (value, place) = kind.begin(&mut server, "remote", "");
            if approved {
                decide(&mut server, &place, "approve");
            }
            server.elapse(kind.lifetime());
            refused(&kind.poll(&mut server, &value), 400, "expired_token");
            assert_eq!(decide(&mut server, &place, "approve").status, 400);
        }
    }
}

#[test]
fn it_belongs_to_its_client_and_grant() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        let (value, place) = kind.begin(&mut server, "remote", "");
        decide(&mut server, &place, "approve");
        let secret = server.secret("remote-other");
        let other = format!(
            "{}&client_id=remote-other&client_secret={secret}",
            kind.form(&value)
        );
        refused(&server.post(&other), 400, "invalid_grant");
        let foreign = match kind {
            Backchannel => Device,
            Device => Backchannel,
        };
        refused(&foreign.poll(&mut server, &value), 400, "invalid_grant");
        granted(&kind.poll(&mut server, &value), kind.scope());
    }
}

#[test]
fn value_has_to_be_there_and_known() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        refused(&kind.poll(&mut server, ""), 400, "invalid_request");
        refused(&kind.poll(&mut server, "unknown"), 400, "invalid_grant");
        let (value, _) = kind.begin(&mut server, "remote", "");
        let repeated = format!("{}&{0}", kind.form(&value));
        refused(&server.basic("remote", &repeated), 400, "invalid_request");
    }
}

#[test]
fn grant_is_for_clients_that_may_use_it() {
    for kind in [Backchannel, Device] {
        let mut server = Fixture::new("oauth2.0");
        let (value, _) = kind.begin(&mut server, "remote", "");
        let answer = server.basic("basic", &kind.form(&value));
        refused(&answer, 400, "unauthorized_client");
        refused(
            &kind.request(&mut server, "basic", ""),
            400,
            "unauthorized_client",
        );
    }
}

#[test]
fn public_client_has_device_codes_and_no_backchannel_authentication() {
    let mut server = Fixture::new("oauth2.0");
    let begin = RawRequest::post("/as/device_authz.oauth2", "client_id=tv&scope=read");
    let begun = server.send(&begin);
    let place = format!(
        "/as/user_authz.oauth2?user_code={}",
        text(&begun, "user_code")
    );
    decide(&mut server, &place, "approve");
    let form = Device.form(&text(&begun, "device_code"));
    granted(&server.post(&format!("{form}&client_id=tv")), "read");
    let begin = RawRequest::post(
        "/as/bc-auth.ciba",
        "client_id=tv&scope=openid&login_hint=alice",
    );
    refused(&server.send(&begin), 401, "invalid_client");
}

#[test]
fn user_code_is_taken_however_it_is_typed() {
    let mut server = Fixture::new("oauth2.0");
    let (value, place) = Device.begin(&mut server, "remote", "");
    let typed = place.to_lowercase().replace('-', "+");
    assert_eq!(
        decide(&mut server, &typed, "approve").status,
        200,
        "{typed}"
    );
    granted(&Device.poll(&mut server, &value), "read");
    let nothing = "/as/user_authz.oauth2?user_code=BCDF-GHJK";
    assert_eq!(decide(&mut server, nothing, "approve").status, 400);
}

#[test]
fn scope_of_the_poll_narrows_for_a_device_and_means_nothing_for_the_backchannel() {
    let mut server = Fixture::new("oauth2.0");
    let (value, place) = Device.begin(&mut server, "remote", "");
    decide(&mut server, &place, "approve");
    let wider = format!("{}&scope=read+write", Device.form(&value));
    refused(&server.basic("remote", &wider), 400, "invalid_scope");
    let (value, place) = Backchannel.begin(&mut server, "remote", "");
    decide(&mut server, &place, "approve");
    let other = format!("{}&scope=write", Backchannel.form(&value));
    granted(&server.basic("remote", &other), "openid read");
}

#[test]
fn backchannel_request_names_somebody_and_asks_for_openid() {
    let mut server = Fixture::new("oauth2.0");
    for (form, error) in [
        ("scope=openid", "invalid_request"),
        (
            "scope=openid&login_hint=alice&id_token_hint=x",
            "invalid_request",
        ),
        ("scope=openid&login_hint=nobody", "unknown_user_id"),
        ("scope=read&login_hint=alice", "invalid_scope"),
        ("scope=openid+admin&login_hint=alice", "invalid_scope"),
        (
            "scope=openid&login_hint=alice&requested_expiry=0",
            "invalid_request",
        ),
    ] {
        let request = server.basic_request("remote", "/as/bc-auth.ciba", form);
        refused(&server.send(&request), 400, error);
    }
    let answer = Backchannel.request(&mut server, "remote", "&requested_expiry=60");
    assert_eq!(answer.member("expires_in"), Some(60.into()));
}
