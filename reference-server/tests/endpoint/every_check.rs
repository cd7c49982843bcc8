//! Every check can be left out, and then the server still answers every request.

use proptest::prelude::*;
use tokenspec_reference_server::Seam;
use tokenspec_reference_server::checks::CheckId;
use tokenspec_reference_server::wire::raw_request::{Body, RawRequest};

use super::fixture::{Fixture, TOKEN};

const VALUES: &[&str] = &[
    "client_credentials",
    "authorization_code",
    "refresh_token",
    "basic",
    "public",
    "x",
    "",
    "%zz",
    "read",
    "https://app.example.local/path",
    "https://client.example/cb",
    "code",
    "S256",
    "plain",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
    "e30.e30.e30",
    "%00",
    "%FF",
    "password",
    "alice",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:openid:params:grant-type:ciba",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:pingidentity.com:oauth2:grant_type:validate_bearer",
    "urn:ietf:params:oauth:token-type:access_token",
    "approve",
];

const NAMES: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "scope",
    "refresh_token",
    "client_assertion",
    "client_assertion_type",
    "access_token_manager_id",
    "aud",
    "resource",
    "token",
    "response_type",
    "state",
    "code_challenge",
    "code_challenge_method",
    "request_uri",
    "username",
    "password",
    "device_code",
    "user_code",
    "auth_req_id",
    "login_hint",
    "client_notification_token",
    "decision",
    "assertion",
    "subject_token",
    "subject_token_type",
    "actor_token",
    "actor_token_type",
    "requested_token_type",
    "audience",
];

const PATHS: &[&str] = &[
    TOKEN,
    "/as/authorization.oauth2",
    "/as/introspect.oauth2",
    "/as/revoke_token.oauth2",
    "/me",
    "/as/device_authz.oauth2",
    "/as/user_authz.oauth2",
    "/as/bc-auth.ciba",
    "/as/bc-decision",
    "/pf/JWKS",
    "/.well-known/openid-configuration",
    "/as/par.oauth2",
    "/as/clients.oauth2",
    "/as/clients.oauth2/x",
    "/nowhere",
];

fn request() -> impl Strategy<Value = RawRequest> {
    let pair = (prop::sample::select(NAMES), prop::sample::select(VALUES))
        .prop_map(|(name, value)| format!("{name}={value}"));
    let form = prop::collection::vec(pair, 0..8).prop_map(|pairs| pairs.join("&"));
    let authorization = prop::sample::select(
        &[
            "",
            "Basic",
            "Basic YmFzaWM6eA==",
            "Bearer x",
            "Digest",
            "Basic %",
        ][..],
    );
    let method = prop::sample::select(&["POST", "GET", "DELETE", "OPTIONS"][..]);
    (form, prop::sample::select(PATHS), authorization, method).prop_map(
        |(form, path, authorization, method)| {
            let mut request = RawRequest::post(path, &form);
            request.query = Some(form);
            method.clone_into(&mut request.method);
            if !authorization.is_empty() {
                request = request.header("authorization", authorization);
            }
            request
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn server_without_any_checks_answers_every_request(
        requests in prop::collection::vec(request(), 1..6),
        kept in prop::collection::vec(any::<bool>(), CheckId::ALL.len()),
    ) {
        let skipped = CheckId::ALL.iter().zip(kept).filter(|(_, kept)| !kept);
        let seams: Vec<Seam> = skipped.map(|(check, _)| Seam::Skip(*check)).collect();
        for config in ["oauth2.0", "pingfederate"] {
            let mut fixture = Fixture::with(config, &seams);
            for request in &requests {
                let response = fixture.send(request);
                prop_assert!((200..500).contains(&response.status));
            }
        }
    }

    #[test]
    fn any_octets_are_answered_and_never_with_a_token(
        body in prop::collection::vec(any::<u8>(), 0..200),
        authorization in "[ -~]{0,40}",
    ) {
        let mut fixture = Fixture::new("oauth2.0");
        let mut request = RawRequest::post(TOKEN, "").header("authorization", &authorization);
        request.body = Body::Complete(body);
        let response = fixture.send(&request);
        prop_assert!((400..500).contains(&response.status));
    }
}
