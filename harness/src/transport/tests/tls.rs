use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::server::{
    ANSWER, Authority, LIMITS, REQUEST, SHORT, client, destination, exchange, read_request, serve,
    serve_tls,
};
use crate::transport::{
    Activity, ClientCertificate, Connector, Destination, Exchange, Failure, HandshakeFailure,
    Reuse, Roots, Scheme, SetupError, Silence, TlsSettings, Verification,
};
use crate::wire::response::{AnswerTo, Oddity};
use crate::x509::{ClientIdentity, IdentityError};

/// A server that answers one request and closes properly.
async fn answering(config: rustls::ServerConfig) -> Destination {
    serve_tls(config, |mut stream| async move {
        read_request(&mut stream).await;
        let _closed = stream.write_all(ANSWER).await;
        let _closed = stream.shutdown().await;
    })
    .await
}

async fn as_client(to: &Destination, identity: Option<&ClientIdentity>) -> Exchange {
    client()
        .exchange(
            to,
            identity,
            REQUEST,
            AnswerTo::Other,
            Reuse::Fresh,
            &LIMITS,
        )
        .await
}

async fn trusting(authority: &Authority, to: &Destination) -> Exchange {
    let roots = Roots::Pem(authority.pem());
    let client = Connector::new(&TlsSettings {
        roots,
        verification: Verification::Full,
    })
    .unwrap();
    client
        .exchange(to, None, REQUEST, AnswerTo::Other, Reuse::Fresh, &LIMITS)
        .await
}

#[tokio::test]
async fn exchange_over_tls_keeps_the_facts_of_the_session() {
    let authority = Authority::new("ca");
    for (version, name, cipher) in [
        (&rustls::version::TLS12, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_"),
        (&rustls::version::TLS13, "TLSv1.3", "TLS_AES_"),
    ] {
        let mut config = authority.server("as.example", &[version], None);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let exchange = trusting(&authority, &answering(config).await).await;
        assert_eq!(
            (exchange.sent.as_slice(), exchange.received.as_slice()),
            (REQUEST, ANSWER)
        );
        assert_eq!(exchange.result.unwrap().status, 200);
        let facts = exchange.tls.unwrap();
        assert_eq!(
            (facts.version.as_str(), facts.alpn.as_deref()),
            (name, Some("http/1.1"))
        );
        assert!(facts.cipher.starts_with(cipher), "{}", facts.cipher);
        assert_eq!(facts.peer_certificates.len(), 1);
        assert_eq!(facts.client_certificate, ClientCertificate::NotAsked);
    }
}

#[tokio::test]
async fn large_messages_cross_tls_in_both_directions() {
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let to = serve_tls(config, |mut stream| async move {
        let request = read_request(&mut stream).await;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            request.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&request).await.unwrap();
        stream.shutdown().await.unwrap();
    })
    .await;
    let mut request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".to_vec();
    request.extend((0..1_000_000_u32).map(|n| b'a' + u8::try_from(n % 26).unwrap()));
    let limits = crate::transport::ExchangeLimits {
        max_body: 2_000_000,
        ..LIMITS
    };
    let exchange = client()
        .exchange(&to, None, &request, AnswerTo::Other, Reuse::Fresh, &limits)
        .await;
    assert!(exchange.sent == request);
    assert!(exchange.result.unwrap().body == request);
}

#[tokio::test]
async fn certificate_of_an_unknown_authority_is_refused_with_advice() {
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let exchange = trusting(&Authority::new("other"), &answering(config).await).await;
    assert!(exchange.sent.is_empty());
    let failure = exchange.result.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "TLS handshake failed: the server's certificate does not hold: its issuer is not trusted; \
         name the CA under `tls.ca`"
    );
    assert!(!failure.is_silence());
}

#[tokio::test]
async fn certificate_for_another_name_is_refused_unless_any_will_do() {
    let authority = Authority::new("ca");
    let config = authority.server("other.example", rustls::ALL_VERSIONS, None);
    let to = answering(config).await;
    let failure = trusting(&authority, &to).await.result.unwrap_err();
    assert!(failure.to_string().contains("other.example"), "{failure}");
    assert_eq!(exchange(&to, &LIMITS).await.result.unwrap().status, 200);
}

#[tokio::test]
async fn tls_where_http_was_named_is_recognised() {
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let to = answering(config).await;
    let exchange = exchange(&destination(Scheme::Http, to.port), &LIMITS).await;
    assert_eq!(exchange.failure(), Some(&Failure::SpeaksTls));
    assert!(exchange.received.starts_with(b"\x15\x03"));
}

#[tokio::test]
async fn http_where_tls_was_named_is_recognised() {
    let to = serve(Scheme::Https, |mut stream| async move {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
    })
    .await;
    let failure = exchange(&to, &LIMITS).await.result.unwrap_err();
    assert_eq!(failure, Failure::SpeaksPlainHttp);
}

