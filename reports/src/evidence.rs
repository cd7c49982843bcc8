//! Bytes as they went over the wire, cut to a bounded length.

use std::sync::Arc;

/// The most bytes that one side of an exchange keeps in a report (64 KiB).
pub const EVIDENCE_LIMIT: usize = 64 * 1024;

/// What was sent or received: at most [`EVIDENCE_LIMIT`] bytes of it, and how long it was.
///
/// The caller removes secrets first: what is in here is printed and saved. A clone shares the
/// bytes, so that a control may stand in the results of all the variants that it served.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evidence {
    bytes: Arc<[u8]>,
    length: u64,
}

impl Evidence {
    /// Keeps the whole of `bytes`, or their beginning when they are longer than the limit.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self::beginning_of(bytes, length)
    }

    /// Keeps `bytes` as the beginning of something that was `length` bytes long in all, for a
    /// reader that stopped early. A `length` below that of `bytes` counts as theirs.
    #[must_use]
    pub fn beginning_of(bytes: impl Into<Vec<u8>>, length: u64) -> Self {
        let mut bytes = bytes.into();
        let length = length.max(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if bytes.len() > EVIDENCE_LIMIT {
            bytes.truncate(EVIDENCE_LIMIT);
            bytes.truncate(whole_characters(&bytes));
        }
        Self {
            bytes: bytes.into(),
            length,
        }
    }

    /// The bytes that were kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The length in bytes before anything was cut off.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes were cut off; 0 when the evidence is whole.
    #[must_use]
    pub fn cut_off(&self) -> u64 {
        self.length
            .saturating_sub(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    /// The bytes as text, when they are UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// The length without a character that the cut went through; text stays text.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(broken) if broken.error_len().is_none() => broken.valid_up_to(),
        Ok(_) | Err(_) => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_evidence_is_whole() {
        let evidence = Evidence::new("GET");
        assert_eq!(
            (evidence.text(), evidence.length(), evidence.cut_off()),
            (Some("GET"), 3, 0)
        );
    }

    #[test]
    fn long_evidence_is_cut_and_says_by_how_much() {
        let evidence = Evidence::new(vec![b'a'; EVIDENCE_LIMIT + 5]);
        assert_eq!(
            (evidence.bytes().len(), evidence.cut_off()),
            (EVIDENCE_LIMIT, 5)
        );
    }

    #[test]
    fn a_cut_does_not_go_through_a_character() {
        let mut text = "a".repeat(EVIDENCE_LIMIT - 1);
        text.push('€');
        let evidence = Evidence::new(text);
        assert_eq!(evidence.bytes().len(), EVIDENCE_LIMIT - 1);
        assert!(evidence.text().is_some());
    }

    #[test]
    fn a_cut_through_binary_bytes_keeps_them() {
        let evidence = Evidence::new(vec![0xff; EVIDENCE_LIMIT + 1]);
        assert_eq!(
            (evidence.bytes().len(), evidence.text()),
            (EVIDENCE_LIMIT, None)
        );
    }

    #[test]
    fn a_reader_that_stopped_early_names_the_whole_length() {
        let evidence = Evidence::beginning_of("abc", 1_073_741_824);
        assert_eq!(
            (evidence.bytes(), evidence.cut_off()),
            (b"abc".as_slice(), 1_073_741_821)
        );
    }
}
