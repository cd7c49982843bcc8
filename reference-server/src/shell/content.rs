//! The content of an answer: all at once, or cut off by a defect.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// How long hyper has for sending what there is before the connection ends.
const PAUSE: Duration = Duration::from_millis(20);

/// A body of known size.
#[derive(Debug)]
pub(super) struct Content {
    octets: Bytes,
    ending: Ending,
}

#[derive(Debug)]
enum Ending {
    /// Nothing more follows.
    Complete,
    /// So many octets were promised that do not come.
    Missing(u64, Option<Pin<Box<Sleep>>>),
}

impl Content {
    pub(super) fn complete(octets: Vec<u8>) -> Self {
        Self {
            octets: octets.into(),
            ending: Ending::Complete,
        }
    }

    /// Promises everything and one octet more, and breaks off after `kept` octets.
    pub(super) fn truncated(octets: Vec<u8>, kept: usize) -> Self {
        let octets = Bytes::from(octets);
        let kept = octets.slice(..kept.min(octets.len()));
        let missing = (octets.len() - kept.len()) as u64 + 1;
        Self {
            octets: kept,
            ending: Ending::Missing(missing, None),
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if !self.octets.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.octets)))));
        }
        match &mut self.ending {
            Ending::Complete => Poll::Ready(None),
            Ending::Missing(_, pause) => {
                let pause = pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(PAUSE)));
                pause.as_mut().poll(context).map(|()| Some(Err(BrokenOff)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.octets.is_empty() && matches!(self.ending, Ending::Complete)
    }

    fn size_hint(&self) -> SizeHint {
        let missing = match self.ending {
            Ending::Complete => 0,
            Ending::Missing(octets, _) => octets,
        };
        SizeHint::with_exact(self.octets.len() as u64 + missing)
    }
}

/// The connection ends here, by a defect or because the answer can't be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed here")
    }
}

impl std::error::Error for BrokenOff {}
