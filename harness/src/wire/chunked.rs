//! The chunked transfer coding (RFC 9112 §7.1): our own decoder and encoder.

use crate::wire::response::Oddity;

/// The longest chunk-size line, extensions included, in bytes.
const MAX_LINE: usize = 16 * 1024;

/// Why a body can't be read as chunks. `Display` is a fragment of a sentence about the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// A size line without hexadecimal digits, or with something behind them that belongs there
    /// not.
    #[error("a chunk size that is no hexadecimal number")]
    Size,
    /// A size beyond 2^64.
    #[error("a chunk size beyond 2^64")]
    SizeOverflow,
    /// A size line or trailer section that does not end.
    #[error("a chunk size line or trailer section that does not end within {MAX_LINE} bytes")]
    LineTooLong,
    /// A CR without LF.
    #[error("a CR that no LF follows")]
    BareCr,
    /// Data goes on where its size says that it ends.
    #[error("chunk data that is longer than its size says")]
    DataTooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before or inside the digits of a size.
    Size { value: u64, digits: u32 },
    /// White space behind the size.
    Space { value: u64 },
    /// Behind `;`, up to the end of the line.
    Extension { value: u64 },
    /// Behind the CR of the size line.
    SizeLf { value: u64 },
    /// Inside data, with this many bytes left.
    Data { left: u64 },
    /// Where the CR behind the data must stand.
    DataCr,
    /// Behind that CR.
    DataLf,
    /// In the trailer section.
    Trailer,
    /// Behind the empty line.
    Done,
}

/// Takes the chunked coding off a body as it comes in.
#[derive(Debug)]
pub struct ChunkedDecoder {
    state: State,
    /// Bytes of the current size line.
    line: usize,
    trailer: Vec<u8>,
    oddities: Vec<Oddity>,
    announced: u64,
}

impl Default for ChunkedDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl ChunkedDecoder {
    /// A decoder before the first size line.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Size {
                value: 0,
                digits: 0,
            },
            line: 0,
            trailer: Vec::new(),
            oddities: Vec::new(),
            announced: 0,
        }
    }

    /// Decodes `input`, appends the data to `body`, and returns how many bytes belonged to the
    /// message; fewer than all only when it is done.
    ///
    /// # Errors
    /// What came can't be chunks. The data before it is in `body`.
    pub fn decode(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<usize, ChunkError> {
        let mut at = 0;
        while let Some(rest) = input.get(at..)
            && let Some(byte) = rest.first()
            && self.state != State::Done
        {
            match self.state {
                State::Data { left } => {
                    let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    body.extend_from_slice(rest.get(..take).unwrap_or(rest));
                    let left = left - take as u64;
                    self.state = if left == 0 {
                        State::DataCr
                    } else {
                        State::Data { left }
                    };
                    at += take;
                }
                State::Size { .. }
                | State::Space { .. }
                | State::Extension { .. }
                | State::SizeLf { .. }
                | State::DataCr
                | State::DataLf
                | State::Trailer
                | State::Done => {
                    self.state = self.step(*byte)?;
                    at += 1;
                }
            }
        }
        Ok(at)
    }

    /// Whether the last chunk and the trailer section have been read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// The sum of all chunk sizes announced so far, in bytes.
    #[must_use]
    pub fn announced(&self) -> u64 {
        self.announced
    }

    /// The trailer section with the empty line at its end, and the oddities of the framing.
    #[must_use]
    pub fn finish(self) -> (Vec<u8>, Vec<Oddity>) {
        (self.trailer, self.oddities)
    }

    fn step(&mut self, byte: u8) -> Result<State, ChunkError> {
        match self.state {
            State::Size { value, digits } => self.size(value, digits, byte),
            State::Space { value } => match byte {
                b' ' | b'\t' => self.within_line(State::Space { value }),
                b';' | b'\r' | b'\n' => self.after_size(value, byte),
                _ => Err(ChunkError::Size),
            },
            State::Extension { value } => match byte {
                b'\r' | b'\n' => self.after_size(value, byte),
                _ => self.within_line(State::Extension { value }),
            },
            State::SizeLf { value } => match byte {
                b'\n' => Ok(self.begin_data(value)),
                _ => Err(ChunkError::BareCr),
            },
            State::DataCr => match byte {
                b'\r' => Ok(State::DataLf),
                b'\n' => Ok(self.next_size(Some(Oddity::BareLf))),
                _ => Err(ChunkError::DataTooLong),
            },
            State::DataLf => match byte {
                b'\n' => Ok(self.next_size(None)),
                _ => Err(ChunkError::BareCr),
            },
            State::Trailer => self.trailer(byte),
            State::Data { .. } | State::Done => Ok(self.state),
        }
    }

    fn size(&mut self, value: u64, digits: u32, byte: u8) -> Result<State, ChunkError> {
        if let Some(digit) = char::from(byte).to_digit(16) {
            let value = value
                .checked_mul(16)
                .and_then(|value| value.checked_add(u64::from(digit)))
                .ok_or(ChunkError::SizeOverflow)?;
            return self.within_line(State::Size {
                value,
                digits: digits.saturating_add(1),
            });
        }
        match byte {
            b' ' | b'\t' => {
                self.note(Oddity::ChunkSizeSpace);
                if digits == 0 {
                    self.within_line(State::Size { value, digits })
                } else {
                    self.within_line(State::Space { value })
                }
            }
            b';' | b'\r' | b'\n' if digits > 0 => self.after_size(value, byte),
            _ => Err(ChunkError::Size),
        }
    }

    fn after_size(&mut self, value: u64, byte: u8) -> Result<State, ChunkError> {
        match byte {
            b'\r' => Ok(State::SizeLf { value }),
            b'\n' => {
                self.note(Oddity::BareLf);
                Ok(self.begin_data(value))
            }
            _ => self.within_line(State::Extension { value }),
        }
    }

    fn begin_data(&mut self, size: u64) -> State {
        self.announced = self.announced.saturating_add(size);
        if size == 0 {
            State::Trailer
        } else {
            State::Data { left: size }
        }
    }

    fn next_size(&mut self, oddity: Option<Oddity>) -> State {
        oddity.into_iter().for_each(|oddity| self.note(oddity));
        self.line = 0;
        State::Size {
            value: 0,
            digits: 0,
        }
    }

    fn trailer(&mut self, byte: u8) -> Result<State, ChunkError> {
        self.trailer.push(byte);
        let ended = byte == b'\n'
            && (matches!(self.trailer.as_slice(), b"\n" | b"\r\n")
                || self.trailer.ends_with(b"\n\n")
                || self.trailer.ends_with(b"\n\r\n"));
        match ended {
            true => Ok(State::Done),
            false if self.trailer.len() > MAX_LINE => Err(ChunkError::LineTooLong),
            false => Ok(State::Trailer),
        }
    }

    fn within_line(&mut self, next: State) -> Result<State, ChunkError> {
        self.line += 1;
        if self.line > MAX_LINE {
            Err(ChunkError::LineTooLong)
        } else {
            Ok(next)
        }
    }

    fn note(&mut self, oddity: Oddity) {
        if !self.oddities.contains(&oddity) {
            self.oddities.push(oddity);
        }
    }
}

