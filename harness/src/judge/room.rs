//! How much room issued values leave for unguessable content (RFC 6749 §10.10).
//!
//! The estimate only proves weakness: positions at which all values agree hold nothing unguessable (a counter or a
//! timestamp behind a constant part leaves few others); every other position holds at most the bits of its alphabet.

use std::collections::BTreeSet;

/// The most bits of unguessable content that these values can hold. A JWT's signature counts as unguessable.
/// Values of different lengths are compared from their ends as well, and the larger estimate counts.
#[must_use]
pub fn room_bits(values: &[String]) -> u32 {
    if values.len() < 2 || values.iter().any(String::is_empty) {
        return 0;
    }
    if values.iter().all(|value| is_signed_jwt(value)) {
        return 512;
    }
    let forward: Vec<Vec<char>> = values.iter().map(|value| value.chars().collect()).collect();
    let backward: Vec<Vec<char>> = forward
        .iter()
        .map(|value| value.iter().rev().copied().collect())
        .collect();
    column_bits(&forward).max(column_bits(&backward))
}

fn is_signed_jwt(value: &str) -> bool {
    let parts: Vec<&str> = value.split('.').collect();
    matches!(parts.as_slice(), [header, _, signature] if header.starts_with("ey") && signature.len() >= 43)
}

fn column_bits(values: &[Vec<char>]) -> u32 {
    let shortest = values.iter().map(Vec::len).min().unwrap_or(0);
    let alphabet = alphabet_bits(values);
    let bits: f64 = (0..shortest)
        .map(|at| {
            let column: BTreeSet<char> = values
                .iter()
                .filter_map(|value| value.get(at).copied())
                .collect();
            if column.len() < 2 { 0.0 } else { alphabet }
        })
        .sum();
    // A sum of at most a few thousand bits fits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and positive"
    )]
    let bits = bits.floor() as u32;
    bits
}

/// Bits of one character, by the smallest usual alphabet that holds all of them.
fn alphabet_bits(values: &[Vec<char>]) -> f64 {
    let all: BTreeSet<char> = values
        .iter()
        .flatten()
        .copied()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    let within = |class: fn(char) -> bool| all.iter().all(|c| class(*c));
    let size = if within(|c| c.is_ascii_digit()) {
        10.0
    } else if within(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        || within(|c| c.is_ascii_digit() || ('A'..='F').contains(&c))
    {
        16.0
    } else if within(|c| c.is_ascii_digit() || c.is_ascii_lowercase())
        || within(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    {
        36.0
    } else {
        64.0
    };
    f64::log2(size)
}
