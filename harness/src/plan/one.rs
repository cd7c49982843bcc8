//! One client that speaks for all.

use std::collections::BTreeMap;

use super::Variant;

/// A word beside those which a client must have: of the clients that do, the one with the most variants.
pub const ONE: &str = "one";

/// Leaves the variants of one client: of the one with the most, so that a client which may use little does not speak for
/// all; of several with as many the first.
pub(super) fn of_one_client(variants: &mut Vec<Variant>) {
    let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for variant in variants.iter() {
        *counts.entry(variant.client).or_default() += 1;
    }
    // Of equal ones `max_by_key` takes the last: the first client, in reverse order.
    let chosen = counts.iter().rev().max_by_key(|(_, count)| **count);
    let chosen = chosen.map(|(client, _)| *client);
    variants.retain(|variant| Some(variant.client) == chosen);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_client_with_the_most_variants_speaks_for_all() {
        for (clients, expected) in [
            (&[0, 1, 1, 2, 2, 3][..], &[1, 1][..]),
            (&[4], &[4]),
            (&[], &[]),
        ] {
            let of = |client: &usize| Variant {
                client: Some(*client),
                ..Variant::default()
            };
            let mut variants: Vec<Variant> = clients.iter().map(of).collect();
            of_one_client(&mut variants);
            let left: Vec<usize> = variants.iter().filter_map(|it| it.client).collect();
            assert_eq!(left, expected, "{clients:?}");
        }
    }
}
