use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::server::{
    ANSWER, Authority, LIMITS, REQUEST, SHORT, client, destination, read_request, serve, serve_tls,
};
use crate::transport::{Exchange, Failure, Scheme};

const RACERS: usize = 10;

fn requests() -> Vec<Vec<u8>> {
    (0..RACERS)
        .map(|number| {
            let head = "POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
            format!("{head}n={number:02}").into_bytes()
        })
        .collect()
}

/// Takes in what has arrived on a connection, without waiting.
fn take_in(stream: &TcpStream, bytes: &mut Vec<u8>) {
    let mut buffer = [0; 1024];
    loop {
        match stream.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn no_request_is_whole_before_all_are_but_for_their_last_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = destination(Scheme::Http, listener.local_addr().unwrap().port());
    let length = requests()[0].len();
    let server = tokio::spawn(async move {
        let mut connections = Vec::new();
        for _ in 0..RACERS {
            connections.push((listener.accept().await.unwrap().0, Vec::new()));
        }
        // The moment at which the first request is whole.
        'watch: loop {
            tokio::task::yield_now().await;
            for (stream, bytes) in &mut connections {
                take_in(stream, bytes);
                if bytes.len() == length {
                    break 'watch;
                }
            }
        }
        // By then all others had been written but for their last byte.
        let mut short = Vec::new();
        for (stream, bytes) in &mut connections {
            while bytes.len() < length - 1 {
                stream.readable().await.unwrap();
                let before = bytes.len();
                take_in(stream, bytes);
                short.push(bytes.len() - before);
            }
        }
        for (stream, _) in &mut connections {
            stream.write_all(ANSWER).await.unwrap();
        }
        short
    });
    let exchanges = client().together(&to, None, requests(), &LIMITS).await;
    for (exchange, request) in exchanges.iter().zip(requests()) {
        assert_eq!(exchange.result.as_ref().unwrap().status, 200);
        assert_eq!(exchange.sent, request);
        assert_eq!(exchange.started, exchanges[0].started);
    }
    assert_eq!(exchanges.len(), RACERS);
    assert_eq!(server.await.unwrap(), Vec::<usize>::new());
}

#[tokio::test]
async fn over_tls_no_request_can_be_read_before_all_sessions_stand() {
    let sessions = Arc::new(AtomicUsize::new(0));
    let config = Authority::new("ca").server("as.example", rustls::ALL_VERSIONS, None);
    let to = serve_tls(config, move |mut stream| {
        let sessions = Arc::clone(&sessions);
        async move {
            sessions.fetch_add(1, Ordering::SeqCst);
            let request = read_request(&mut stream).await;
            let seen = sessions.load(Ordering::SeqCst);
            let body = format!("{seen:02}{}", String::from_utf8_lossy(&request));
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            let _closed = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await;
    let exchanges = client().together(&to, None, requests(), &LIMITS).await;
    for (exchange, request) in exchanges.iter().zip(requests()) {
        let body = exchange.result.as_ref().unwrap().body.clone();
        assert_eq!(body, [format!("{RACERS:02}").as_bytes(), &request].concat());
        assert!(exchange.tls.is_some());
    }
    assert_eq!(exchanges.len(), RACERS);
}

#[tokio::test]
async fn window_between_reading_and_writing_is_hit() {
    // A server that looks whether a code is redeemed, and marks it only later.
    let redeemed = Arc::new(AtomicUsize::new(0));
    let to = serve(Scheme::Http, move |mut stream| {
        let redeemed = Arc::clone(&redeemed);
        async move {
            read_request(&mut stream).await;
            let seen = redeemed.load(Ordering::SeqCst);
            tokio::task::yield_now().await;
            redeemed.fetch_add(1, Ordering::SeqCst);
            let refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".as_slice();
            let _closed = stream
                .write_all(if seen == 0 { ANSWER } else { refusal })
                .await;
        }
    })
    .await;
    let exchanges = client().together(&to, None, requests(), &LIMITS).await;
    let accepted = |exchange: &&Exchange| exchange.result.as_ref().unwrap().status == 200;
    assert!(exchanges.iter().filter(accepted).count() > 1);
}

#[tokio::test]
async fn racer_that_is_turned_away_does_not_keep_the_others_back() {
    let taken = Arc::new(AtomicUsize::new(0));
    let to = serve(Scheme::Http, move |mut stream| {
        let number = taken.fetch_add(1, Ordering::SeqCst);
        async move {
            if number > 0 {
                read_request(&mut stream).await;
                let _closed = stream.write_all(ANSWER).await;
            }
        }
    })
    .await;
    let exchanges = client().together(&to, None, requests(), &LIMITS).await;
    let (whole, failed): (Vec<&Exchange>, Vec<&Exchange>) = exchanges
        .iter()
        .partition(|exchange| exchange.result.is_ok());
    assert_eq!((whole.len(), failed.len()), (RACERS - 1, 1));
    assert!(failed[0].failure().is_some_and(Failure::is_silence));
}

#[tokio::test]
async fn race_against_nobody_is_refused_for_each() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = destination(Scheme::Http, listener.local_addr().unwrap().port());
    drop(listener);
    let exchanges = client()
        .together(&to, None, vec![REQUEST.to_vec(); 3], &LIMITS)
        .await;
    assert_eq!(exchanges.len(), 3);
    assert!(
        exchanges
            .iter()
            .all(|one| one.failure().is_some_and(Failure::is_connect_failure))
    );
}

#[tokio::test]
async fn race_with_a_server_that_never_answers_ends() {
    let to = serve(Scheme::Http, |mut stream| async move {
        read_request(&mut stream).await;
        read_request(&mut stream).await;
    })
    .await;
    let exchanges = client()
        .together(&to, None, vec![REQUEST.to_vec(); 3], &SHORT)
        .await;
    assert!(
        exchanges
            .iter()
            .all(|one| matches!(one.failure(), Some(Failure::Timeout { .. })))
    );
}
