//! Notifications of clients over real sockets: what is sent, and what becomes of the answer.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokenspec_reference_server::notification::{Notification, Timing};
use tokenspec_reference_server::state::{Decision, PolledName, StateChange};
use tokenspec_reference_server::{Options, Running, Seam};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::client::{exchange, get, json, start, status};

/// The client's side of notifications.
struct Host(TcpListener);

/// A notification that waits for its answer.
struct Told {
    request: String,
    stream: TcpStream,
}

impl Host {
    async fn open() -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (Self(listener), address)
    }

    async fn next(&self) -> Told {
        let (mut stream, _) = self.0.accept().await.unwrap();
        let mut octets = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&octets).into_owned();
            if text.contains("\r\n\r\n") && (text.starts_with("GET ") || text.ends_with('}')) {
                let request = text;
                return Told { request, stream };
            }
            assert!(stream.read_buf(&mut octets).await.unwrap() > 0);
        }
    }
}

impl Told {
    async fn answer(mut self, status: u16, more: &str) {
        let answer = format!("HTTP/1.1 {status} X\r\n{more}\r\n");
        self.stream.write_all(answer.as_bytes()).await.unwrap();
    }

    /// Whether the server still waits.
    fn is_awaited(&self) -> bool {
        let read = self.stream.try_read(&mut [0]);
        read.is_err_and(|why| why.kind() == std::io::ErrorKind::WouldBlock)
    }
}

async fn server(address: SocketAddr, seams: Vec<Seam>) -> Running {
    let options = Options {
        callback_host: Some(address),
        seams,
        ..Options::default()
    };
    start("oauth2.0", options).await
}

async fn post(running: &Running, path: &str, form: &str) -> String {
    let credentials = STANDARD.encode("pinged:pinged-secret-9Qe2xT6nL4hB8vUc");
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    exchange(running.address, &request).await
}

/// Begins and approves; the `auth_req_id`.
async fn approved(running: &Running) -> String {
    let form = "login_hint=alice&scope=openid+read&client_notification_token=t0ken";
    let answer = post(running, "/as/bc-auth.ciba", form).await;
    let id = json(&answer)["auth_req_id"].as_str().unwrap().to_owned();
    let path = format!("/as/bc-decision?decision=approve&auth_req_id={id}");
    let answer = exchange(running.address, &get(&path)).await;
    assert_eq!(status(&answer), 200);
    id
}

async fn poll(running: &Running, id: &str) -> u16 {
    let form = format!("grant_type=urn:openid:params:grant-type:ciba&auth_req_id={id}");
    status(&post(running, "/as/token.oauth2", &form).await)
}

#[tokio::test]
async fn client_is_told_and_nobody_waits_for_its_answer() {
    let (host, address) = Host::open().await;
    let running = server(address, Vec::new()).await;
    let id = approved(&running).await;
    let told = host.next().await;
    assert!(told.request.starts_with("POST /ciba/pinged HTTP/1.0\r\n"));
    let fields = [
        format!("Host: {address}"),
        "Authorization: Bearer t0ken".to_owned(),
        "Content-Type: application/json".to_owned(),
    ];
    for field in fields {
        assert!(
            told.request.contains(&format!("\r\n{field}\r\n")),
            "{field}"
        );
    }
    let content = format!("\r\n\r\n{{\"auth_req_id\":\"{id}\"}}");
    assert!(told.request.ends_with(&content));
    assert_eq!(poll(&running, &id).await, 200);
    // Neither does the end of the server.
    running.shutdown().await;
    assert!(told.is_awaited());
}

#[tokio::test]
async fn redirect_is_an_answer_like_others() {
    let (host, address) = Host::open().await;
    let running = server(address, Vec::new()).await;
    for redirect in [301, 302, 303, 307, 308] {
        let id = approved(&running).await;
        let location = format!("Location: http://{address}/goal\r\n");
        host.next().await.answer(redirect, &location).await;
        assert_eq!(poll(&running, &id).await, 200);
        let later = approved(&running).await;
        let next = host.next().await;
        assert!(next.request.contains(&later), "{}", next.request);
        next.answer(204, "").await;
    }
}

#[tokio::test]
async fn what_a_defect_makes_of_an_answer_is_applied() {
    fn ends_it(facts: &tokenspec_reference_server::facts::Facts, it: Notification) -> Notification {
        let polled = facts.polled.as_ref().unwrap().value.clone();
        let ended = StateChange::Decide {
            polled: PolledName::Value(polled),
            decision: Decision::Denied,
        };
        Notification {
            timing: Timing::Awaited,
            failed: vec![ended],
            ..it
        }
    }
    let (host, address) = Host::open().await;
    let running = server(address, vec![Seam::Notification(ends_it)]).await;
    for (answer, polled) in [(204, 200), (200, 200), (401, 400), (302, 400)] {
        let (id, ()) = tokio::join!(approved(&running), async {
            host.next().await.answer(answer, "").await;
        });
        assert_eq!(poll(&running, &id).await, polled, "{answer}");
    }
}
