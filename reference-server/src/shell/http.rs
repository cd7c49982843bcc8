//! From hyper's request to a raw one, and from a response to hyper's. Nothing is judged here.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::TRANSFER_ENCODING;
use hyper::{Request, Response as HyperResponse, Version};
use tokio::time::Instant;

use super::content::{BrokenOff, Content};
use super::{Shared, SystemEntropy, host, log, notifications};
use crate::defects::{Commit, Delivery};
use crate::endpoint::{self, Outcome, Reading};
use crate::moment::{Clock, Moment, Timestamp};
use crate::notification::Notification;
use crate::state::{Records, StoreError, Waits};
use crate::vocabulary::ErrorCode;
use crate::wire::json::Object;
use crate::wire::raw_request::{Body, Protocol, RawRequest};
use crate::wire::response::Response;

/// Content beyond the limit is read and dropped up to this size, so that the client sees the answer
/// instead of a reset.
const DRAINED: usize = 16 * 1024 * 1024;

/// Answers one request.
pub(super) async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    certificates: Vec<Vec<u8>>,
) -> Result<HyperResponse<Content>, BrokenOff> {
    let since = Instant::now();
    if host::is_at_fault(&request) {
        return finish(host::refusal(request.version()), Content::complete);
    }
    // A body in chunks is the last of its connection: a length beside them may have hidden another end (RFC 9112 §6.1).
    let is_last = request.headers().contains_key(TRANSFER_ENCODING);
    let mut request = receive(&shared, request).await;
    request.certificates = certificates;
    let now = shared.clock.now();
    let serial = shared.serial.fetch_add(1, Ordering::Relaxed) + 1;
    let mut reading = endpoint::read(&shared.server, request);
    shared
        .key_sets
        .supply(&shared.server, &mut reading, now)
        .await;
    let reading = Arc::new(reading);
    let response = match decide(&shared, &reading, now, serial).await {
        Ok((response, notification)) => {
            if let Some(notification) = notification {
                notifications::send(&shared, notification).await;
            }
            response
        }
        Err(error) => {
            tracing::error!(request = serial, %error, "a request could not be served");
            unavailable()
        }
    };
    log::answered(&reading, serial, &response, since);
    let response = if is_last {
        response.replace("Connection", "close")
    } else {
        response
    };
    deliver(&shared, &reading.request, response).await
}

async fn decide(
    shared: &Arc<Shared>,
    reading: &Arc<Reading>,
    now: Timestamp,
    serial: u64,
) -> Result<(Response, Option<Notification>), StoreError> {
    let decided = Decided {
        reading: Arc::clone(reading),
        now,
        serial,
    };
    let commit = match shared.server.seams.commit {
        Some(Commit::WindowFor(applies, _)) if !applies(&reading.facts) => None,
        commit => commit,
    };
    let Some(commit) = commit else {
        return with_store(shared, move |shared| {
            let mut notification = None;
            // A store may ask again, if another request was faster: what it asked last counts.
            let response = shared.store.transact(now, &mut |records| {
                let mut outcome = decided.on(shared, records);
                notification = outcome.notification.take();
                outcome
            })?;
            Ok((response, notification))
        })
        .await;
    };
    let outcome = with_store(shared, move |shared| {
        let store = &shared.store;
        store.decide_only(&mut |records| decided.on(shared, records))
    });
    let Outcome {
        response,
        changes,
        notification,
    } = outcome.await?;
    match commit {
        Commit::Window(window) | Commit::WindowFor(_, window) => {
            tokio::time::sleep(window).await;
            with_store(shared, move |shared| shared.store.apply(now, changes)).await?;
        }
        Commit::AfterReply(delay) => {
            let shared = Arc::clone(shared);
            drop(tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let applied = with_store(&shared, move |shared| shared.store.apply(now, changes));
                if let Err(error) = applied.await {
                    tracing::error!(%error, "changes are lost");
                }
            }));
        }
    }
    Ok((response, notification))
}

/// A request that was read, and the moment at which it is decided.
struct Decided {
    reading: Arc<Reading>,
    now: Timestamp,
    serial: u64,
}

impl Decided {
    fn on(&self, shared: &Shared, records: &dyn Records) -> Outcome {
        let moment = Moment {
            now: self.now,
            serial: self.serial,
            entropy: &mut SystemEntropy,
        };
        endpoint::decide(&shared.server, records, &self.reading, moment)
    }
}

/// Asks the store: at once, or on a thread that may wait.
pub(super) async fn with_store<T: Send + 'static>(
    shared: &Arc<Shared>,
    ask: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match shared.store.waits() {
        Waits::Never => ask(shared),
        Waits::ForOthers => {
            let shared = Arc::clone(shared);
            let asked = tokio::task::spawn_blocking(move || ask(&shared)).await;
            asked.unwrap_or_else(|_| Err(StoreError("it broke off".to_owned())))
        }
    }
}

async fn deliver(
    shared: &Shared,
    request: &RawRequest,
    response: Response,
) -> Result<HyperResponse<Content>, BrokenOff> {
    for seam in &shared.server.seams.connection {
        match seam(request, &response) {
            Delivery::Close => return Err(BrokenOff),
            Delivery::Late(delay) => late(shared, delay).await,
            Delivery::Ordinary => {}
            Delivery::Truncated(octets) => {
                return finish(response, |body| Content::truncated(body, octets));
            }
        }
    }
    finish(response, Content::complete)
}

/// Waits by the server's clock, which may be moved meanwhile.
async fn late(shared: &Shared, delay: Duration) {
    let due = shared.clock.now().plus(delay.as_secs());
    while shared.clock.now() < due {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn finish(
    response: Response,
    content: impl FnOnce(Vec<u8>) -> Content,
) -> Result<HyperResponse<Content>, BrokenOff> {
    let mut builder = HyperResponse::builder().status(response.status);
    for (name, value) in &response.headers {
        builder = builder.header(name, value);
    }
    builder.body(content(response.body)).map_err(|error| {
        tracing::error!(%error, "an answer is no HTTP");
        BrokenOff
    })
}

async fn receive(shared: &Shared, request: Request<Incoming>) -> RawRequest {
    let (head, incoming) = request.into_parts();
    let patience = Duration::from_secs(shared.seconds.into());
    let content = collect(incoming, shared.server.limits.content);
    let body = tokio::time::timeout(patience, content)
        .await
        .unwrap_or(Body::TooSlow);
    let headers = head.headers.iter();
    let authority = host::authority(&head);
    RawRequest {
        protocol: match head.version {
            Version::HTTP_2 => Protocol::Http2,
            _ => Protocol::Http1,
        },
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .chain(authority.map(|host| ("host".to_owned(), host)))
            .collect(),
        body,
        certificates: Vec::new(),
    }
}

/// Reads the content up to the limit.
async fn collect(mut incoming: Incoming, limit: usize) -> Body {
    let mut content = Vec::new();
    let mut size = 0usize;
    while let Some(frame) = incoming.frame().await {
        let Ok(frame) = frame else {
            return Body::Incomplete(content);
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        size = size.saturating_add(data.len());
        if size <= limit {
            content.extend_from_slice(data);
        } else if size > limit.saturating_add(DRAINED) {
            break;
        }
    }
    if size > limit {
        Body::TooLarge
    } else {
        Body::Complete(content)
    }
}

fn unavailable() -> Response {
    let object = Object::default()
        .text("error", ErrorCode::TemporarilyUnavailable.as_str())
        .text("error_description", "The server can not answer now");
    Response::json(503, object).with("Retry-After", "1")
}
