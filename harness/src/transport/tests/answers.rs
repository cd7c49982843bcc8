use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::server::{ANSWER, LIMITS, REQUEST, client, exchange, read_request, serve};
use crate::transport::{ConnectionUse, Exchange, ExchangeLimits, Failure, Reuse, Scheme};
use crate::wire::response::{AnswerTo, BodyFraming, Oddity};

/// What comes of a server that reads the request, writes `answer` and closes.
async fn answered(answer: Vec<u8>) -> Exchange {
    let to = serve(Scheme::Http, move |mut stream| {
        let answer = answer.clone();
        async move {
            read_request(&mut stream).await;
            let _closed = stream.write_all(&answer).await;
        }
    })
    .await;
    exchange(&to, &LIMITS).await
}

#[tokio::test]
async fn exchange_keeps_the_bytes_of_both_directions() {
    let before = crate::clock::now();
    let exchange = answered(ANSWER.to_vec()).await;
    assert_eq!(exchange.sent, REQUEST);
    assert_eq!(exchange.received, ANSWER);
    assert_eq!(exchange.result.as_ref().unwrap().body, b"{}");
    assert_eq!(
        (exchange.tls.clone(), exchange.connection),
        (None, ConnectionUse::Fresh)
    );
    assert!(exchange.started >= before && exchange.elapsed > Duration::ZERO);
    let shown = format!("{exchange:?}");
    assert!(!shown.contains("a=bc") && !shown.contains("{}"), "{shown}");
}

#[tokio::test]
async fn server_gets_exactly_the_bytes_of_the_request() {
    let request = b"GET  /x HTTP/1.1\nA:\x00\r\n\r\n";
    let to = serve(Scheme::Http, move |mut stream| async move {
        let mut got = vec![0; request.len()];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(got, request);
        stream.write_all(ANSWER).await.unwrap();
    })
    .await;
    let exchange = client()
        .exchange(&to, None, request, AnswerTo::Other, Reuse::Fresh, &LIMITS)
        .await;
    assert_eq!(exchange.result.unwrap().status, 200);
}

#[tokio::test]
async fn chunked_answer_arrives_as_its_data() {
    let answer =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
    let exchange = answered(answer.to_vec()).await;
    assert_eq!(exchange.received, answer);
    let response = exchange.result.unwrap();
    assert_eq!(
        (response.body.as_slice(), response.framing),
        (&b"{}"[..], BodyFraming::Chunked)
    );
}

#[tokio::test]
async fn answer_that_ends_with_the_connection_is_whole() {
    let response = answered(b"HTTP/1.0 200 OK\r\n\r\n{}".to_vec())
        .await
        .result
        .unwrap();
    assert_eq!(
        (response.body.as_slice(), response.framing),
        (&b"{}"[..], BodyFraming::UntilClose)
    );
}

#[tokio::test]
async fn interim_response_is_passed_over() {
    let exchange = answered([b"HTTP/1.1 100 Continue\r\n\r\n", ANSWER].concat()).await;
    assert!(exchange.received.starts_with(b"HTTP/1.1 100"));
    let response = exchange.result.unwrap();
    assert_eq!((response.status, response.interim), (200, vec![100]));
}

#[tokio::test]
async fn answer_to_head_has_no_body() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
            .await
            .unwrap();
        // The connection stays open: only the framing says that this is all.
        read_request(&mut stream).await;
    })
    .await;
    let request = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    let exchange = client()
        .exchange(&to, None, request, AnswerTo::Head, Reuse::Fresh, &LIMITS)
        .await;
    assert_eq!(exchange.result.unwrap().framing, BodyFraming::None);
}

#[tokio::test]
async fn bytes_behind_the_answer_are_noted() {
    let response = answered([ANSWER, b"x"].concat()).await.result.unwrap();
    assert_eq!(response.oddities, [Oddity::BytesAfterEnd { count: 1 }]);
}

#[tokio::test]
async fn answer_before_the_request_was_sent_whole_is_read() {
    let refusal = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let to = serve(Scheme::Http, move |mut stream| async move {
        let mut start = [0; 100];
        stream.read_exact(&mut start).await.unwrap();
        // Closing with unread bytes resets the connection.
        stream.write_all(refusal).await.unwrap();
    })
    .await;
    let mut request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n".to_vec();
    request.resize(50_000_000, b'a');
    let exchange = client()
        .exchange(&to, None, &request, AnswerTo::Other, Reuse::Fresh, &LIMITS)
        .await;
    assert_eq!(exchange.result.unwrap().status, 413);
    assert!((100..request.len()).contains(&exchange.sent.len()));
    assert!(request.starts_with(&exchange.sent));
}

#[tokio::test]
async fn endless_answer_is_cut_in_bounded_memory() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
        let mut open = stream.write_all(head).await.is_ok();
        while open {
            open = stream.write_all(&[b'a'; 65536]).await.is_ok();
        }
    })
    .await;
    let limits = ExchangeLimits {
        max_body: 1_000_000,
        ..LIMITS
    };
    let exchange = exchange(&to, &limits).await;
    assert_eq!(
        exchange.failure(),
        Some(&Failure::TooLarge { limit: 1_000_000 })
    );
    assert_eq!(
        exchange.response().map(|response| response.status),
        Some(200)
    );
    assert_eq!(exchange.partial.unwrap().body.len(), 1_000_000);
    assert!(exchange.received.len() < 1_300_000);
}
