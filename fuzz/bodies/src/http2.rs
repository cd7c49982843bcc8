//! Any octets as what a server says over HTTP/2: frames, field sections, the answer; then judged as any other.

use tokenspec::wire::http1::{Progress, ReadLimits};
use tokenspec::wire::http2::{Client, Failure, Request};
use tokenspec::wire::response::{AnswerTo, Response};

use crate::judge::{expectations, judged};

/// How much an answer may hold here.
const LIMITS: ReadLimits = ReadLimits {
    head: 4096,
    body: 4096,
};

/// Octets of the request's data: more than a window, so that a server's word on windows matters.
const DATA: usize = 70_000;

/// What a connection comes to.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The answer, as far as it came.
    pub response: Option<Response>,
    /// The same as a text.
    pub text: Vec<u8>,
    /// How reading ended; `More` where the octets did before the answer.
    pub end: Result<Progress, Failure>,
    /// Octets that were sent.
    pub sent: Vec<u8>,
}

/// One input of the fuzzer: what came over the connection until it ended.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    let whole = read(input.chunks(input.len().max(1)));
    let pieces = read(input.chunks(7));
    assert_eq!(whole, pieces, "it matters how the octets come");
    let Some(response) = whole.response else {
        return;
    };
    assert!(response.body.len() <= LIMITS.body && (100..1000).contains(&response.status));
    assert!(
        whole.text.len() >= response.body.len(),
        "the text has the data"
    );
    if whole.end == Ok(Progress::Done) {
        for answers in expectations() {
            judged(answers, &response);
        }
    }
}

/// Reads octets that come in these pieces, until the answer is whole or wrong.
///
/// # Panics
/// When the client sends what it may not: more data than the windows have room for.
#[must_use]
pub fn read<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> Read {
    let field = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    let request = Request {
        fields: vec![field(":method", "POST"), field(":path", "/token")],
        data: vec![b'x'; DATA],
    };
    let mut client = Client::new(request, AnswerTo::Other, LIMITS);
    let mut sent = client.take_outgoing();
    assert!(client.framed() <= 65_535, "the first window holds no more");
    let mut end = Ok(Progress::More);
    for piece in pieces {
        end = client.feed(piece);
        sent.extend(client.take_outgoing());
        if end != Ok(Progress::More) {
            break;
        }
    }
    assert!(client.framed() <= DATA);
    let (response, text) = client.into_parts();
    Read {
        response,
        text,
        end,
        sent,
    }
}
