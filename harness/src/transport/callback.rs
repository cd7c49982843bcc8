//! A host that this program plays: it answers with what was published, and keeps what arrives. Servers fetch the key sets of
//! clients from it (RFC 7591 section 2, `jwks_uri`) and send it notifications; a server that should not have asked shows here, too.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wire::chunked::ChunkedDecoder;

/// What is answered at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The status.
    pub status: u16,
    /// Header fields beside Content-Length and Connection.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// A request that arrived. What it says may be secret and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its number, from 0: later ones have higher ones.
    pub number: usize,
    /// The method.
    pub method: String,
    /// The request target: the path, with the query if there is one.
    pub target: String,
    /// The header fields; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content, without its chunks.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The most octets of a header section or a content.
const MOST: usize = 64 * 1024;

/// So many arrivals are kept.
const KEPT: usize = 10_000;

/// So long may a request take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The host, while it listens.
#[derive(Debug)]
pub struct CallbackHost {
    board: Arc<Board>,
    task: JoinHandle<()>,
}

/// What is shown, and what arrived.
#[derive(Debug, Default)]
struct Board {
    published: Mutex<BTreeMap<String, Published>>,
    arrivals: Mutex<Vec<Arrival>>,
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
        let held = locked(&RESERVED).get(&listen).map(|held| held.try_clone());
        let listener = match held {
            Some(held) => held?,
            None => std::net::TcpListener::bind(listen)?,
        };
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let board = Arc::new(Board::default());
        let task = tokio::spawn(listen_on(listener, Arc::clone(&board)));
        Ok(Self { board, task })
    }

    /// Shows something at a path, or nothing any more; what was there before.
    pub fn publish(&self, path: &str, content: Option<Published>) -> Option<Published> {
        let mut published = locked(&self.board.published);
        match content {
            Some(content) => published.insert(path.to_owned(), content),
            None => published.remove(path),
        }
    }

    /// The number that the next arrival will have.
    #[must_use]
    pub fn next_number(&self) -> usize {
        locked(&self.board.arrivals).len()
    }

    /// What arrived at a path, whatever its query, with this number or a later one.
    #[must_use]
    pub fn arrivals(&self, path: &str, from: usize) -> Vec<Arrival> {
        let arrivals = locked(&self.board.arrivals);
        let at_path = |arrival: &&Arrival| {
            let own = arrival.target.split('?').next();
            own == Some(path)
        };
        let later = arrivals.get(from..).unwrap_or_default();
        later.iter().filter(at_path).cloned().collect()
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
    let Some(mut arrival) = receive(&mut stream).await? else {
        return Ok(());
    };
    let path = arrival.target.split('?').next().unwrap_or_default();
    let shown = locked(&board.published).get(path).cloned();
    {
        let mut arrivals = locked(&board.arrivals);
        arrival.number = arrivals.len();
        if arrivals.len() < KEPT {
            arrivals.push(arrival);
        }
    }
    stream.write_all(&answer(shown)).await?;
    stream.shutdown().await
}

fn answer(shown: Option<Published>) -> Vec<u8> {
    let shown = shown.unwrap_or_else(|| Published {
        status: 404,
        headers: Vec::new(),
        body: Vec::new(),
    });
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
mod tests {
    use super::*;

    fn shown(body: &str) -> Published {
        Published {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    async fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn host_answers_with_what_is_published_at_the_time_and_keeps_what_arrived() {
        let reserved = reserve().unwrap();
        let host = CallbackHost::open(reserved.address()).unwrap();
        assert_eq!(host.publish("/keys", Some(shown("one"))), None);
        let get = "GET /keys?a=b HTTP/1.1\r\nHost: h\r\n\r\n";
        assert!(ask(reserved.address(), get).await.ends_with("\r\n\r\none"));
        assert_eq!(
            host.publish("/keys", Some(shown("two"))),
            Some(shown("one"))
        );
        assert!(ask(reserved.address(), get).await.ends_with("\r\n\r\ntwo"));
        let post = "POST /note HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Length: 4\r\n\r\n{}  ";
        assert!(
            ask(reserved.address(), post)
                .await
                .starts_with("HTTP/1.1 404 ")
        );
        let seen = host.arrivals("/note", 0);
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].method.as_str(), seen[0].number), ("POST", 2));
        assert_eq!(seen[0].body, b"{}  ");
        assert!(
            seen[0]
                .headers
                .contains(&("authorization".to_owned(), "Bearer t".to_owned()))
        );
        assert_eq!(host.arrivals("/keys", 1).len(), 1);
        assert_eq!(host.arrivals("/keys", host.next_number()), []);
    }

    #[test]
    fn body_in_chunks_is_read_to_its_end() {
        let head = "POST /n HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        let whole = format!("{head}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        let cut = whole.len() - 3;
        assert_eq!(read(&whole.as_bytes()[..cut]), None);
        assert_eq!(read(whole.as_bytes()).unwrap().body, b"abc");
    }
}
