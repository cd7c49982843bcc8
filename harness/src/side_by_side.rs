//! Work on the items of a list, on all processors, with the results in the order of the items.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Items that a thread takes at once.
const SHARE: usize = 32;

/// What `work` makes of each item, in the order of the items; nothing, where it makes nothing.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Option<R> + Sync,
) -> Vec<R> {
    let shares: Vec<&[T]> = items.chunks(SHARE).collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(shares.len()));
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(shares.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(share) = shares.get(index) else {
                        return;
                    };
                    let made: Vec<R> = share.iter().filter_map(&work).collect();
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((index, made));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().flat_map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        let even = |item: &usize| item.is_multiple_of(2).then_some(item * 2);
        let expected: Vec<usize> = items.iter().filter_map(even).collect();
        assert_eq!(in_order(&items, even), expected);
        assert_eq!(in_order(&[], even), Vec::<usize>::new());
    }
}
