//! The table of checks.

use super::*;

#[test]
fn every_check_is_in_one_group_and_in_order() {
    let run: Vec<CheckId> = groups()
        .flat_map(|group| group.checks.iter().map(|(id, _)| *id))
        .collect();
    assert_eq!(run, CheckId::ALL);
}
