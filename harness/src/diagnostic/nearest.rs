//! The word that a person may have meant.

/// The candidate with the fewest edits from `word`, if it is near enough to be a slip.
///
/// Near enough is a third of the longer word's letters, and at least one. Of equals the first wins.
pub fn nearest<'a, I>(word: &str, candidates: I) -> Option<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    let letters = word.chars().count();
    if letters > MOST_LETTERS {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (letters.max(candidate.chars().count()) / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Longer words are not compared: no key is near that length, and the time grows with it.
const MOST_LETTERS: usize = 64;

/// Insertions, removals, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment).
pub(super) fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut last = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX);
            let mut best = cell(&above, column) + usize::from(letter != *other);
            best = best
                .min(cell(&above, column + 1) + 1)
                .min(cell(&current, column) + 1);
            let previous = column.checked_sub(1);
            if last == Some(*other) && previous.and_then(|at| to.get(at)) == Some(&letter) {
                best = best.min(cell(&before, column - 1).saturating_add(1));
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
        last = Some(letter);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_a_swap_of_neighbours_once() {
        for (from, to, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("expect", "expect", 0),
            ("expected", "expect", 2),
            ("sercet", "secret", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edits(from, to), distance, "{from} {to}");
        }
    }

    #[test]
    fn slip_is_corrected_and_another_word_is_not() {
        let keys = ["name", "baseline", "deviation", "expect"];
        assert_eq!(nearest("expected", keys), Some("expect"));
        assert_eq!(nearest("nmae", keys), Some("name"));
        assert_eq!(nearest("id", keys), None);
        assert_eq!(nearest(&"x".repeat(100_000), keys), None);
    }
}
