//! Mutual TLS (RFC 8705) with real handshakes: clients registered in each way, certificates of two trusted CAs,
//! of an untrusted one and of nobody.

mod world;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::date_time_ymd;
use rustls::version::{TLS12, TLS13};
use serde_json::Value;

use super::client::{json, status};
use world::{
    Authority, World, by_certificate, dns, email, ip, post, refusal, self_signed, subject, token,
    uri,
};

#[tokio::test]
async fn every_client_is_known_by_its_own_certificate_and_by_no_other() {
    let world = World::new().await;
    let all = world.right();
    for (client, _) in &all {
        assert_eq!(world.ask(client, None).await, refusal(), "{client}");
        for (owner, identity) in &all {
            let answer = world.ask(client, Some(identity)).await;
            if owner == client {
                assert_eq!(answer.0, 200, "{client}: {}", answer.1);
            } else {
                assert_eq!(answer, refusal(), "{client} by the certificate of {owner}");
            }
        }
    }
}

#[tokio::test]
async fn certificate_counts_in_both_versions_of_tls() {
    let world = World::new().await;
    let identity = world.first.issue(&dns("machine.client.example"));
    for version in [&TLS12, &TLS13] {
        let request = by_certificate("dns");
        let answer = world.exchange_by(version, Some(&identity), &request).await;
        assert_eq!(status(&answer), 200, "{version:?}: {answer}");
        let answer = world.exchange_by(version, None, &request).await;
        assert_eq!(token(&answer), refusal(), "{version:?}");
    }
}

#[tokio::test]
async fn name_of_another_kind_or_only_alike_is_no_name() {
    let world = World::new().await;
    let organization = "Example, Inc.";
    for (client, params) in [
        ("subject", subject(&["machine one"])),
        ("subject", subject(&["machine one more", organization])),
        ("subject", dns("machine.one")),
        ("dns", subject(&["machine.client.example"])),
        ("dns", dns("other.machine.client.example")),
        ("dns", dns("*.client.example")),
        ("dns", uri("https://machine.client.example")),
        ("uri", uri("spiffe://example/Machine")),
        ("uri", uri("spiffe://example/machine/2")),
        ("ip", ip("192.0.2.8")),
        ("ip", dns("192.0.2.7")),
        ("ip", ip("::ffff:192.0.2.7")),
        ("ipv6", ip("2001:db8::8")),
        ("email", email("Machine@client.example")),
        ("email", subject(&["machine@client.example"])),
    ] {
        let identity = world.first.issue(&params);
        let answer = world.ask(client, Some(&identity)).await;
        assert_eq!(answer, refusal(), "{client}: {params:?}");
    }
}

#[tokio::test]
async fn registered_issuer_has_to_be_that_of_the_certificate() {
    let world = World::new().await;
    let params = subject(&["ping", "Example, Inc."]);
    let (first, second) = (world.first.issue(&params), world.second.issue(&params));
    world.accepted(world.ask("ping", Some(&first)).await);
    assert_eq!(world.ask("ping", Some(&second)).await, refusal());
    // By RFC 8705 alone the subject is enough, whichever of the trusted CAs it is.
    let second = world
        .second
        .issue(&subject(&["machine one", "Example, Inc."]));
    world.accepted(world.ask("subject", Some(&second)).await);
}

#[tokio::test]
async fn certificate_of_an_untrusted_ca_or_out_of_its_time_is_refused() {
    let world = World::new().await;
    let organization = "Example, Inc.";
    let good = subject(&["machine one", organization]);
    let impostor = Authority::new("First CA").issue(&good);
    assert_eq!(world.ask("subject", Some(&impostor)).await, refusal());
    assert_eq!(
        world.ask("subject", Some(&self_signed(&good))).await,
        refusal()
    );
    let (mut over, mut ahead) = (good.clone(), good);
    over.not_after = date_time_ymd(2020, 1, 1);
    ahead.not_before = date_time_ymd(2090, 1, 1);
    for params in [over, ahead] {
        let identity = world.first.issue(&params);
        assert_eq!(world.ask("subject", Some(&identity)).await, refusal());
    }
}

#[tokio::test]
async fn self_signed_certificate_counts_only_if_it_is_the_registered_one() {
    let world = World::new().await;
    world.accepted(world.ask("self-signed", Some(&world.registered)).await);
    let same_subject = subject(&["self"]);
    let others = [self_signed(&same_subject), world.first.issue(&same_subject)];
    for other in &others {
        assert_eq!(world.ask("self-signed", Some(other)).await, refusal());
    }
    // The same key in a new certificate is another certificate.
    let renewed = world.registered.renewed(&same_subject);
    assert_ne!(renewed.certificate, world.registered.certificate);
    assert_eq!(world.ask("self-signed", Some(&renewed)).await, refusal());
}

#[tokio::test]
async fn token_is_bound_to_the_certificate_of_the_connection() {
    let world = World::new().await;
    let own = world.first.issue(&dns("machine.client.example"));
    let renewed = world.first.issue(&dns("machine.client.example"));
    let token = world.accepted(world.ask("dns", Some(&own)).await);
    let hash = digest(&SHA256, &own.certificate);
    let cnf = serde_json::json!({"x5t#S256": URL_SAFE_NO_PAD.encode(hash)});
    let payload = token.split('.').nth(1).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["cnf"], cnf);
    // rs:resource-secret-6Vy2kD9xP4oJ1tCw
    let basic = "Authorization: Basic cnM6cmVzb3VyY2Utc2VjcmV0LTZWeTJrRDl4UDRvSjF0Q3c=\r\n";
    let request = post("/as/introspect.oauth2", basic, &format!("token={token}"));
    let seen = json(&world.exchange(None, &request).await);
    assert_eq!((&seen["active"], &seen["cnf"]), (&true.into(), &cnf));
    let request = format!(
        "GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let mut statuses = Vec::new();
    for identity in [Some(&own), Some(&renewed), None] {
        statuses.push(status(&world.exchange(identity, &request).await));
    }
    assert_eq!(statuses, [200, 401, 401]);
}
