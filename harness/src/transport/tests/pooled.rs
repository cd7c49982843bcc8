use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use super::server::{ANSWER, Authority, LIMITS, REQUEST, client, read_request, serve, serve_tls};
use crate::transport::{
    ConnectionUse, Connector, Destination, Exchange, ExchangeLimits, Failure, Reuse, Scheme,
};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

async fn pooled(
    client: &Connector,
    to: &Destination,
    identity: Option<&ClientIdentity>,
) -> Exchange {
    client
        .exchange(
            to,
            identity,
            REQUEST,
            AnswerTo::Other,
            Reuse::Pooled,
            &LIMITS,
        )
        .await
}

/// A server that answers every request on a connection with `answer`; the count is that of its
/// connections.
async fn keeping_alive(answer: &'static [u8]) -> (Destination, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let to = serve(Scheme::Http, move |mut stream| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move {
            while !read_request(&mut stream).await.is_empty() {
                stream.write_all(answer).await.unwrap();
            }
        }
    })
    .await;
    (to, connections)
}

#[tokio::test]
async fn kept_alive_connection_carries_the_next_exchange() {
    let (to, connections) = keeping_alive(ANSWER).await;
    let client = client();
    let uses: Vec<ConnectionUse> = [
        pooled(&client, &to, None).await.connection,
        pooled(&client, &to, None).await.connection,
        client
            .exchange(&to, None, REQUEST, AnswerTo::Other, Reuse::Fresh, &LIMITS)
            .await
            .connection,
        pooled(&client.clone(), &to, None).await.connection,
    ]
    .into();
    use ConnectionUse as Use;
    assert_eq!(uses, [Use::Fresh, Use::Reused, Use::Fresh, Use::Reused]);
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn connection_is_not_kept_behind_a_doubtful_answer() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}".as_slice(),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}x",
    ] {
        let (to, _) = keeping_alive(answer).await;
        let client = client();
        pooled(&client, &to, None).await.result.unwrap();
        assert_eq!(
            pooled(&client, &to, None).await.connection,
            ConnectionUse::Fresh
        );
    }
}

/// A server that answers the first request on each connection, and closes upon the second.
async fn closing_upon_the_second() -> Destination {
    serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(ANSWER).await.unwrap();
        read_request(&mut stream).await;
    })
    .await
}

#[tokio::test]
async fn request_is_repeated_once_when_a_kept_alive_connection_was_stale() {
    let to = closing_upon_the_second().await;
    let client = client();
    pooled(&client, &to, None).await.result.unwrap();
    let exchange = pooled(&client, &to, None).await;
    assert_eq!(exchange.connection, ConnectionUse::FreshAfterStale);
    assert_eq!(
        (exchange.sent.as_slice(), exchange.received.as_slice()),
        (REQUEST, ANSWER)
    );
    assert_eq!(exchange.result.unwrap().status, 200);
}

#[tokio::test]
async fn request_that_may_be_sent_once_is_not_repeated_on_a_stale_connection() {
    let to = closing_upon_the_second().await;
    let client = client();
    let once = || async {
        let limits = ExchangeLimits::default();
        client
            .exchange(&to, None, REQUEST, AnswerTo::Other, Reuse::Once, &limits)
            .await
    };
    // On a machine that was asleep for a moment the connection is too old to be taken.
    let stale = loop {
        pooled(&client, &to, None).await.result.unwrap();
        let exchange = once().await;
        if exchange.connection == ConnectionUse::Reused {
            break exchange;
        }
    };
    assert!(stale.went_stale());
    // From now on such requests have connections of their own.
    pooled(&client, &to, None).await.result.unwrap();
    let exchange = once().await;
    assert_eq!(exchange.connection, ConnectionUse::Fresh);
    assert!(!exchange.went_stale());
    assert_eq!(exchange.result.unwrap().status, 200);
}

#[tokio::test]
async fn connection_that_closed_meanwhile_is_not_used() {
    let closed = Arc::new(Notify::new());
    let closing = Arc::clone(&closed);
    let to = serve(Scheme::Http, move |mut stream| {
        let closing = Arc::clone(&closing);
        async move {
            read_request(&mut stream).await;
            stream.write_all(ANSWER).await.unwrap();
            drop(stream);
            closing.notify_one();
        }
    })
    .await;
    let client = client();
    for _ in 0..20 {
        let exchange = pooled(&client, &to, None).await;
        assert_eq!(exchange.connection, ConnectionUse::Fresh);
        assert_eq!(exchange.result.unwrap().status, 200);
        closed.notified().await;
        // Lets the runtime look at its sockets.
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn fresh_exchange_is_never_repeated() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
    })
    .await;
    let exchange = pooled(&client(), &to, None).await;
    assert_eq!(exchange.failure(), Some(&Failure::Closed));
    assert_eq!(exchange.connection, ConnectionUse::Fresh);
}

#[tokio::test]
async fn connections_of_different_certificates_are_kept_apart() {
    let authority = Authority::new("ca");
    let config = authority.server("as.example", rustls::ALL_VERSIONS, Some(&authority));
    let to = serve_tls(config, |mut stream| async move {
        while !read_request(&mut stream).await.is_empty() {
            let _closed = stream.write_all(ANSWER).await;
        }
    })
    .await;
    let client = client();
    let (one, other) = (authority.identity(), authority.identity());
    let mut uses = Vec::new();
    for identity in [&one, &other, &one, &other] {
        let exchange = pooled(&client, &to, Some(identity)).await;
        exchange.result.unwrap();
        uses.push(exchange.connection);
    }
    use ConnectionUse as Use;
    assert_eq!(uses, [Use::Fresh, Use::Fresh, Use::Reused, Use::Reused]);
}

#[tokio::test]
async fn connections_that_nobody_uses_again_make_room() {
    let (to, _) = keeping_alive(ANSWER).await;
    let client = client();
    let named = |number: u32| Destination {
        host: format!("as{number}.example"),
        connect_to: Some(std::net::Ipv4Addr::LOCALHOST.into()),
        ..to.clone()
    };
    for number in 0..200 {
        pooled(&client, &named(number), None).await.result.unwrap();
    }
    let again = [named(199), named(0)];
    let mut uses = Vec::new();
    for to in &again {
        uses.push(pooled(&client, to, None).await.connection);
    }
    assert_eq!(uses, [ConnectionUse::Reused, ConnectionUse::Fresh]);
}
