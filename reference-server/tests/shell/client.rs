//! A few lines of HTTP: one request, one connection, the whole answer.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokenspec_reference_server::{Config, Options, Running, serve};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const CC: &str = "grant_type=client_credentials";

pub(crate) async fn start(config: &str, options: Options) -> Running {
    serve(Config::embedded(config).unwrap(), options)
        .await
        .unwrap()
}

/// The octets of a POST with the credentials of the client `basic`.
pub(crate) fn post(form: &str) -> String {
    let credentials = STANDARD.encode(
        "basic:basic-secret-9Zk3vQ7mW1xT5rB8-2Fh6Jd0sLq4uYw7Cn1gPe5KaVo8RiXt3MbZzUy6EjGf9H",
    );
    format!(
        "POST /as/token.oauth2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Basic {credentials}\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    )
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

/// What comes back on a new connection until it is closed.
pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    over(stream, request).await
}

pub(crate) async fn over(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has said what it had to say.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .map_or(0, |status| status.parse().unwrap())
}

pub(crate) fn json(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A fresh code of the client `basic`, without a challenge.
pub(crate) async fn code(address: SocketAddr) -> String {
    let answer = exchange(
        address,
        &get("/as/authorization.oauth2?response_type=code&client_id=basic&redirect_uri=https://client.example/cb"),
    )
    .await;
    let (_, rest) = answer.split_once("?code=").unwrap();
    rest.split_once('&').unwrap().0.to_owned()
}

pub(crate) fn redemption(code: &str) -> String {
    post(&format!(
        "grant_type=authorization_code&redirect_uri=https://client.example/cb&code={code}"
    ))
}
