//! Servers that are no token endpoints, each on a free loopback port.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What a server does with a connection: it counts requests and bytes sent.
pub(crate) type Behaviour = fn(TcpStream, &Counts);

/// What a server has seen and done.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    connections: AtomicU64,
    sent: AtomicU64,
}

/// A server in a thread of its own. It lives as long as the test process.
#[derive(Debug)]
pub(crate) struct Stub {
    address: SocketAddr,
    counts: Arc<Counts>,
}

impl Stub {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counts = Arc::clone(&shared);
                counts.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || behaviour(stream, &counts));
            }
        });
        Self { address, counts }
    }

    /// Its token endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// How many bytes left for clients.
    pub(crate) fn sent(&self) -> u64 {
        self.counts.sent.load(Ordering::SeqCst)
    }

    /// The URL of a port where nothing listens any more.
    pub(crate) fn nothing() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        format!("http://{address}/token")
    }
}

/// Reads one request to its end; what the client sends in its body counts by `Content-Length`.
fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut octet = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut octet).ok()? == 0 {
            return None;
        }
        bytes.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

fn answer(stream: &mut TcpStream, counts: &Counts, bytes: &[u8]) -> bool {
    let written = stream.write_all(bytes).is_ok();
    if written {
        let length = u64::try_from(bytes.len()).expect("a length");
        counts.sent.fetch_add(length, Ordering::SeqCst);
    }
    written
}

/// Says something that is no HTTP.
pub(crate) fn garbage(mut stream: TcpStream, counts: &Counts) {
    if request(&mut stream).is_some() {
        answer(
            &mut stream,
            counts,
            b"\x00\x01\x1b[31m 220 mail.example ESMTP\r\n",
        );
    }
}

/// Reads and never answers, until the client is gone.
pub(crate) fn silence(mut stream: TcpStream, _counts: &Counts) {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
}

/// Sends as much of 1 GiB as the client takes.
pub(crate) fn flood(mut stream: TcpStream, counts: &Counts) {
    while request(&mut stream).is_some() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n";
        let piece = [b' '; 64 * 1024];
        let mut left: u64 = 1 << 30;
        if !answer(&mut stream, counts, head.as_bytes()) {
            return;
        }
        while left > 0 {
            if !answer(&mut stream, counts, &piece) {
                return;
            }
            left -= 64 * 1024;
        }
    }
}

/// Closes in the middle of its answer.
pub(crate) fn truncate(mut stream: TcpStream, counts: &Counts) {
    if request(&mut stream).is_some() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"access_";
        self::answer(&mut stream, counts, answer);
    }
}

/// Closes without an answer.
pub(crate) fn close(mut stream: TcpStream, _counts: &Counts) {
    request(&mut stream);
}

/// Says back what it was told, in every member of a refusal.
pub(crate) fn echo(mut stream: TcpStream, counts: &Counts) {
    while let Some(told) = request(&mut stream) {
        let told = String::from_utf8_lossy(&told).into_owned();
        let quoted = serde_json::Value::String(told).to_string();
        let body = format!(
            "{{\"error\":{quoted},\"error_description\":{quoted},\"error_uri\":\"https://as.example/?e={}\"}}",
            told_of(&quoted)
        );
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if !answer(&mut stream, counts, (head + &body).as_bytes()) {
            return;
        }
    }
}

/// The octets in base64url, as a server that packs what it was told into a link.
fn told_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// The head of an answer that promises so many octets of JSON.
fn json_head(length: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n")
}

/// Sends the same piece for as long as the client takes it.
fn forever(stream: &mut TcpStream, counts: &Counts, head: &str, piece: &str) {
    if request(stream).is_some() && answer(stream, counts, head.as_bytes()) {
        while answer(stream, counts, piece.as_bytes()) {}
    }
}

/// Sends header fields without end.
pub(crate) fn endless_headers(mut stream: TcpStream, counts: &Counts) {
    let piece = "X-More: and more\r\n".repeat(100);
    forever(&mut stream, counts, "HTTP/1.1 200 OK\r\n", &piece);
}

/// Sends one line of a header field without end.
pub(crate) fn endless_line(mut stream: TcpStream, counts: &Counts) {
    let head = "HTTP/1.1 200 OK\r\nX-More: ";
    forever(&mut stream, counts, head, &"more".repeat(1000));
}

/// Sends interim answers without end (RFC 9110 section 15.2).
pub(crate) fn endless_interim(mut stream: TcpStream, counts: &Counts) {
    let piece = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    forever(&mut stream, counts, "", &piece);
}

/// Sends chunks without end.
pub(crate) fn endless_chunks(mut stream: TcpStream, counts: &Counts) {
    let head = json_head("Transfer-Encoding: chunked\r\n");
    let piece = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    forever(&mut stream, counts, &head, &piece);
}

/// Sends a head, and then nothing.
pub(crate) fn stall(mut stream: TcpStream, counts: &Counts) {
    let head = json_head("Content-Length: 20\r\n");
    if request(&mut stream).is_some() && answer(&mut stream, counts, head.as_bytes()) {
        silence(stream, counts);
    }
}

fn once(mut stream: TcpStream, counts: &Counts, text: &str) {
    if request(&mut stream).is_some() {
        answer(&mut stream, counts, text.as_bytes());
    }
}

/// Says a length that is no number.
pub(crate) fn length_is_no_number(stream: TcpStream, counts: &Counts) {
    once(
        stream,
        counts,
        &(json_head("Content-Length: -1\r\n") + "{}"),
    );
}

/// Says two lengths.
pub(crate) fn two_lengths(stream: TcpStream, counts: &Counts) {
    let lengths = "Content-Length: 2\r\nContent-Length: 4\r\n";
    once(stream, counts, &(json_head(lengths) + "{  }"));
}

/// Says a chunk size that is none.
pub(crate) fn chunk_of_no_size(stream: TcpStream, counts: &Counts) {
    let head = json_head("Transfer-Encoding: chunked\r\n");
    once(stream, counts, &(head + "zz\r\n{}\r\n0\r\n\r\n"));
}

/// Nests arrays deeper than any stack.
pub(crate) fn deep(stream: TcpStream, counts: &Counts) {
    let body = "[".repeat(100_000);
    let head = json_head(&format!("Content-Length: {}\r\n", body.len()));
    once(stream, counts, &(head + &body));
}

/// Answers with a page for people.
pub(crate) fn page(stream: TcpStream, counts: &Counts) {
    let body = "<!DOCTYPE html><title>Welcome</title>";
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n");
    once(stream, counts, &(head + body));
}

/// Refuses in HTTP whatever comes first, be it no HTTP at all.
pub(crate) fn refuses_all(mut stream: TcpStream, counts: &Counts) {
    let mut first = [0; 16 * 1024];
    if stream.read(&mut first).is_ok_and(|read| read > 0) {
        let head = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        answer(&mut stream, counts, head.as_bytes());
    }
}
