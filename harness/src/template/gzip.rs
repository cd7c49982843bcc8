//! The gzip format (RFC 1952) with stored blocks (RFC 1951 §3.2.4): nothing is made smaller.

/// The most octets of a stored block.
const BLOCK: usize = 65_535;

/// Octets in the gzip format.
pub(super) fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let count = bytes.chunks(BLOCK).count().max(1);
    for index in 0..count {
        let start = index.saturating_mul(BLOCK);
        let rest = bytes.get(start..).unwrap_or_default();
        let block = rest.get(..BLOCK).unwrap_or(rest);
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(index + 1 == count));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(bytes).to_le_bytes());
    let size = u32::try_from(bytes.len() & 0xFFFF_FFFF).unwrap_or(u32::MAX);
    out.extend_from_slice(&size.to_le_bytes());
    out
}

/// RFC 1952 §8.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc = (crc >> 1) ^ (0xEDB8_8320 & low.wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_that_of_the_common_example() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn stored_block_has_its_length_and_the_complement() {
        let out = stored(b"ab");
        assert_eq!(&out[10..17], &[1, 2, 0, 0xFD, 0xFF, b'a', b'b']);
        assert_eq!(&out[21..], &[2, 0, 0, 0]);
    }
}
