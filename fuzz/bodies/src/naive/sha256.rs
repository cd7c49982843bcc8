//! SHA-256 as FIPS 180-4 writes it down.

use std::sync::OnceLock;

/// The digest.
#[must_use]
pub fn digest(message: &[u8]) -> [u8; 32] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    let bits = u64::try_from(message.len()).unwrap_or(0) * 8;
    padded.extend_from_slice(&bits.to_be_bytes());
    let mut state = initial();
    for block in padded.chunks(64) {
        let next = compress(&state, block);
        state = std::array::from_fn(|at| word(&state, at).wrapping_add(word(&next, at)));
    }
    let octets: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    std::array::from_fn(|at| octets.get(at).copied().unwrap_or_default())
}

fn compress(state: &[u32; 8], block: &[u8]) -> [u32; 8] {
    let mut schedule = [0_u32; 64];
    for (word, four) in schedule.iter_mut().zip(block.chunks(4)) {
        *word = four
            .iter()
            .fold(0, |sum, octet| sum << 8 | u32::from(*octet));
    }
    for at in 16..64 {
        let (early, late) = (word(&schedule, at - 15), word(&schedule, at - 2));
        let small = early.rotate_right(7) ^ early.rotate_right(18) ^ early >> 3;
        let great = late.rotate_right(17) ^ late.rotate_right(19) ^ late >> 10;
        let sum = small
            .wrapping_add(great)
            .wrapping_add(word(&schedule, at - 16));
        let next = sum.wrapping_add(word(&schedule, at - 7));
        if let Some(word) = schedule.get_mut(at) {
            *word = next;
        }
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (scheduled, constant) in schedule.iter().zip(constants()) {
        let great = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let first = [great, choice, *constant, *scheduled]
            .iter()
            .fold(h, |sum, term| sum.wrapping_add(*term));
        let small = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = small.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
    }
    [a, b, c, d, e, f, g, h]
}

fn word(words: &[u32], at: usize) -> u32 {
    words.get(at).copied().unwrap_or_default()
}

fn primes() -> impl Iterator<Item = u32> {
    (2_u32..).filter(|number| (2..*number).all(|divisor| number % divisor != 0))
}

/// The first 32 bits of the fraction of the square roots of the first eight primes.
fn initial() -> [u32; 8] {
    static ROOTS: OnceLock<Vec<u32>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| primes().take(8).map(|prime| fraction(prime, 2)).collect());
    std::array::from_fn(|at| word(roots, at))
}

/// Those of the cube roots of the first 64 primes.
fn constants() -> &'static [u32] {
    static CONSTANTS: OnceLock<Vec<u32>> = OnceLock::new();
    CONSTANTS.get_or_init(|| primes().take(64).map(|prime| fraction(prime, 3)).collect())
}

/// The first 32 bits of the fraction of a root, by halving an interval: the greatest `r` with
/// `r^degree <= prime * 2^(32 * degree)`.
fn fraction(prime: u32, degree: u32) -> u32 {
    let scaled = u128::from(prime) << (32 * degree).min(96);
    let (mut low, mut high) = (0_u128, 1_u128 << 36);
    while high - low > 1 {
        let middle = low.midpoint(high);
        let power = (0..degree).fold(1_u128, |product, _| product.saturating_mul(middle));
        if power <= scaled {
            low = middle;
        } else {
            high = middle;
        }
    }
    u32::try_from(low & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive::base64::{Alphabet, encode};

    #[test]
    fn example_of_rfc_7636_appendix_b() {
        let digest = digest(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(encode(&digest, Alphabet::Url), challenge);
    }

    #[test]
    fn message_of_two_blocks() {
        let hex = |octets: [u8; 32]| octets.map(|octet| format!("{octet:02x}")).concat();
        let message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(
            hex(digest(message)),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
    }
}
