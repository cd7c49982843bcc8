//! Finding any stretch of any secret in octets, in one pass.
//!
//! Every run of [`WINDOW`] octets of every secret is indexed by a rolling hash, behind a small bitmap that lets nearly every
//! other place pass after one look. Letter case is folded by the caller, on both sides.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Octets of a secret in a row that give it away.
pub(super) const WINDOW: usize = 10;

/// Multiplier of the polynomial hash.
const BASE: u64 = 0x0100_0000_01b3;

/// Bits of the bitmap: a power of two, some ten times the windows of a variant that has seen many tokens.
const BITS: usize = 1 << 17;

/// Rolling hashes by themselves: they are spread already.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        for octet in octets {
            self.write_u64(u64::from(*octet));
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = (self.0 ^ hash).wrapping_mul(BASE).rotate_left(32);
    }
}

/// Secrets, indexed by their windows.
pub(super) struct Windows {
    bitmap: Vec<u64>,
    /// Where a hash was first seen: secret, offset.
    places: HashMap<u64, (usize, usize), BuildHasherDefault<Spread>>,
    /// Where it was seen again with other octets behind it.
    others: Vec<(u64, (usize, usize))>,
    /// The secrets in lower case, with what they are called.
    secrets: Vec<(Vec<u8>, String)>,
    /// Those shorter than a window.
    short: Vec<usize>,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            bitmap: vec![0; BITS / 64],
            places: HashMap::default(),
            others: Vec::new(),
            secrets: Vec::new(),
            short: Vec::new(),
        }
    }
}

impl Windows {
    /// Adds a secret. One that is there already is not added again.
    pub(super) fn add(&mut self, value: &[u8], label: String) {
        let lower = value.to_ascii_lowercase();
        if self.secrets.iter().any(|(known, _)| *known == lower) {
            return;
        }
        let index = self.secrets.len();
        if lower.len() < WINDOW {
            self.short.push(index);
        }
        let mut indexed = Vec::with_capacity(lower.len());
        for (offset, hash) in hashes(&lower) {
            if let Some(word) = self.bitmap.get_mut(slot(hash) / 64) {
                *word |= 1 << (slot(hash) % 64);
            }
            indexed.push((hash, offset));
        }
        self.secrets.push((lower, label));
        for (hash, offset) in indexed {
            self.index(hash, (index, offset));
        }
    }

    fn index(&mut self, hash: u64, place: (usize, usize)) {
        let known = self.places.get(&hash).copied();
        match known {
            None => {
                self.places.insert(hash, place);
            }
            // The same octets again: either secret will do.
            Some(known) if self.window(known) == self.window(place) => {}
            Some(_) => self.others.push((hash, place)),
        }
    }

    /// The octets of a window.
    fn window(&self, (index, offset): (usize, usize)) -> Option<&[u8]> {
        let (secret, _) = self.secrets.get(index)?;
        secret.get(offset..offset + WINDOW)
    }

    /// What the secret of this window is called.
    fn called(&self, hash: u64, octets: &[u8]) -> Option<&str> {
        let others = self.others.iter().filter(|(other, _)| *other == hash);
        let first = self.places.get(&hash)?;
        std::iter::once(first)
            .chain(others.map(|(_, place)| place))
            .find(|place| self.window(**place) == Some(octets))
            .and_then(|(index, _)| self.secrets.get(*index))
            .map(|(_, label)| label.as_str())
    }

    fn may_hold(&self, hash: u64) -> bool {
        let word = self.bitmap.get(slot(hash) / 64).copied().unwrap_or(0);
        word >> (slot(hash) % 64) & 1 == 1
    }

    /// The short secrets, each with what it is called.
    fn short(&self) -> impl Iterator<Item = &(Vec<u8>, String)> {
        self.short
            .iter()
            .filter_map(|index| self.secrets.get(*index))
    }
}

/// Every stretch in which a secret of these sets stands: start, end, and what it is called.
pub(super) fn find<'a>(sets: [&'a Windows; 2], octets: &[u8]) -> Vec<(usize, usize, &'a str)> {
    let mut found = [Vec::new(), Vec::new()];
    for (at, hash) in hashes(octets) {
        for (set, found) in sets.iter().zip(&mut found) {
            if set.may_hold(hash)
                && let Some(here) = octets.get(at..at + WINDOW)
                && let Some(label) = set.called(hash, here)
            {
                extend(found, at, at + WINDOW, label);
            }
        }
    }
    let mut found = found.concat();
    for (secret, label) in sets.iter().flat_map(|set| set.short()) {
        for (at, window) in octets.windows(secret.len()).enumerate() {
            if window == secret.as_slice() {
                extend(&mut found, at, at + secret.len(), label);
            }
        }
    }
    found
}

/// Adds a stretch; one that continues the last makes it longer.
fn extend<'a>(found: &mut Vec<(usize, usize, &'a str)>, start: usize, end: usize, label: &'a str) {
    match found.last_mut() {
        Some(last) if last.2 == label && last.0 <= start && start <= last.1 => {
            last.1 = last.1.max(end);
        }
        Some(_) | None => found.push((start, end, label)),
    }
}

fn slot(hash: u64) -> usize {
    usize::try_from(hash >> 40).unwrap_or(0) % BITS
}

/// The hash of every window, with its place.
fn hashes(octets: &[u8]) -> impl Iterator<Item = (usize, u64)> + '_ {
    let mut leaving = 1_u64;
    for _ in 1..WINDOW {
        leaving = leaving.wrapping_mul(BASE);
    }
    let mut hash = 0_u64;
    octets.iter().enumerate().filter_map(move |(at, octet)| {
        if let Some(gone) = at.checked_sub(WINDOW).and_then(|gone| octets.get(gone)) {
            hash = hash.wrapping_sub((u64::from(*gone) + 1).wrapping_mul(leaving));
        }
        hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(*octet) + 1);
        (at + 1 >= WINDOW).then(|| (at + 1 - WINDOW, hash))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secrets: &[&str], text: &str) -> Vec<(usize, usize, String)> {
        let mut windows = Windows::default();
        for secret in secrets {
            windows.add(secret.as_bytes(), (*secret).to_owned());
        }
        find([&windows, &Windows::default()], text.as_bytes())
            .into_iter()
            .map(|(start, end, label)| (start, end, label.to_owned()))
            .collect()
    }

    #[test]
    fn stretches_of_secrets_are_found() {
        let secret = "abcdefghijklmnop";
        assert_eq!(
            found(&[secret], "x abcdefghijklmnop y"),
            [(2, 18, secret.to_owned())]
        );
        assert_eq!(
            found(&[secret], "x bcdefghijklm y"),
            [(2, 14, secret.to_owned())]
        );
        assert_eq!(found(&[secret], "x abcdefghi y"), []);
        assert_eq!(found(&["tiny"], "a tiny one"), [(2, 6, "tiny".to_owned())]);
    }

    proptest::proptest! {
        #[test]
        fn every_long_stretch_is_found(secret in "[a-c]{10,40}", before in "[a-c]{0,20}", cut in 0_usize..30) {
            let part = &secret[cut.min(secret.len() - WINDOW)..];
            let text = format!("{before}{part}");
            let all = found(&[&secret], &text);
            proptest::prop_assert!(all.iter().any(|(start, end, _)| *start <= before.len() && *end == text.len()), "{:?}", all);
        }
    }
}
