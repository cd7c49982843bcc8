use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::server::{
    ANSWER, Authority, LIMITS, REQUEST, destination, exchange, read_request, serve, serve_tls,
};
use crate::transport::{Destination, DestinationError, Failure, Proxy, Scheme};

/// The destination through a proxy on this port.
fn through(to: Destination, port: u16) -> Destination {
    let url = format!("http://user:p%40ss@127.0.0.1:{port}")
        .parse()
        .unwrap();
    to.through(Proxy::from_url(&url).unwrap())
}

#[tokio::test]
async fn tls_goes_through_a_tunnel() {
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let to = serve_tls(config, |mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(ANSWER).await.unwrap();
    })
    .await;
    let port = to.port;
    let proxy = serve(Scheme::Http, move |mut stream| async move {
        let asked = read_request(&mut stream).await;
        let expect = format!(
            "CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
             Proxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n"
        );
        assert_eq!(String::from_utf8(asked).unwrap(), expect);
        stream
            .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
            .await
            .unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let _closed = copy_bidirectional(&mut stream, &mut server).await;
    })
    .await;
    let exchange = exchange(&through(to, proxy.port), &LIMITS).await;
    assert_eq!(
        (exchange.sent.as_slice(), exchange.received.as_slice()),
        (REQUEST, ANSWER)
    );
    assert!(exchange.tls.is_some());
}

#[tokio::test]
async fn plain_request_names_its_whole_target_to_the_proxy() {
    let proxy = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(ANSWER).await.unwrap();
    })
    .await;
    let to = through(destination(Scheme::Http, 8080), proxy.port);
    let exchange = exchange(&to, &LIMITS).await;
    assert_eq!(exchange.result.unwrap().status, 200);
    let expect = "POST http://as.example:8080/token HTTP/1.1\r\n\
                  Proxy-Authorization: Basic dXNlcjpwQHNz\r\nHost: as.example\r\n";
    assert!(
        exchange.sent.starts_with(expect.as_bytes()),
        "{}",
        exchange.sent.escape_ascii()
    );
}

#[tokio::test]
async fn proxy_that_refuses_is_named() {
    let proxy = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            .await
            .unwrap();
    })
    .await;
    let to = through(destination(Scheme::Https, 443), proxy.port);
    let failure = exchange(&to, &LIMITS).await.result.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the proxy makes no connection: 403 Forbidden"
    );
    assert_eq!(
        (failure.is_connect_failure(), failure.is_silence()),
        (true, false)
    );
    assert!(matches!(failure, Failure::Proxy { .. }));
}

#[test]
fn proxy_is_spoken_to_over_http_and_shows_no_password() {
    let scheme = "https".to_owned();
    assert_eq!(
        Proxy::from_url(&"https://proxy".parse().unwrap()),
        Err(DestinationError::ProxyScheme { scheme })
    );
    let to = through(destination(Scheme::Https, 443), 3128);
    assert!(!format!("{to:?}").contains("dXNl"), "{to:?}");
}
