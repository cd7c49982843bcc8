//! The Huffman code of HPACK (RFC 7541 §5.2, Appendix B). It is canonical: the lengths of its codes tell the codes.

use std::sync::LazyLock;

/// The longest code, in bits.
const LONGEST: usize = 30;

/// The symbol that is never sent.
const END: u16 = 256;

/// The length of each symbol's code in bits: of the octets 0 to 255, and of EOS.
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5,
    5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6,
    6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22,
    23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22,
    21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20,
    22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19,
    21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22,
    22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

/// The symbols whose codes have one length.
#[derive(Clone, Debug, Default)]
struct Row {
    /// The first code.
    first: u32,
    /// The symbols in the order of their codes.
    symbols: Vec<u16>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows = vec![Row::default(); LONGEST + 1];
    for (symbol, length) in (0..).zip(LENGTHS) {
        if let Some(row) = rows.get_mut(usize::from(length)) {
            row.symbols.push(symbol);
        }
    }
    let mut next = 0;
    for row in &mut rows {
        next <<= 1;
        row.first = next;
        next += u32::try_from(row.symbols.len()).unwrap_or_default();
    }
    rows
});

/// Decodes a string; `None`: it is none of this code.
pub(super) fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len() * 8 / 5);
    let (mut code, mut length) = (0_u32, 0_usize);
    let bits = |octet: u8| (0..8).rev().map(move |at| u32::from(octet >> at & 1));
    for bit in encoded.iter().copied().flat_map(bits) {
        code = code << 1 | bit;
        length += 1;
        let row = ROWS.get(length)?;
        let at = usize::try_from(code.wrapping_sub(row.first)).ok()?;
        if let Some(symbol) = row.symbols.get(at) {
            if *symbol == END {
                return None;
            }
            decoded.push(u8::try_from(*symbol).ok()?);
            (code, length) = (0, 0);
        }
    }
    // What is left is the beginning of EOS, all ones, and shorter than an octet.
    let padding = length < 8 && code == (1 << length) - 1;
    padding.then_some(decoded)
}
