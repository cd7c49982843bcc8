//! Requests a second over a socket, beside a bare hyper server that answers a constant, in one run.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokenspec_reference_server::{Config, Options, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::print;

const CONNECTIONS: usize = 16;

/// Prints both rates and their ratio.
#[tokio::main]
pub(crate) async fn run(seconds: u64) -> Result<(), Box<dyn Error>> {
    let running = serve(Config::embedded("oauth2.0")?, Options::default()).await?;
    let bare = bare_server().await?;
    // In turns, so that both see the same machine.
    let (mut constants, mut tokens) = (0, 0);
    for _ in 0..seconds.max(1) {
        constants += measure(bare, 1).await?;
        tokens += measure(running.address, 1).await?;
    }
    running.shutdown().await;
    let (constants, tokens) = (constants / seconds.max(1), tokens / seconds.max(1));
    print(&format!("bare hyper       {constants:>8} requests/s"));
    print(&format!("reference server {tokens:>8} requests/s"));
    let percent = tokens * 100 / constants.max(1);
    print(&format!(
        "ratio            {percent:>7} %   (wanted: at least 50)"
    ));
    Ok(())
}

/// Answers everything with a constant of the size of a token response.
async fn bare_server() -> Result<SocketAddr, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream.set_nodelay(true));
            tokio::spawn(async move {
                let service = service_fn(|_| async {
                    let body = Full::new(Bytes::from_static(&[b'x'; 122]));
                    Ok::<_, Infallible>(hyper::Response::new(body))
                });
                drop(
                    http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await,
                );
            });
        }
    });
    Ok(address)
}

/// Requests in a second, over connections that are kept alive.
async fn measure(address: SocketAddr, seconds: u64) -> Result<u64, Box<dyn Error>> {
    let form = "grant_type=client_credentials";
    let request = format!(
        "POST /as/token.oauth2 HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\
         Authorization: Basic bWFjaGluZTptYWNoaW5lLXNlY3JldC0zUnc5cEU2YVUyZ081aVhs\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let (count, over) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (request, count, over) = (request.clone(), Arc::clone(&count), Arc::clone(&over));
        tasks.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                if ask(&mut stream, request.as_bytes()).await.is_err() {
                    break;
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let requests = count.load(Ordering::Relaxed);
    over.store(true, Ordering::Relaxed);
    tasks.join_all().await;
    Ok(requests / seconds.max(1))
}

/// One request, and its answer up to the end that Content-Length names.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> std::io::Result<()> {
    stream.write_all(request).await?;
    let mut buffer = [0u8; 4096];
    let mut read = 0;
    loop {
        let free = buffer.get_mut(read..).unwrap_or_default();
        let more = stream.read(free).await?;
        read += more;
        let text = String::from_utf8_lossy(buffer.get(..read).unwrap_or_default()).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.to_ascii_lowercase();
        let length = length
            .split_once("content-length: ")
            .map_or("0", |(_, rest)| rest);
        let length: usize = length
            .split("\r\n")
            .next()
            .unwrap_or("0")
            .parse()
            .unwrap_or(0);
        if body.len() >= length || more == 0 {
            return Ok(());
        }
    }
}
