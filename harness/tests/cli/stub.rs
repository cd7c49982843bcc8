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
            b"\x00\x01\x02 220 mail.example ESMTP\r\n",
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
