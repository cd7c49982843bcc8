//! The octets of a connection on their way to the HTTP library and from it: a defect's seam, and a gentle end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::defects::{OctetsFn, Seams};

/// How long what a client still sends is read and dropped behind a last answer: a reset would take the answer with it.
const LINGER: Duration = Duration::from_secs(1);

/// Octets that are read at once.
const PIECE: usize = 64 * 1024;

/// A stream with seams.
#[derive(Debug)]
pub(super) struct Octets<S> {
    inner: S,
    incoming: Vec<OctetsFn>,
    outgoing: Vec<OctetsFn>,
    /// What was read and not yet handed on.
    read: Vec<u8>,
    /// What is to be written instead of what was given.
    written: Vec<u8>,
    piece: Box<[u8]>,
    lingers: Option<Pin<Box<Sleep>>>,
}

impl<S> Octets<S> {
    pub(super) fn new(inner: S, seams: &Seams) -> Self {
        Self {
            inner,
            incoming: seams.incoming.clone(),
            outgoing: seams.outgoing.clone(),
            read: Vec::new(),
            written: Vec::new(),
            piece: Box::default(),
            lingers: None,
        }
    }
}

impl<S: AsyncRead + Unpin> Octets<S> {
    /// One read of the inner stream; `None` at its end.
    fn pull(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Vec<u8>>>> {
        if self.piece.is_empty() {
            self.piece = vec![0; PIECE].into_boxed_slice();
        }
        let mut buffer = ReadBuf::new(&mut self.piece);
        ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer))?;
        let filled = buffer.filled();
        Poll::Ready(Ok((!filled.is_empty()).then(|| filled.to_vec())))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Octets<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        }
        while self.read.is_empty() {
            let Some(octets) = ready!(self.pull(context))? else {
                return Poll::Ready(Ok(()));
            };
            self.read = self
                .incoming
                .iter()
                .fold(octets, |octets, seam| seam(octets));
        }
        let count = buffer.remaining().min(self.read.len());
        let handed: Vec<u8> = self.read.drain(..count).collect();
        buffer.put_slice(&handed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Octets<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.outgoing.is_empty() {
            return Pin::new(&mut this.inner).poll_write(context, octets);
        }
        if this.written.is_empty() {
            this.written = this
                .outgoing
                .iter()
                .fold(octets.to_vec(), |octets, seam| seam(octets));
        }
        while !this.written.is_empty() {
            let count = ready!(Pin::new(&mut this.inner).poll_write(context, &this.written))?;
            this.written.drain(..count);
        }
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.outgoing.is_empty() {
            return Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        }
        let octets: Vec<u8> = slices.iter().flat_map(|slice| slice.to_vec()).collect();
        self.poll_write(context, &octets)
    }

    fn is_write_vectored(&self) -> bool {
        self.outgoing.is_empty() && self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    /// Ends the writing; if the client is in the middle of something, reads on for a while.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingers.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(context))?;
        }
        loop {
            if let Some(sleep) = &mut this.lingers
                && sleep.as_mut().poll(context).is_ready()
            {
                return Poll::Ready(Ok(()));
            }
            match this.pull(context) {
                Poll::Ready(Ok(Some(_))) if this.lingers.is_none() => {
                    this.lingers = Some(Box::pin(tokio::time::sleep(LINGER)));
                }
                Poll::Ready(Ok(Some(_))) => {}
                Poll::Ready(Ok(None) | Err(_)) => return Poll::Ready(Ok(())),
                Poll::Pending if this.lingers.is_some() => return Poll::Pending,
                Poll::Pending => return Poll::Ready(Ok(())),
            }
        }
    }
}
