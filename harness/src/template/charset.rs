//! Other spellings of ASCII text.

/// IBM037 (EBCDIC) code points of U+0020 to U+007E.
const IBM037: [u8; 95] = [
    0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f,
    0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
    0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xba, 0xe0, 0xbb, 0xb0, 0x6d,
    0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1,
];

/// ASCII text in IBM037; line ends are CR and LF of that code page, other octets stay.
pub(super) fn ibm037(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|octet| match octet {
            b'\n' => 0x25,
            _ => octet
                .checked_sub(0x20)
                .and_then(|at| IBM037.get(usize::from(at)).copied())
                .unwrap_or(*octet),
        })
        .collect()
}

/// Printable ASCII as full-width forms (U+FF01 to U+FF5E), in UTF-8.
pub(super) fn full_width(text: &[u8]) -> Vec<u8> {
    let wide = |octet: u8| match octet {
        0x21..=0x7e => char::from_u32(0xff01 + u32::from(octet) - 0x21).unwrap_or('?'),
        other => char::from(other),
    };
    text.iter()
        .map(|octet| wide(*octet))
        .collect::<String>()
        .into_bytes()
}

/// Base64 text whose last character before the padding has its lowest bit set (RFC 4648 §3.5); unchanged without
/// padding.
pub(super) fn padding_bits(text: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = text.to_vec();
    let Some(padding) = text.iter().position(|octet| *octet == b'=') else {
        return out;
    };
    let last = padding.checked_sub(1).and_then(|at| out.get_mut(at));
    if let Some(last) = last
        && let Some(value) = ALPHABET.iter().position(|octet| octet == last)
        && let Some(changed) = ALPHABET.get(value | 1)
    {
        *last = *changed;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        assert_eq!(ibm037(b"a=1\r\n"), [0x81, 0x7e, 0xf1, 0x0d, 0x25]);
        assert_eq!(full_width(b"c"), "\u{ff43}".as_bytes());
        assert_eq!(padding_bits(b"YQ=="), b"YR==");
        assert_eq!(padding_bits(b"YWJj"), b"YWJj");
    }
}
