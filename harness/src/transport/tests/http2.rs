//! Requests over HTTP/2, to servers that keep to it and to others.

use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::server::{Authority, LIMITS, SHORT, client, serve, serve_tls};
use crate::transport::{Destination, Exchange, ExchangeLimits, Failure, Scheme, Silence};
use crate::wire::http2::{self, Request};
use crate::wire::response::{AnswerTo, BodyFraming, Version};

/// The server's SETTINGS and the acknowledgement of the client's.
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0";

/// HEADERS of 200, and DATA that ends the stream.
const ANSWER: &[u8] = b"\0\0\x01\x01\x04\0\0\0\x01\x88\0\0\x02\0\x01\0\0\0\x01{}";

fn request() -> Request {
    let field = |name: &str, value: &str| (name.into(), value.into());
    Request {
        fields: vec![
            field(":method", "POST"),
            field(":scheme", "https"),
            field(":authority", "as.example"),
            field(":path", "/token"),
        ],
        data: b"a=b".to_vec(),
    }
}

fn config(alpn: &[&str]) -> ServerConfig {
    let mut config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

async fn ask(to: &Destination, limits: &ExchangeLimits) -> Exchange {
    let connector = client();
    connector
        .http2(to, None, request(), AnswerTo::Other, limits)
        .await
}

/// Reads until the request is there: its data end the stream.
async fn read(stream: &mut TlsStream<TcpStream>) {
    let mut octets = Vec::new();
    while !octets.ends_with(b"a=b") {
        match stream.read_buf(&mut octets).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// A server that says this to a request, and then closes.
async fn saying(parts: Vec<Vec<u8>>) -> Destination {
    serve_tls(config(&["h2"]), move |mut stream| {
        let parts = parts.clone();
        async move {
            read(&mut stream).await;
            for part in parts {
                let _closed = stream.write_all(&part).await;
            }
            let _closed = stream.shutdown().await;
        }
    })
    .await
}

/// What comes of what a server says behind SETTINGS.
async fn said(octets: &[u8]) -> Exchange {
    let to = saying(vec![SETTINGS.to_vec(), octets.to_vec()]).await;
    ask(&to, &LIMITS).await
}

#[tokio::test]
async fn answer_comes_and_is_shown_as_text() {
    let exchange = said(ANSWER).await;
    let text =
        b":method: POST\r\n:scheme: https\r\n:authority: as.example\r\n:path: /token\r\n\r\na=b";
    assert_eq!(exchange.sent, text);
    assert_eq!(exchange.received, b":status: 200\r\n\r\n{}");
    let response = exchange.result.unwrap();
    assert_eq!((response.version, response.status), (Version::Http2, 200));
    assert_eq!(
        (response.framing, response.body.as_slice()),
        (BodyFraming::Stream, b"{}".as_slice())
    );
    let tls = exchange.tls.unwrap();
    assert_eq!(tls.alpn.as_deref(), Some("h2"));
}

#[tokio::test]
async fn reset_behind_a_whole_answer_changes_nothing() {
    let reset = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\0";
    let exchange = said(&[ANSWER, reset].concat()).await;
    assert_eq!(exchange.result.unwrap().status, 200);
}

#[tokio::test]
async fn ways_of_not_answering_are_told_apart() {
    let check = async |octets: &[u8], silence| {
        let exchange = said(octets).await;
        let failure = exchange.failure().unwrap();
        assert_eq!(failure.silence(), silence, "{failure}");
    };
    check(b"", Some(Silence::Closed)).await;
    check(
        b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x01",
        Some(Silence::StreamReset),
    )
    .await;
    check(
        b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01",
        Some(Silence::GoneAway),
    )
    .await;
    // In the middle of an answer, and none that can be read.
    check(&ANSWER[..12], None).await;
    check(b"\0\0\x01\x01\x05\0\0\0\x01\xff", None).await;
}

#[tokio::test]
async fn answer_that_breaks_off_is_kept() {
    let exchange = said(&ANSWER[..10]).await;
    let failure = exchange.failure().unwrap();
    assert!(matches!(failure, Failure::ClosedMidway { .. }), "{failure}");
    assert_eq!(exchange.partial.unwrap().status, 200);
}

#[tokio::test]
async fn server_without_http2_gets_nothing() {
    let not_chosen = Failure::Http2(http2::Failure::NotChosen);
    // One has no protocol in common, the other does not know ALPN.
    for alpn in [&["http/1.1"][..], &[]] {
        let to = serve_tls(config(alpn), |mut stream| async move {
            read(&mut stream).await;
        })
        .await;
        let exchange = ask(&to, &LIMITS).await;
        assert_eq!(exchange.failure(), Some(&not_chosen));
        assert!(exchange.sent.is_empty());
    }
}

#[tokio::test]
async fn another_protocol_behind_the_handshake_is_malformed() {
    let to = saying(vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]).await;
    let exchange = ask(&to, &LIMITS).await;
    let failure = exchange.failure().unwrap().to_string();
    assert_eq!(
        failure,
        "malformed answer over HTTP/2: an answer of HTTP/1.1"
    );
}

#[tokio::test]
async fn silence_ends_with_the_time() {
    let to = serve_tls(config(&["h2"]), |mut stream| async move {
        read(&mut stream).await;
        let _closed = stream.write_all(SETTINGS).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    let limits = ExchangeLimits {
        total: Duration::from_secs(1),
        ..SHORT
    };
    let exchange = ask(&to, &limits).await;
    let failure = exchange.failure().unwrap().to_string();
    assert!(
        failure.contains("while waiting for its first byte"),
        "{failure}"
    );
}

#[tokio::test]
async fn handshake_that_never_ends_ends_with_the_time() {
    let to = serve(Scheme::Https, |stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let exchange = ask(&to, &SHORT).await;
    let failure = exchange.failure().unwrap().to_string();
    assert!(failure.contains("in the TLS handshake"), "{failure}");
}

/// Sends SETTINGS, and these octets without end.
async fn endless(beginning: &[u8], octets: &[u8]) -> Failure {
    let (beginning, octets) = (beginning.to_vec(), octets.repeat(1000));
    let to = serve_tls(config(&["h2"]), move |mut stream| {
        let (beginning, octets) = (beginning.clone(), octets.clone());
        async move {
            read(&mut stream).await;
            let _closed = stream.write_all(SETTINGS).await;
            let _closed = stream.write_all(&beginning).await;
            while stream.write_all(&octets).await.is_ok() {}
        }
    })
    .await;
    ask(&to, &LIMITS).await.failure().unwrap().clone()
}

#[tokio::test]
async fn server_without_end_is_left() {
    let check = async |beginning: &[u8], octets: &[u8], part: &str| {
        let failure = endless(beginning, octets).await.to_string();
        assert!(failure.contains(part), "{failure}");
    };
    let headers = b"\0\0\x01\x01\0\0\0\0\x01\x88";
    // CONTINUATION with a field, and with nothing; PING, whose answers nobody reads; interim responses; DATA.
    check(headers, b"\0\0\x01\x09\0\0\0\0\x01\x88", "frames").await;
    let long = [b"\0\x20\0\x09\0\0\0\0\x01".as_slice(), &[0x88; 8192]].concat();
    check(headers, &long, "a field section of more than").await;
    check(headers, b"\0\0\0\x09\0\0\0\0\x01", "frames").await;
    check(b"", b"\0\0\x08\x06\0\0\0\0\x0012345678", "frames").await;
    check(b"", b"\0\0\x05\x01\x04\0\0\0\x01\x08\x03103", "interim").await;
    let data = [b"\0\x20\0\0\0\0\0\0\x01".as_slice(), &[b'x'; 8192]].concat();
    check(&ANSWER[..10], &data, "a body of more than 65536 bytes").await;
    check(b"", b"\x01\0\0\0\0\0\0\0\x01", "a frame of 65536 bytes").await;
}
