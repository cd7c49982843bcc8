//! HTTP/2 as a defect has it: before the HTTP library reads a request, its fields become others, as behind a front end that puts right
//! what it must refuse (RFC 9113 §8.1.1). Only fields that are spelled out, name and value, are changed.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::opening::hand_on;
use crate::defects::FieldsFn;

/// Octets that are read at once.
const PIECE: usize = 16 * 1024;

/// Octets of the client's preface (RFC 9113 §3.4).
const PREFACE: usize = 24;

/// Octets before the payload of a frame (RFC 9113 §4.1).
const FRAME_HEADER: usize = 9;

/// HEADERS (RFC 9113 §6.2).
const HEADERS: u8 = 1;
/// Its flags: the end of the stream, which stays as it is, and of the fields, which must be there.
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// A stream of which frames are read that may not be those that came.
#[derive(Debug)]
pub(super) struct Rewritten<S> {
    inner: S,
    seams: Vec<FieldsFn>,
    /// What is left of the preface.
    preface: usize,
    /// What was read and is no whole frame.
    unread: Vec<u8>,
    /// What is to be handed on.
    ready: Vec<u8>,
}

impl<S> Rewritten<S> {
    pub(super) fn new(inner: S, seams: &[FieldsFn]) -> Self {
        Self {
            inner,
            seams: seams.to_vec(),
            preface: PREFACE,
            unread: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// Makes whole frames ready.
    fn rewrite(&mut self) {
        let preface = self.preface.min(self.unread.len());
        self.preface -= preface;
        self.ready.extend(self.unread.drain(..preface));
        while let Some(&[a, b, c, kind, flags, stream @ ..]) =
            self.unread.first_chunk::<FRAME_HEADER>()
        {
            let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            if self.unread.len() < FRAME_HEADER + length {
                return;
            }
            let frame: Vec<u8> = self.unread.drain(..FRAME_HEADER + length).collect();
            let payload = frame.get(FRAME_HEADER..).unwrap_or_default();
            let plain = kind == HEADERS && flags & !END_STREAM == END_HEADERS;
            match literals(payload).filter(|_| plain) {
                Some(fields) => {
                    let fields = self.seams.iter().fold(fields, |fields, seam| seam(fields));
                    let block = spelled(&fields);
                    let length = u32::try_from(block.len()).unwrap_or(u32::MAX).to_be_bytes();
                    self.ready.extend(length.iter().skip(1));
                    self.ready.extend([kind, flags]);
                    self.ready.extend(stream);
                    self.ready.extend(block);
                }
                None => self.ready.extend(frame),
            }
        }
    }
}

/// The fields of a section that has literals without Huffman's code only (RFC 7541 §6.2.2).
fn literals(mut block: &[u8]) -> Option<Fields> {
    let mut fields = Vec::new();
    while let Some((first, rest)) = block.split_first() {
        if *first != 0 {
            return None;
        }
        let (name, rest) = string(rest)?;
        let (value, rest) = string(rest)?;
        fields.push((name.to_vec(), value.to_vec()));
        block = rest;
    }
    Some(fields)
}

/// A string, and what is behind it (RFC 7541 §5.2).
fn string(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = block.split_first()?;
    let mut length = usize::from(*first);
    if length >= 0x80 {
        return None;
    }
    if length == 0x7f {
        for shift in [0, 7, 14] {
            let (next, behind) = rest.split_first()?;
            rest = behind;
            length += usize::from(next & 0x7f) << shift;
            if next & 0x80 == 0 {
                return rest.split_at_checked(length);
            }
        }
        return None;
    }
    rest.split_at_checked(length)
}

fn spelled(fields: &Fields) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for part in [name, value] {
            let mut rest = part.len();
            if rest < 0x7f {
                block.extend(u8::try_from(rest));
            } else {
                block.push(0x7f);
                rest -= 0x7f;
                while rest > 0x7f {
                    block.extend(u8::try_from(rest & 0x7f).map(|low| low | 0x80));
                    rest >>= 7;
                }
                block.extend(u8::try_from(rest));
            }
            block.extend_from_slice(part);
        }
    }
    block
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewritten<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.seams.is_empty() {
            return Pin::new(&mut this.inner).poll_read(context, buffer);
        }
        while this.ready.is_empty() {
            let mut piece = [0; PIECE];
            let mut octets = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut octets))?;
            if octets.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.unread.extend_from_slice(octets.filled());
            this.rewrite();
        }
        hand_on(&mut this.ready, buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewritten<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capitals(fields: Fields) -> Fields {
        let upper = |(name, value): (Vec<u8>, Vec<u8>)| (name.to_ascii_uppercase(), value);
        fields.into_iter().map(upper).collect()
    }

    fn rewritten(octets: &[u8]) -> Vec<u8> {
        let mut stream = Rewritten::new((), &[capitals]);
        // As slowly as can be.
        for octet in octets {
            stream.unread.push(*octet);
            stream.rewrite();
        }
        stream.ready
    }

    #[test]
    fn literal_fields_become_others_and_all_else_stays() {
        let preface = [b'P'; PREFACE];
        let frame = |flags, block: &[u8]| {
            let mut frame = vec![0, 0, u8::try_from(block.len()).unwrap(), HEADERS, flags];
            frame.extend([0, 0, 0, 1]);
            frame.extend_from_slice(block);
            frame
        };
        let long = [b"\0\x01a\x7f\x49".as_slice(), &[b'x'; 200]].concat();
        let upper = [b"\0\x01A\x7f\x49".as_slice(), &[b'x'; 200]].concat();
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        let indexed = frame(END_HEADERS, b"\x82");
        let padded = frame(END_HEADERS | 0x8, b"\0\0\x01a\x01b");
        let came = [
            preface.as_slice(),
            settings,
            &frame(END_HEADERS, &long),
            &indexed,
            &padded,
        ];
        let read = [
            preface.as_slice(),
            settings,
            &frame(END_HEADERS, &upper),
            &indexed,
            &padded,
        ];
        assert_eq!(rewritten(&came.concat()), read.concat());
    }
}
