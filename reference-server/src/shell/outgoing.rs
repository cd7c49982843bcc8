//! Requests that the server makes itself, over plain HTTP: for key sets of clients, and to notify clients.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The most octets of an answer.
const MOST: u64 = 64 * 1024;

/// An answer, its head read.
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    head: String,
    /// What came of the content with the head.
    begun: Vec<u8>,
    stream: tokio::io::Take<TcpStream>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The value of a header field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = fields.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    /// The content; none: it is too large, or no text.
    pub(super) async fn content(mut self) -> Option<String> {
        self.stream.read_to_end(&mut self.begun).await.ok()?;
        if self.stream.limit() == 0 {
            return None;
        }
        String::from_utf8(self.begun).ok()
    }
}

/// A request of HTTP/1.0, whose answer has no chunks and ends with the connection. `fields` are further lines of its head, each
/// with its end. None: no answer came. How long it takes is the caller's affair.
pub(super) async fn ask(method: &str, url: &str, fields: &str, content: &[u8]) -> Option<Answer> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    // User information is no part of the address.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let address = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let mut stream = TcpStream::connect(address).await.ok()?;
    let mut request = format!("{method} /{path} HTTP/1.0\r\nHost: {host}\r\n{fields}");
    if !content.is_empty() {
        request += &format!("Content-Length: {}\r\n", content.len());
    }
    request += "\r\n";
    let octets = [request.as_bytes(), content].concat();
    stream.write_all(&octets).await.ok()?;
    head(stream.take(MOST + 1)).await
}

/// Reads up to the end of the head.
async fn head(mut stream: tokio::io::Take<TcpStream>) -> Option<Answer> {
    let mut octets = Vec::new();
    loop {
        if let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            let begun = octets.split_off(end + 4);
            let head = String::from_utf8(octets).ok()?;
            let status = head.split(' ').nth(1)?.parse().ok()?;
            return Some(Answer {
                status,
                head,
                begun,
                stream,
            });
        }
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.ok()?;
        if count == 0 {
            return None;
        }
        octets.extend_from_slice(some.get(..count).unwrap_or_default());
    }
}
