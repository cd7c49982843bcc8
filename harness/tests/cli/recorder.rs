//! A relay that keeps what passes: what a server issued, and what it was told.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A relay before a server, on a port of its own. It lives as long as the test process.
#[derive(Debug)]
pub(crate) struct Recorder {
    address: SocketAddr,
    record: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    /// A relay to this `host:port`.
    #[expect(clippy::disallowed_methods, reason = "a relay connects")]
    pub(crate) fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let record = Arc::new(Mutex::new(Vec::new()));
        let (kept, server) = (Arc::clone(&record), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).expect("the server listens");
                let ends = [
                    (client.try_clone(), server.try_clone()),
                    (Ok(server), Ok(client)),
                ];
                for (from, to) in ends {
                    let (from, to) = (from.expect("a socket"), to.expect("a socket"));
                    let kept = Arc::clone(&kept);
                    thread::spawn(move || relay(from, to, &kept));
                }
            }
        });
        Self { address, record }
    }

    /// Its `host:port`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The values behind each of these marks, up to the first character that ends one.
    pub(crate) fn values(&self, marks: &[&str]) -> BTreeSet<String> {
        let record = self.record.lock().expect("no thread panicked");
        let mut values = BTreeSet::new();
        for bytes in record.iter() {
            let text = String::from_utf8_lossy(bytes);
            for mark in marks {
                let parts = text.split(mark).skip(1);
                values.extend(parts.map(|part| until_end(part).to_owned()));
            }
        }
        values
    }
}

fn until_end(part: &str) -> &str {
    part.split(|c: char| "\"&\\ \r\n".contains(c))
        .next()
        .unwrap_or_default()
}

/// Passes on what one side sends, and keeps it.
fn relay(mut from: TcpStream, mut to: TcpStream, record: &Mutex<Vec<Vec<u8>>>) {
    let mut all = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
        all.extend_from_slice(&buffer[..read]);
    }
    record.lock().expect("no thread panicked").push(all);
    // The other side may be gone already.
    drop(to.shutdown(Shutdown::Write));
}
