//! A proxy before the reference server: what succeeds goes through, each refusal becomes something else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::super::usage::UsageError;
use super::socket::{Canned, Listening, content_length, find, listen};

/// What becomes of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distortion {
    /// The status stays, the error code is one that nobody registered.
    AnotherCode,
    /// The connection is closed.
    Closed,
    /// No answer comes.
    Hang,
    /// The status stays, the content is a page.
    Html,
    /// The status becomes 200, the content stays.
    Ok,
    /// 200 and a page.
    Page,
    /// 500 with a page.
    ServerError,
}

/// All of them, as the table has them.
pub(super) const ALL: &[Distortion] = &[
    Distortion::ServerError,
    Distortion::Closed,
    Distortion::Hang,
    Distortion::Ok,
    Distortion::Page,
    Distortion::Html,
    Distortion::AnotherCode,
];

/// The error code of [`Distortion::AnotherCode`].
const CODE: &str = "selftest_error";

impl Distortion {
    /// What the table calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AnotherCode => "refusals with another code",
            Self::Closed => "refusals closed",
            Self::Hang => "refusals hang",
            Self::Html => "refusals as HTML",
            Self::Ok => "refusals with 200",
            Self::Page => "refusals as HTML with 200",
            Self::ServerError => "refusals with 500",
        }
    }

    /// Starts the proxy.
    ///
    /// # Errors
    /// No port is free.
    pub(super) async fn before(self, upstream: SocketAddr) -> Result<Listening, UsageError> {
        listen(move |stream| self.relay(stream, upstream)).await
    }

    async fn relay(self, client: TcpStream, upstream: SocketAddr) {
        let Ok(server) = TcpStream::connect(upstream).await else {
            return;
        };
        drop(server.set_nodelay(true));
        let Ok(own) = client.local_addr() else {
            return;
        };
        let moved = Moved {
            from: format!("http://{upstream}"),
            to: format!("http://{own}"),
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let head_only = Arc::new(AtomicBool::new(false));
        // The end of either direction ends both.
        tokio::select! {
            () = requests(from_client, to_server, Arc::clone(&head_only)) => {}
            () = self.answers(from_server, to_client, head_only, &moved) => {}
        }
    }

    async fn answers(
        self,
        mut server: OwnedReadHalf,
        mut client: OwnedWriteHalf,
        head_only: Arc<AtomicBool>,
        moved: &Moved,
    ) {
        let mut waiting = Vec::new();
        while let Some(answer) = answer(&mut server, &mut waiting, &head_only).await {
            let octets = match (answer.refuses(), self) {
                (false, _) => moved.metadata(answer),
                (true, Self::Closed) => return,
                (true, Self::Hang) => std::future::pending().await,
                (true, Self::ServerError) => {
                    Canned::of_type(500, "text/html", "<title>Error</title>").octets()
                }
                (true, Self::Html) => {
                    Canned::of_type(answer.status.max(400), "text/html", "<title>No</title>")
                        .octets()
                }
                (true, Self::Page) => {
                    Canned::of_type(200, "text/html", "<title>Welcome</title>").octets()
                }
                (true, Self::Ok) => Canned::json(200, answer.body()).octets(),
                (true, Self::AnotherCode) => answer.with_code().octets(),
            };
            if client.write_all(&octets).await.is_err() {
                return;
            }
        }
    }
}

/// The metadata of the server names the proxy, so that whatever is found there passes the proxy too.
struct Moved {
    from: String,
    to: String,
}

impl Moved {
    fn metadata(&self, answer: Answer) -> Vec<u8> {
        let body = String::from_utf8_lossy(answer.body());
        if !body.contains("\"token_endpoint\"") {
            return answer.octets;
        }
        let body = body.replace(&self.from, &self.to);
        Canned::json(answer.status, body).octets()
    }
}

/// Requests go on as they are; whether one asks for no content is noted.
async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    head_only: Arc<AtomicBool>,
) {
    let mut buffer = [0; 16_384];
    while let Ok(count) = client.read(&mut buffer).await {
        let octets = buffer.get(..count).unwrap_or_default();
        if octets.starts_with(b"HEAD ") {
            head_only.store(true, Ordering::Relaxed);
        } else if octets.starts_with(b"POST ") || octets.starts_with(b"GET ") {
            head_only.store(false, Ordering::Relaxed);
        }
        if count == 0 {
            drop(server.shutdown().await);
            // The answer may be on its way.
            return std::future::pending().await;
        }
        if server.write_all(octets).await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// One answer of the server.
struct Answer {
    status: u16,
    body_start: usize,
    octets: Vec<u8>,
}

impl Answer {
    fn body(&self) -> &[u8] {
        self.octets.get(self.body_start..).unwrap_or_default()
    }

    fn head(&self) -> String {
        let head = self.octets.get(..self.body_start).unwrap_or_default();
        String::from_utf8_lossy(head).into_owned()
    }

    /// Refusals of any endpoint: by status, or by an error in the redirect.
    fn refuses(&self) -> bool {
        let redirected = (300..400).contains(&self.status)
            && self.head().lines().any(|line| {
                line.to_ascii_lowercase().starts_with("location:") && line.contains("error=")
            });
        self.status >= 400 || redirected
    }

    fn with_code(&self) -> Canned {
        let body = serde_json::from_slice::<serde_json::Map<_, _>>(self.body());
        let mut body = body.unwrap_or_default();
        body.insert("error".to_owned(), CODE.into());
        let mut canned = Canned::json(
            self.status.max(400),
            serde_json::Value::Object(body).to_string(),
        );
        let challenge = self.head().lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("www-authenticate")
                .then(|| value.trim().to_owned())
        });
        if let Some(challenge) = challenge {
            canned = canned.field("WWW-Authenticate", challenge);
        }
        canned
    }
}

/// The next answer; what follows it stays in `waiting`.
async fn answer(
    server: &mut OwnedReadHalf,
    waiting: &mut Vec<u8>,
    head_only: &AtomicBool,
) -> Option<Answer> {
    let mut buffer = [0; 16_384];
    loop {
        if let Some(start) = find(waiting, b"\r\n\r\n") {
            let body_start = start + 4;
            let head = String::from_utf8_lossy(waiting.get(..body_start)?).to_ascii_lowercase();
            let status = head.split(' ').nth(1).and_then(|word| word.parse().ok())?;
            let no_content =
                head_only.load(Ordering::Relaxed) || status < 200 || status == 204 || status == 304;
            let length = if no_content {
                0
            } else {
                content_length(&head).unwrap_or(0)
            };
            if waiting.len() >= body_start + length {
                let rest = waiting.split_off(body_start + length);
                let octets = std::mem::replace(waiting, rest);
                return Some(Answer {
                    status,
                    body_start,
                    octets,
                });
            }
        }
        let count = server.read(&mut buffer).await.ok().filter(|it| *it > 0)?;
        waiting.extend_from_slice(buffer.get(..count)?);
    }
}
