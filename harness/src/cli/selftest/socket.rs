//! Raw servers on a free loopback port: whatever comes, each answers in its own way.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::super::usage::UsageError;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // The connections are tasks of this one's set, and end with it.
        self.task.abort();
    }
}

/// Holds a free loopback port at which nobody listens: connections are refused, and no other server gets it meanwhile.
///
/// # Errors
/// No port is free.
pub(super) fn deaf() -> Result<Listening, UsageError> {
    let socket = TcpSocket::new_v4().map_err(|why| unable(&why))?;
    socket
        .bind((Ipv4Addr::LOCALHOST, 0).into())
        .map_err(|why| unable(&why))?;
    let address = socket.local_addr().map_err(|why| unable(&why))?;
    let task = tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(socket);
    });
    Ok(Listening { address, task })
}

fn unable(why: &std::io::Error) -> UsageError {
    UsageError::Flags(format!("no server can listen: {why}"))
}

/// Listens on a free loopback port.
///
/// # Errors
/// No port is free.
async fn bind() -> Result<(TcpListener, SocketAddr), UsageError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(|why| unable(&why))?;
    let address = listener.local_addr().map_err(|why| unable(&why))?;
    Ok((listener, address))
}

/// Serves every connection with a future of its own.
///
/// # Errors
/// No port is free.
pub(super) async fn listen<F, R>(serve: F) -> Result<Listening, UsageError>
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let (listener, address) = bind().await?;
    let serve = Arc::new(serve);
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream.set_nodelay(true));
            connections.spawn(serve(stream));
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Listening { address, task })
}

/// The most octets of a request that are kept.
const REQUEST_LIMIT: usize = 1 << 20;

/// A request as far as these servers look at it: octets up to the end of the content that the head announces.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    octets: Vec<u8>,
    body_start: usize,
}

impl Incoming {
    /// The first line.
    pub(super) fn line(&self) -> String {
        let end = self.octets.iter().position(|octet| *octet == b'\r');
        let line = self.octets.get(..end.unwrap_or(0)).unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    }

    /// The content.
    pub(super) fn body(&self) -> &[u8] {
        self.octets.get(self.body_start..).unwrap_or_default()
    }
}

/// Reads one request; `None` at the end of the connection. Chunked content is read up to its last chunk. A content that
/// ends before its length is taken as it came: these servers look at nothing.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Incoming> {
    let mut incoming = Incoming::default();
    let mut buffer = [0; 4096];
    loop {
        if let Some(start) = find(&incoming.octets, b"\r\n\r\n") {
            incoming.body_start = start + 4;
            if is_complete(&incoming) {
                return Some(incoming);
            }
        }
        if incoming.octets.len() > REQUEST_LIMIT {
            return Some(incoming);
        }
        let count = stream.read(&mut buffer).await.ok()?;
        if count == 0 {
            return (incoming.body_start > 0).then_some(incoming);
        }
        incoming
            .octets
            .extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
}

fn is_complete(incoming: &Incoming) -> bool {
    let head = incoming
        .octets
        .get(..incoming.body_start)
        .unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if head.contains("transfer-encoding:") {
        return incoming.body().ends_with(b"0\r\n\r\n");
    }
    incoming.body().len() >= content_length(&head).unwrap_or(0)
}

/// The value of Content-Length in a head in lower case.
pub(super) fn content_length(head: &str) -> Option<usize> {
    head.lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse().ok())
}

/// Where some octets begin.
pub(super) fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// An answer with a body.
#[derive(Clone, Debug)]
pub(super) struct Canned {
    pub status: u16,
    pub fields: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Canned {
    /// JSON, as RFC 6749 §5.1 has it sent.
    pub(super) fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            fields: vec![
                ("Content-Type", "application/json".to_owned()),
                ("Cache-Control", "no-store".to_owned()),
                ("Pragma", "no-cache".to_owned()),
            ],
            body: body.into(),
        }
    }

    /// Any other type.
    pub(super) fn of_type(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            fields: vec![("Content-Type", media_type.to_owned())],
            body: body.into(),
        }
    }

    /// With a further field.
    pub(super) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// As octets of HTTP/1.1.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Selftest\r\n", self.status);
        for (name, value) in &self.fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        let mut octets = head.into_bytes();
        octets.extend_from_slice(&self.body);
        octets
    }
}

/// Sends octets; `None` when the other side is gone.
pub(super) async fn send(stream: &mut TcpStream, octets: &[u8]) -> Option<()> {
    stream.write_all(octets).await.ok()?;
    stream.flush().await.ok()
}
