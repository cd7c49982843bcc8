//! Requests, each on a connection of its own, and values that are good once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokenspec_reference_server::moment::Clock;
use tokenspec_reference_server::shell::ServerClock;
use tokenspec_reference_server::wire::json::Object;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{Folder, Process};

/// What came back; status 0 if nothing did.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn text(&self, member: &str) -> String {
        let value = self.json[member].as_str();
        value
            .unwrap_or_else(|| panic!("no {member}: {self:?}"))
            .to_owned()
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.status, 400 | 401)
    }
}

fn post(path: &str, authorization: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}Content-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    )
}

fn basic(credentials: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(credentials))
}

fn own() -> String {
    basic("basic:shared-secret-5Lp2dN4sJ8cV0hYe")
}

pub(crate) fn redemption(code: &str) -> String {
    let form =
        format!("grant_type=authorization_code&redirect_uri=https://client.example/cb&code={code}");
    post("/as/token.oauth2", &own(), &form)
}

pub(crate) fn refresh(token: &str) -> String {
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    post("/as/token.oauth2", &own(), &form)
}

pub(crate) fn introspection(token: &str) -> String {
    let rs = basic("rs:resource-secret-6Vy2kD9xP4oJ1tCw");
    post("/as/introspect.oauth2", &rs, &format!("token={token}"))
}

pub(crate) fn revocation(token: &str) -> String {
    post("/as/revoke_token.oauth2", &own(), &format!("token={token}"))
}

pub(crate) fn wrong_secret() -> String {
    let form = "grant_type=client_credentials";
    post("/as/token.oauth2", &basic("locked:wrong"), form)
}

fn with_assertion(assertion: &str) -> String {
    let form = format!(
        "grant_type=client_credentials&client_assertion={assertion}&client_assertion_type=\
         urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    post("/as/token.oauth2", "", &form)
}

/// Sends a request and reads to the end, whatever that is.
pub(crate) async fn ask(address: SocketAddr, request: String) -> Answer {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return Answer::default();
    };
    let mut received = Vec::new();
    if stream.write_all(request.as_bytes()).await.is_err()
        || stream.read_to_end(&mut received).await.is_err()
    {
        return Answer::default();
    }
    let text = String::from_utf8(received).unwrap();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Answer::default();
    };
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    Answer {
        status: status.unwrap_or_default(),
        head: head.to_owned(),
        json: serde_json::from_str(body).unwrap_or_default(),
    }
}

/// A fresh code.
pub(crate) async fn code(address: SocketAddr) -> String {
    let request = "GET /as/authorization.oauth2?response_type=code&client_id=basic&redirect_uri=\
                   https://client.example/cb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = ask(address, request.to_owned()).await;
    let (_, rest) = answer
        .head
        .split_once("?code=")
        .unwrap_or_else(|| panic!("{answer:?}"));
    rest.split_once('&').unwrap().0.to_owned()
}

/// What is polled for until it is approved.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Polled {
    Backchannel,
    Device,
}

impl Polled {
    /// Begins, has the resource owner approve, and returns the poll that will bring a token.
    pub(crate) async fn approved(self, address: SocketAddr) -> String {
        let (path, form) = match self {
            Self::Backchannel => ("/as/bc-auth.ciba", "scope=openid&login_hint=alice"),
            Self::Device => ("/as/device_authz.oauth2", "scope=read"),
        };
        let begun = ask(address, post(path, &own(), form)).await;
        let decision = match self {
            Self::Backchannel => {
                format!("/as/bc-decision?auth_req_id={}", begun.text("auth_req_id"))
            }
            Self::Device => format!(
                "/as/user_authz.oauth2?user_code={}",
                begun.text("user_code")
            ),
        };
        let approved = ask(address, post(&decision, "", "decision=approve")).await;
        assert!(approved.is_success(), "{approved:?}");
        let urn = match self {
            Self::Backchannel => "urn:openid:params:grant-type:ciba&auth_req_id",
            Self::Device => "urn:ietf:params:oauth:grant-type:device_code&device_code",
        };
        let (_, member) = urn.split_once('&').unwrap();
        let form = format!("grant_type={urn}={}", begun.text(member));
        post("/as/token.oauth2", &own(), &form)
    }
}

/// Requests, each with a value that is good once: codes, refresh tokens, assertions, device codes and
/// backchannel authentications in turn.
pub(crate) struct Asked(Vec<(&'static str, String)>);

impl Asked {
    pub(crate) async fn prepare(folder: &Folder, server: &Process, each: usize) -> Self {
        let mut all = Vec::new();
        for _ in 0..each {
            all.push(("a code", redemption(&server.code().await)));
            let granted = ask(server.address, redemption(&server.code().await)).await;
            all.push(("a refresh token", refresh(&granted.text("refresh_token"))));
            all.push(("a jti", with_assertion(&assertion(folder))));
            let device = Polled::Device.approved(server.address).await;
            all.push(("a device_code", device));
            let backchannel = Polled::Backchannel.approved(server.address).await;
            all.push(("an auth_req_id", backchannel));
        }
        Self(all)
    }

    pub(crate) fn kind(&self, index: usize) -> &'static str {
        self.0[index].0
    }

    pub(crate) async fn ask(&self, address: SocketAddr, index: usize) -> Answer {
        ask(address, self.0[index].1.clone()).await
    }

    /// Sends all of them, and kills the server when so many were answered.
    pub(crate) async fn ask_and_kill(
        self: &Arc<Self>,
        server: &mut Process,
        after: usize,
    ) -> Vec<Answer> {
        let answered = Arc::new(AtomicUsize::new(0));
        let (done, mut when) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for index in 0..self.0.len() {
            let (all, answered, done) = (Arc::clone(self), Arc::clone(&answered), done.clone());
            let address = server.address;
            tasks.push(tokio::spawn(async move {
                let answer = all.ask(address, index).await;
                if answered.fetch_add(1, Ordering::SeqCst) == after {
                    done.send(()).unwrap();
                }
                answer
            }));
        }
        when.recv().await.unwrap();
        server.kill();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    }
}

/// A good assertion of the client `ec`, with a `jti` of its own.
fn assertion(folder: &Folder) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let now = ServerClock::default().now().0;
    let serial = NEXT.fetch_add(1, Ordering::SeqCst);
    let jti = format!("{now}-{}-{serial}", std::process::id());
    let claims = Object::default()
        .text("iss", "ec")
        .text("sub", "ec")
        .text("aud", "https://as.example")
        .number("iat", now)
        .number("exp", now + 300)
        .text("jti", &jti);
    folder.key.sign("JWT", claims)
}
