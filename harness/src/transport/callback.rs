//! A host that this program plays: it answers with what was published, and keeps what arrives. Servers fetch the key sets of
//! clients from it (RFC 7591 section 2, `jwks_uri`) and send it notifications; a server that should not have asked shows here, too.

mod board;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::futures::Notified;
use tokio::task::JoinHandle;

use board::Board;
pub use board::{Arrival, Forgotten, Place, Published};

use crate::wire::chunked::ChunkedDecoder;

/// The most octets of a header section or a content.
const MOST: usize = 64 * 1024;

/// So many arrivals are kept, the latest.
const KEPT: usize = 10_000;

/// So long may a request take, beside the delay of its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The host, while it listens.
#[derive(Debug)]
pub struct CallbackHost {
    board: Arc<Board>,
    task: JoinHandle<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CallbackHost {
    /// Listens: at an address that was [reserved](reserve), or at any other.
    ///
    /// # Errors
    /// The address can't be listened at.
    pub fn open(listen: SocketAddr) -> io::Result<Self> {
        Self::keeping(listen, KEPT)
    }

    /// As [`Self::open`]; so many arrivals are kept.
    ///
    /// # Errors
    /// The address can't be listened at.
    pub(crate) fn keeping(listen: SocketAddr, most: usize) -> io::Result<Self> {
        let held = locked(&RESERVED).get(&listen).map(|held| held.try_clone());
        let listener = match held {
            Some(held) => held?,
            None => std::net::TcpListener::bind(listen)?,
        };
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let board = Arc::new(Board::keeping(most));
        let task = tokio::spawn(listen_on(listener, Arc::clone(&board)));
        Ok(Self { board, task })
    }

    /// Shows something, or nothing any more; what was there before.
    pub fn publish(&self, place: Place, content: Option<Published>) -> Option<Published> {
        self.board.publish(place, content)
    }

    /// The number that the next arrival will have.
    #[must_use]
    pub fn next_number(&self) -> usize {
        self.board.next_number()
    }

    /// What arrived at a path, whatever its query, with this number or a later one.
    ///
    /// # Errors
    /// So much arrived since then that not all of it is kept.
    pub fn arrivals(&self, path: &str, from: usize) -> Result<Vec<Arrival>, Forgotten> {
        self.board.arrivals(path, from)
    }

    /// The next arrival after this call.
    pub(crate) fn arrived(&self) -> Notified<'_> {
        self.board.arrived()
    }
}

impl Drop for CallbackHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listeners that are held for a host which is opened later.
static RESERVED: LazyLock<Mutex<BTreeMap<SocketAddr, std::net::TcpListener>>> =
    LazyLock::new(Mutex::default);

/// An address that nobody else can listen at until this is dropped.
#[derive(Debug)]
pub struct Reserved {
    address: SocketAddr,
}

impl Reserved {
    /// The address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        drop(locked(&RESERVED).remove(&self.address));
    }
}

/// Holds a free port of loopback: a server can be told of it before the host is opened.
///
/// # Errors
/// There is no free port.
pub fn reserve() -> io::Result<Reserved> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    locked(&RESERVED).insert(address, listener);
    Ok(Reserved { address })
}

async fn listen_on(listener: TcpListener, board: Arc<Board>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let board = Arc::clone(&board);
                drop(tokio::spawn(async move {
                    // Who is too slow is left alone.
                    drop(tokio::time::timeout(PATIENCE, serve(stream, &board)).await);
                }));
            }
            // Out of file descriptors, most likely: others have to close first.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// One request, kept and answered; the connection ends with it.
async fn serve(mut stream: TcpStream, board: &Board) -> io::Result<()> {
    let Some(arrival) = receive(&mut stream).await? else {
        return Ok(());
    };
    let shown = board.take(arrival).unwrap_or_else(|| Published {
        status: 404,
        ..Published::default()
    });
    tokio::time::sleep(shown.delay).await;
    stream.write_all(&answer(shown)).await?;
    stream.shutdown().await
}

fn answer(shown: Published) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} -\r\n", shown.status);
    for (name, value) in &shown.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if shown.status != 204 {
        head += &format!("Content-Length: {}\r\n", shown.body.len());
    }
    head += "Connection: close\r\n\r\n";
    [head.into_bytes(), shown.body].concat()
}

/// A whole request; `None`: what comes is none, or too much.
async fn receive(stream: &mut TcpStream) -> io::Result<Option<Arrival>> {
    let mut octets = Vec::new();
    loop {
        if let Some(arrival) = read(&octets) {
            return Ok(Some(arrival));
        }
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await?;
        if count == 0 || octets.len() > 2 * MOST {
            return Ok(None);
        }
        octets.extend_from_slice(some.get(..count).unwrap_or_default());
    }
}

/// The request, once all of it is there.
fn read(octets: &[u8]) -> Option<Arrival> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    let end = match request.parse(octets) {
        Ok(httparse::Status::Complete(end)) => end,
        Ok(httparse::Status::Partial) | Err(_) => return None,
    };
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|field| {
            let value = String::from_utf8_lossy(field.value).into_owned();
            (field.name.to_ascii_lowercase(), value)
        })
        .collect();
    let field = |name: &str| headers.iter().find(|(own, _)| own == name);
    let rest = octets.get(end..)?;
    let body = if field("transfer-encoding").is_some() {
        let mut body = Vec::new();
        let mut decoder = ChunkedDecoder::new();
        let _used = decoder.decode(rest, &mut body).ok()?;
        decoder.is_done().then_some(body)?
    } else {
        let length = field("content-length").map_or(Ok(0), |(_, length)| length.trim().parse());
        rest.get(..length.ok()?)?.to_vec()
    };
    Some(Arrival {
        number: 0,
        method: request.method?.to_owned(),
        target: request.path?.to_owned(),
        headers,
        body,
    })
}

#[cfg(test)]
mod tests;
