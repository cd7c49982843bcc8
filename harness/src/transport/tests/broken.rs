use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use super::server::{LIMITS, SHORT, client, destination, exchange, read_request, serve};
use crate::transport::{Activity, Destination, ExchangeLimits, Failure, Reuse, Scheme, Silence};
use crate::wire::response::{AnswerTo, Oddity};

/// How the connection ends.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Reset,
}

/// A server that reads the request, writes `answer`, and ends the connection.
async fn ending(answer: &'static [u8], then: Then) -> Destination {
    serve(Scheme::Http, move |mut stream: TcpStream| async move {
        read_request(&mut stream).await;
        stream.write_all(answer).await.unwrap();
        match then {
            Then::Close => {}
            Then::Reset => stream.set_zero_linger().unwrap(),
        }
    })
    .await
}

async fn failure(answer: &'static [u8], then: Then) -> Failure {
    exchange(&ending(answer, then).await, &LIMITS)
        .await
        .result
        .unwrap_err()
}

#[tokio::test]
async fn server_that_closes_without_an_answer_is_silent() {
    let closed = failure(b"", Then::Close).await;
    assert_eq!(closed, Failure::Closed);
    assert_eq!(closed.silence(), Some(Silence::Closed));
    assert_eq!(
        closed.to_string(),
        "the server closed the connection without an answer"
    );
    assert_eq!(
        failure(b"HTTP/1.1 100 Continue\r\n\r\n", Then::Close).await,
        Failure::Closed
    );
    let reset = failure(b"", Then::Reset).await;
    assert_eq!((reset.is_silence(), reset), (true, Failure::Reset));
}

#[tokio::test]
async fn server_that_closes_before_the_request_is_silent() {
    let to = serve(Scheme::Http, |stream| async move { drop(stream) }).await;
    let failure = exchange(&to, &LIMITS).await.result.unwrap_err();
    assert_eq!(failure.silence(), Some(Silence::Closed));
}

#[tokio::test]
async fn answer_that_breaks_off_is_no_silence() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nContent-Le".as_slice(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
    ] {
        let received = answer.len();
        let closed = failure(answer, Then::Close).await;
        assert_eq!(
            (closed.is_silence(), closed),
            (false, Failure::ClosedMidway { received })
        );
    }
}

#[tokio::test]
async fn what_came_of_a_broken_answer_is_kept() {
    let to = ending(
        b"HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\n{}",
        Then::Close,
    )
    .await;
    let exchange = exchange(&to, &LIMITS).await;
    let response = exchange.response().unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (400, &b"{}"[..])
    );
    assert_eq!(
        response.oddities,
        [Oddity::BodyCut {
            announced: 9,
            received: 2
        }]
    );
}

#[tokio::test]
async fn reset_does_not_pass_for_the_end_of_an_answer() {
    let to = ending(b"HTTP/1.1 200 OK\r\n\r\n{}", Then::Reset).await;
    let exchange = exchange(&to, &LIMITS).await;
    assert_eq!(
        exchange.failure(),
        Some(&Failure::ResetMidway { received: 21 })
    );
    assert_eq!(exchange.partial.unwrap().body, b"{}");
}

#[tokio::test]
async fn reset_behind_a_whole_answer_does_no_harm() {
    let to = ending(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        Then::Reset,
    )
    .await;
    assert_eq!(exchange(&to, &LIMITS).await.result.unwrap().body, b"{}");
}

#[tokio::test]
async fn what_is_no_http_is_named() {
    assert_eq!(
        failure(b"SSH-2.0-OpenSSH_9.6\r\n", Then::Close)
            .await
            .to_string(),
        "malformed answer: not HTTP: the first bytes are `SSH-2.0-OpenSSH_9.6\\r\\n`"
    );
    assert_eq!(
        failure(b"\x15", Then::Close).await.to_string(),
        "malformed answer: not HTTP: the first bytes are `\\x15`"
    );
    let settings = b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80";
    let failure = failure(settings, Then::Close).await;
    assert_eq!(
        (failure.to_string().as_str(), failure),
        ("speaks only HTTP/2", Failure::OnlyHttp2)
    );
}

#[tokio::test]
async fn garbage_ends_the_exchange_at_once() {
    let to = serve(Scheme::Http, |mut stream| async move {
        stream.write_all(b"\x7fELF").await.unwrap();
        // The connection stays open until the client closes it.
        while !read_request(&mut stream).await.is_empty() {}
    })
    .await;
    let exchange = exchange(&to, &LIMITS).await;
    assert!(matches!(exchange.failure(), Some(Failure::Malformed(_))));
    assert!(exchange.elapsed < LIMITS.total);
}