/// Encodes a body as one chunk (none, if it is empty) and the last chunk.
#[must_use]
pub fn encode(body: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(body.len() + 32);
    if !body.is_empty() {
        encoded.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        encoded.extend_from_slice(body);
        encoded.extend_from_slice(b"\r\n");
    }
    encoded.extend_from_slice(b"0\r\n\r\n");
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ChunkError, ChunkedDecoder, encode};
    use crate::wire::response::Oddity;

    fn check(input: &[u8], expect: &Result<(&[u8], &[Oddity], usize), ChunkError>) {
        for size in [1, 2, 3, input.len().max(1)] {
            let mut decoder = ChunkedDecoder::new();
            let mut body = Vec::new();
            let result = input
                .chunks(size)
                .try_fold(0, |sum, part| Ok(sum + decoder.decode(part, &mut body)?));
            match expect {
                Ok((data, oddities, used)) => {
                    assert_eq!(result, Ok(*used));
                    assert!(decoder.is_done());
                    assert_eq!(&body, data);
                    assert_eq!(&decoder.finish().1, oddities);
                }
                Err(error) => assert_eq!(result.as_ref().err(), Some(error)),
            }
        }
    }

    #[test]
    fn chunks_become_their_data() {
        check(b"4\r\nWiki\r\n0\r\n\r\n", &Ok((b"Wiki", &[], 14)));
        check(
            b"00A;x=\"y\"\r\n0123456789\r\n0;z\r\n\r\n",
            &Ok((b"0123456789", &[], 30)),
        );
        check(b"0\r\n\r\nHTTP/1.1", &Ok((b"", &[], 5)));
        check(b"0\r\nExpires: 0\r\n\r\n", &Ok((b"", &[], 17)));
    }

    #[test]
    fn forgivable_framing_is_noted() {
        check(b"1\na\n0\n\n", &Ok((b"a", &[Oddity::BareLf], 7)));
        check(
            b"1  \r\na\r\n0\r\n\r\n",
            &Ok((b"a", &[Oddity::ChunkSizeSpace], 13)),
        );
    }

    #[test]
    fn broken_chunks_are_refused_with_the_cause() {
        check(b"0x1\r\na\r\n", &Err(ChunkError::Size));
        check(b"\r\na\r\n", &Err(ChunkError::Size));
        check(b"-1\r\na\r\n", &Err(ChunkError::Size));
        check(b"10000000000000000\r\n", &Err(ChunkError::SizeOverflow));
        check(b"1\r\nab\r\n0\r\n\r\n", &Err(ChunkError::DataTooLong));
        check(b"1\r\na\rb", &Err(ChunkError::BareCr));
        check(b"1\rb", &Err(ChunkError::BareCr));
        check(&[b'0'; 20_000], &Err(ChunkError::LineTooLong));
        check(
            &[b"0\r\n".as_slice(), &[b'a'; 20_000]].concat(),
            &Err(ChunkError::LineTooLong),
        );
    }

    proptest! {
        #[test]
        fn encoded_bodies_decode_to_themselves(body: Vec<u8>, cut in 1_usize..64) {
            let encoded = encode(&body);
            let mut decoder = ChunkedDecoder::new();
            let mut decoded = Vec::new();
            for part in encoded.chunks(cut) {
                prop_assert_eq!(decoder.decode(part, &mut decoded), Ok(part.len()));
            }
            prop_assert!(decoder.is_done());
            prop_assert_eq!(decoded, body);
        }

        #[test]
        fn any_bytes_end_in_data_or_an_error(bytes: Vec<u8>) {
            let mut body = Vec::new();
            let result = ChunkedDecoder::new().decode(&bytes, &mut body);
            prop_assert!(body.len() <= bytes.len());
            prop_assert!(result.is_err() || result.is_ok_and(|used| used <= bytes.len()));
        }
    }
}