#[tokio::test]
async fn handshake_that_the_server_does_not_take_up_is_told_apart() {
    let closing = serve(Scheme::Https, |mut stream| async move {
        let mut hello = vec![0; 100_000];
        let _count = stream.read(&mut hello).await;
    })
    .await;
    let failure = exchange(&closing, &LIMITS).await.result.unwrap_err();
    assert_eq!(failure, Failure::TlsHandshake(HandshakeFailure::Closed));
    assert_eq!(failure.silence(), Some(Silence::HandshakeRefused));
    let talking = serve(Scheme::Https, |mut stream| async move {
        stream
            .write_all(b"220 mail.example ESMTP\r\n")
            .await
            .unwrap();
        while stream
            .read(&mut [0; 1000])
            .await
            .is_ok_and(|count| count > 0)
        {}
    })
    .await;
    let failure = exchange(&talking, &LIMITS).await.result.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "TLS handshake failed: the server does not speak TLS: its first bytes are \
         `220 mail.example ESMTP\\r\\n`"
    );
    let mute = serve(Scheme::Https, |mut stream| async move {
        while stream
            .read(&mut [0; 1000])
            .await
            .is_ok_and(|count| count > 0)
        {}
    })
    .await;
    let failure = exchange(&mute, &SHORT).await.result.unwrap_err();
    assert_eq!(
        failure,
        Failure::Timeout {
            activity: Activity::Handshake,
            after: SHORT.total
        }
    );
}

#[tokio::test]
async fn server_without_http_1_1_speaks_only_http_2() {
    let mut config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let failure = exchange(&answering(config).await, &LIMITS)
        .await
        .result
        .unwrap_err();
    assert_eq!(failure, Failure::OnlyHttp2);
}

#[tokio::test]
async fn client_certificate_is_shown_when_asked_for() {
    let authority = Authority::new("ca");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = authority.server("as.example", &[version], Some(&authority));
        let exchange = as_client(&answering(config).await, Some(&authority.identity())).await;
        assert_eq!(exchange.result.unwrap().status, 200);
        assert_eq!(
            exchange.tls.unwrap().client_certificate,
            ClientCertificate::Sent
        );
    }
}

#[tokio::test]
async fn refused_client_certificate_is_an_alert_and_nothing_is_sent() {
    let authority = Authority::new("ca");
    let stranger = Authority::new("other").identity();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = authority.server("as.example", &[version], Some(&authority));
        let exchange = as_client(&answering(config).await, Some(&stranger)).await;
        assert!(exchange.sent.is_empty());
        let failure = exchange.result.unwrap_err();
        assert_eq!(failure.silence(), Some(Silence::TlsAlert), "{failure}");
        assert!(
            failure.to_string().contains("alert `unknown_ca`"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn missing_client_certificate_is_an_alert() {
    let authority = Authority::new("ca");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = authority.server("as.example", &[version], Some(&authority));
        let failure = as_client(&answering(config).await, None)
            .await
            .result
            .unwrap_err();
        assert_eq!(failure.silence(), Some(Silence::TlsAlert), "{failure}");
        assert!(
            failure.to_string().contains("certificate_required"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn server_without_tickets_delays_a_client_with_certificate_only() {
    let authority = Authority::new("ca");
    let mut config = authority.server("as.example", &[&rustls::version::TLS13], Some(&authority));
    config.send_tls13_tickets = 0;
    let to = answering(config).await;
    assert_eq!(
        as_client(&to, Some(&authority.identity()))
            .await
            .result
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
async fn end_without_close_notify_is_noted_where_it_ends_the_body() {
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let to = serve_tls(config, |mut stream| async move {
        read_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\n\r\n{}")
            .await
            .unwrap();
        stream.flush().await.unwrap();
    })
    .await;
    let response = exchange(&to, &LIMITS).await.result.unwrap();
    assert_eq!(
        (response.body.as_slice(), response.oddities),
        (&b"{}"[..], vec![Oddity::UncleanTlsClose])
    );
}

#[test]
fn unreadable_certificates_and_keys_say_which() {
    let authority = Authority::new("ca");
    let (pem, nothing) = (authority.pem(), b"nothing".as_slice());
    let error = ClientIdentity::from_pem(nothing, nothing).unwrap_err();
    assert!(matches!(error, IdentityError::Certificate { .. }));
    let error = ClientIdentity::from_pem(&pem, nothing).unwrap_err();
    assert!(matches!(error, IdentityError::Key { .. }));
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let error = ClientIdentity::from_pem(&pem, key.as_bytes()).unwrap_err();
    assert!(matches!(error, IdentityError::Mismatch { .. }));
    let roots = Roots::Pem(nothing.to_vec());
    let error = Connector::new(&TlsSettings {
        roots,
        ..TlsSettings::default()
    })
    .unwrap_err();
    assert!(matches!(error, SetupError::Roots { .. }));
    let shown = format!("{:?}", authority.identity());
    assert!(
        shown.starts_with("ClientIdentity(") && shown.len() == 80,
        "{shown}"
    );
}
