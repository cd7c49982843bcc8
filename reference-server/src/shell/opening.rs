//! The first octets of a connection: read where a defect looks at them, and handed on as if they had not been.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use crate::tls_plan::{ConnectionEnd, Reception, ReceptionFn};
use crate::wire::client_hello::{ClientHello, Opening};

/// Octets that are read at most before the TLS library takes over.
const MOST: usize = 64 * 1024;

/// Reads the first octets and asks the seams; the first that wants something else decides.
pub(super) async fn receive<S: AsyncRead + Unpin>(
    stream: &mut S,
    seams: &[ReceptionFn],
) -> io::Result<(Vec<u8>, Reception)> {
    let mut octets = Vec::new();
    if seams.is_empty() {
        return Ok((octets, Reception::Ordinary));
    }
    let hello: Option<ClientHello> = loop {
        match Opening::of(&octets) {
            Opening::Hello(hello) => break Some(hello),
            Opening::Clear => break None,
            Opening::Unfinished if octets.len() > MOST => break None,
            Opening::Unfinished => {}
        }
        if stream.read_buf(&mut octets).await? == 0 {
            return Ok((octets, Reception::Ordinary));
        }
    };
    let wanted = seams.iter().map(|seam| seam(hello.as_ref()));
    let mut unusual = wanted.filter(|reception| *reception != Reception::Ordinary);
    Ok((octets, unusual.next().unwrap_or(Reception::Ordinary)))
}

/// A stream with octets before it, or whose end is not announced.
#[derive(Debug)]
pub(super) struct Edged<S> {
    front: Vec<u8>,
    inner: S,
    end: ConnectionEnd,
}

impl<S> Edged<S> {
    /// With octets that were read before.
    pub(super) const fn beginning(front: Vec<u8>, inner: S) -> Self {
        Self {
            front,
            inner,
            end: ConnectionEnd::Announced,
        }
    }

    /// With an end of its own.
    pub(super) const fn ending(inner: S, end: ConnectionEnd) -> Self {
        Self {
            front: Vec::new(),
            inner,
            end,
        }
    }
}

/// Moves as much of what was read before as there is room for.
pub(super) fn hand_on(read: &mut Vec<u8>, buffer: &mut ReadBuf<'_>) {
    let count = read.len().min(buffer.remaining());
    let handed: Vec<u8> = read.drain(..count).collect();
    buffer.put_slice(&handed);
}

impl<S: AsyncRead + Unpin> AsyncRead for Edged<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.front.is_empty() {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        }
        hand_on(&mut self.front, buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Edged<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, octets)
    }

    // One write takes a ServerHello and the alert behind it.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.end {
            ConnectionEnd::Announced => Pin::new(&mut self.inner).poll_shutdown(context),
            // The socket is closed below the TLS layer, when the stream is dropped.
            ConnectionEnd::Abrupt => {
                ready!(Pin::new(&mut self.inner).poll_flush(context))?;
                Poll::Ready(Ok(()))
            }
        }
    }
}