#[tokio::test]
async fn server_that_never_answers_times_out() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        read_request(&mut stream).await;
    })
    .await;
    let failure = exchange(&to, &SHORT).await.result.unwrap_err();
    let message = "no answer within 0.15 s: timed out while waiting for its first byte";
    assert_eq!(failure.to_string(), message);
    assert!(!failure.is_silence() && !failure.is_connect_failure());
}

#[tokio::test]
async fn server_that_does_not_read_times_out_and_what_left_is_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = destination(Scheme::Http, listener.local_addr().unwrap().port());
    let request = vec![b'a'; 50_000_000];
    let exchange = client()
        .exchange(&to, None, &request, AnswerTo::Other, Reuse::Fresh, &SHORT)
        .await;
    let activity = Activity::SendRequest;
    assert_eq!(
        exchange.failure(),
        Some(&Failure::Timeout {
            activity,
            after: SHORT.total
        })
    );
    // Only now the server takes up the connection, and finds in it what was sent.
    let mut arrived = Vec::new();
    listener
        .accept()
        .await
        .unwrap()
        .0
        .read_to_end(&mut arrived)
        .await
        .unwrap();
    assert!(!arrived.is_empty() && arrived.len() < request.len());
    assert_eq!(exchange.sent.len(), arrived.len());
}

#[tokio::test]
async fn answer_that_drips_ends_at_the_deadline() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        let mut drip = tokio::time::interval(Duration::from_millis(10));
        let mut open = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
            .await;
        while open.is_ok() {
            drip.tick().await;
            open = stream.write_all(b"a").await;
        }
    })
    .await;
    let exchange = exchange(&to, &SHORT).await;
    let activity = Activity::ReadAnswer;
    assert_eq!(
        exchange.failure(),
        Some(&Failure::Timeout {
            activity,
            after: SHORT.total
        })
    );
    assert_eq!(exchange.partial.unwrap().status, 200);
    assert!(exchange.elapsed >= SHORT.total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flood_without_a_body_ends_at_the_deadline() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut open = stream.write_all(head).await;
        let chunk = [b"1;".as_slice(), &[b'x'; 16_000], b"\r\na\r\n"]
            .concat()
            .repeat(50);
        while open.is_ok() {
            open = stream.write_all(&chunk).await;
        }
    })
    .await;
    let exchange = exchange(&to, &SHORT).await;
    let activity = Activity::ReadAnswer;
    assert_eq!(
        exchange.failure(),
        Some(&Failure::Timeout {
            activity,
            after: SHORT.total
        })
    );
    assert!(exchange.received.len() < 1_000_000);
}

#[tokio::test]
async fn port_where_nothing_listens_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let exchange = exchange(&destination(Scheme::Http, port), &LIMITS).await;
    assert!(exchange.sent.is_empty());
    let failure = exchange.result.unwrap_err();
    assert!(failure.is_connect_failure());
    let message = format!("connection refused by 127.0.0.1:{port}: is the server running?");
    assert_eq!(failure.to_string(), message);
}

#[tokio::test]
async fn server_that_accepts_nothing_times_out() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // These fill the queue of connections that nobody accepts.
    let mut queued = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    let limits = ExchangeLimits {
        connect: Duration::from_millis(150),
        ..LIMITS
    };
    let to = destination(Scheme::Http, address.port());
    let failure = exchange(&to, &limits).await.result.unwrap_err();
    assert!(failure.is_connect_failure());
    assert_eq!(
        failure.to_string(),
        format!("no connection to {address} within 0.15 s")
    );
}

#[tokio::test]
async fn name_without_address_does_not_resolve() {
    // A label of 64 octets (RFC 1035 §2.3.4 allows 63), so that no name server is asked.
    let host = format!("{}.example", "a".repeat(64));
    let to = Destination {
        scheme: Scheme::Http,
        host: host.clone(),
        port: 80,
        connect_to: None,
        proxy: None,
    };
    let failure = exchange(&to, &LIMITS).await.result.unwrap_err();
    assert!(failure.is_connect_failure());
    let message = failure.to_string();
    assert!(
        message.starts_with(&format!("the name `{host}` does not resolve (")),
        "{message}"
    );
    assert!(
        message.ends_with("or name its address under `resolve`"),
        "{message}"
    );
}
