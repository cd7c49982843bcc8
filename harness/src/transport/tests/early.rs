//! Requests as early data.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::server::{ANSWER, Authority, LIMITS, REQUEST, client, read_request, serve};
use crate::transport::{Exchange, Failure, Scheme, Silence};
use crate::wire::response::AnswerTo;

const FIRST: &[u8] = b"GET /token HTTP/1.1\r\nHost: as.example\r\n\r\n";

/// Sends early data to servers of which each takes one connection and waits for the handshake, or, without a configuration, hangs up; how
/// many requests they read.
async fn early(configs: [Option<ServerConfig>; 2]) -> (Exchange, usize) {
    let acceptors = configs.map(|config| config.map(|it| TlsAcceptor::from(Arc::new(it))));
    let turn = Arc::new(AtomicUsize::new(0));
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    let to = serve(Scheme::Https, move |stream| {
        let at = turn.fetch_add(1, Ordering::Relaxed);
        let (acceptor, requests) = (acceptors[at].clone(), Arc::clone(&requests));
        async move {
            let Some(acceptor) = acceptor else { return };
            if let Ok(mut stream) = acceptor.accept(stream).await {
                read_request(&mut stream).await;
                requests.fetch_add(1, Ordering::Relaxed);
                let _closed = stream.write_all(ANSWER).await;
                let _closed = stream.shutdown().await;
            }
        }
    })
    .await;
    let request = (REQUEST, AnswerTo::Other);
    let exchange = client().early(&to, None, FIRST, request, &LIMITS).await;
    let count = seen.load(Ordering::Relaxed);
    (exchange, count)
}

/// One server, twice.
async fn early_to(config: ServerConfig) -> (Exchange, usize) {
    early([Some(config.clone()), Some(config)]).await
}

fn server(early: u32) -> ServerConfig {
    let mut config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.max_early_data_size = early;
    config
}

#[tokio::test]
async fn server_without_early_data_gets_none() {
    let old = Authority::new("ca").server("as.example", &[&rustls::version::TLS12], None);
    // The last one takes less than the request.
    for config in [old, server(0), server(8)] {
        let (exchange, requests) = early_to(config).await;
        assert_eq!(exchange.failure(), Some(&Failure::NotEarly));
        assert_eq!((exchange.sent.as_slice(), requests), (b"".as_slice(), 1));
    }
}

#[tokio::test]
async fn server_that_waits_never_sees_early_data() {
    let (exchange, requests) = early_to(server(4096)).await;
    let failure = exchange.failure().unwrap();
    assert_eq!(failure.silence(), Some(Silence::Unfinished), "{failure}");
    assert_eq!((exchange.sent.as_slice(), requests), (REQUEST, 1));
}

#[tokio::test]
async fn early_data_may_be_rejected() {
    // The second server does not know the ticket of the first.
    let (exchange, requests) = early([Some(server(4096)), Some(server(0))]).await;
    let failure = exchange.failure().unwrap();
    assert_eq!(failure.silence(), Some(Silence::NotEarly), "{failure}");
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn early_data_that_nobody_answered_for_was_not_rejected() {
    let (exchange, requests) = early([Some(server(4096)), None]).await;
    let failure = exchange.failure().unwrap();
    assert_eq!(failure.silence(), Some(Silence::Unfinished), "{failure}");
    assert_eq!(requests, 1);
}
