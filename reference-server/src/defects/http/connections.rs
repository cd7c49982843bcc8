//! What one request on a connection does to the next, and one connection to others.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::octets::{Message, edited, value};
use super::{Defect, row};
use crate::defects::{Delivery, Seam};
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "close-passed-over",
        &["http-connection-close"],
        &[],
        &[Seam::Incoming(close_passed_over)],
    ),
    row(
        "close-in-list-passed-over",
        &["http-connection-close"],
        &[],
        &[Seam::Incoming(close_in_list_passed_over)],
    ),
    row(
        "expect-passed-over",
        &["http-expect-continue"],
        &[],
        &[Seam::Incoming(expect_passed_over)],
    ),
    row(
        "pipelined-answers-out-of-order",
        &["http-pipelining"],
        &[],
        &[Seam::Incoming(pipelined_answers_out_of_order)],
    ),
    row(
        "client-kept-in-thread",
        &["http-connection-state"],
        &[
            (
                "http-401-challenge",
                "whoever comes without credentials is the client before",
            ),
            (
                "http-obs-fold",
                "whoever comes without credentials is the client before",
            ),
            (
                "http-line-ends",
                "whoever comes without credentials is the client before",
            ),
            (
                "http-trailer-not-header",
                "whoever comes without credentials is the client before",
            ),
            (
                "http-path-variants",
                "whoever comes without credentials is the client before",
            ),
        ],
        &[Seam::Read(client_kept_in_thread)],
    ),
    row(
        "workers-taken-by-slow-senders",
        &["http-slow-request"],
        &[(
            "http-body-too-large",
            "a large body begins as those of slow senders do",
        )],
        &[
            Seam::Incoming(slow_senders_counted),
            Seam::Connection(closed_without_workers),
        ],
    ),
    row(
        "garbage-ends-a-worker",
        &["http-survives-malformed"],
        &[],
        &[
            Seam::Incoming(garbage_seen),
            Seam::Connection(closed_behind_garbage),
        ],
    ),
];

/// The option is unknown.
fn close_passed_over(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let closes = message.field("connection").is_some_and(|it| it == "close");
        if closes {
            message.remove("connection");
        }
    })
}

/// The option is known if it stands alone.
fn close_in_list_passed_over(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let is_list = message
            .field("connection")
            .is_some_and(|it| it.contains(','));
        if is_list {
            message.remove("connection");
        }
    })
}

/// Nobody reads the field.
fn expect_passed_over(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        message.lines.retain(|line| value(line, "expect").is_none());
    })
}

/// The second and the third of several requests are handled at once, and the third is sooner done.
fn pipelined_answers_out_of_order(octets: Vec<u8>) -> Vec<u8> {
    let mut requests: Vec<Vec<u8>> = Vec::new();
    let mut rest = octets.clone();
    while let Some(message) = Message::read(&rest) {
        let length = message
            .field("content-length")
            .and_then(|it| it.parse().ok());
        let length: usize = length.unwrap_or(0);
        let whole = rest.len() - message.rest.len() + length;
        if whole > rest.len() {
            return octets;
        }
        requests.push(rest.drain(..whole).collect());
    }
    if requests.len() < 4 || !rest.is_empty() {
        return octets;
    }
    requests.swap(1, 2);
    requests.concat()
}

static LAST: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// The client is kept with the worker, and nobody forgets it.
fn client_kept_in_thread(mut request: RawRequest) -> RawRequest {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let own = request.fields("authorization").next().map(<[u8]>::to_vec);
    if let Some(own) = own {
        *last = Some(own);
    } else if let Some(last) = last.clone()
        && request.form().value("client_id").is_none()
    {
        request.headers.push(("authorization".to_owned(), last));
    }
    request
}

static HANGING: AtomicUsize = AtomicUsize::new(0);

/// As many as there are workers.
const WORKERS: usize = 50;

fn slow_senders_counted(octets: Vec<u8>) -> Vec<u8> {
    let whole = Message::read(&octets).is_some_and(|message| {
        let length = message
            .field("content-length")
            .and_then(|it| it.parse().ok());
        message.rest.len() >= length.unwrap_or(0)
    });
    let begins = octets.starts_with(b"POST ") && octets.len() < 1024;
    if begins && !whole {
        HANGING.fetch_add(1, Ordering::Relaxed);
    }
    octets
}

/// One thread a connection, and no time-out: for whoever comes later there is none.
fn closed_without_workers(_: &RawRequest, _: &Response) -> Delivery {
    if HANGING.load(Ordering::Relaxed) >= WORKERS {
        // The hanging ones are gone after a while.
        HANGING.store(0, Ordering::Relaxed);
        return Delivery::Close;
    }
    Delivery::Ordinary
}

static BROKEN: AtomicBool = AtomicBool::new(false);

/// What no worker can read.
const GARBAGE: &str = "*";

fn garbage_seen(octets: Vec<u8>) -> Vec<u8> {
    if octets.starts_with(b"OPTIONS * ") {
        BROKEN.store(true, Ordering::Relaxed);
    }
    octets
}

/// A worker dies with each request that it can't read, and the next whole one is lost with it.
///
/// One that broke off is not: its turn may come at any time after its client has left, in the middle of another case.
fn closed_behind_garbage(request: &RawRequest, _: &Response) -> Delivery {
    let whole = matches!(request.body, Body::Complete(_)) && request.method == "POST";
    if request.path == GARBAGE || whole && BROKEN.swap(false, Ordering::Relaxed) {
        return Delivery::Close;
    }
    Delivery::Ordinary
}
