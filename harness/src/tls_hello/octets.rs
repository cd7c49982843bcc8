//! Octets with length prefixes, written and read (RFC 8446 §3).

/// Octets behind their length, which takes so many octets. What is too long for that is cut.
pub(super) fn prefixed<const WIDTH: usize>(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let octets = length.to_be_bytes();
    let mut out = octets
        .get(4_usize.saturating_sub(WIDTH)..)
        .unwrap_or_default()
        .to_vec();
    out.extend_from_slice(content);
    out
}

/// Numbers of two octets, one behind the other.
pub(super) fn pairs(numbers: &[u16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// Reads from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    /// So many octets; none if there are fewer.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.0.get(..count)?;
        self.0 = self.0.get(count..).unwrap_or_default();
        Some(taken)
    }

    /// A number of so many octets.
    pub(super) fn number(&mut self, width: usize) -> Option<usize> {
        let octets = self.take(width)?;
        Some(
            octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet)),
        )
    }

    /// A number of two octets.
    pub(super) fn pair(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }

    /// Octets behind a length of so many octets.
    pub(super) fn prefixed(&mut self, width: usize) -> Option<&'a [u8]> {
        let length = self.number(width)?;
        self.take(length)
    }
}
