//! What defects trip outside of their own documents, as `tokenspec mutants --full` sees it: the requests of those rules
//! meet the same mistake. One file a document, of the defects that are there for its rules.

mod form_urlencoded;
mod pingfederate;
mod rfc6749;
mod rfc7636;

/// A defect, and rules of other documents.
type Row = (&'static str, &'static [&'static str]);

/// The rules of other documents that a defect trips.
pub(super) fn rules(defect: &str) -> impl Iterator<Item = &'static str> {
    rows()
        .filter(move |(id, _)| *id == defect)
        .flat_map(|(_, rules)| rules.iter().copied())
}

fn rows() -> impl Iterator<Item = &'static Row> {
    [
        form_urlencoded::ROWS,
        pingfederate::ROWS,
        rfc6749::ROWS,
        rfc7636::ROWS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::defects;

    #[test]
    fn every_row_is_of_a_defect_and_names_rules_that_the_defect_does_not() {
        let mut seen = BTreeSet::new();
        for (id, rules) in rows() {
            let defect = defects::find(id).unwrap();
            assert!(seen.insert(id) && !rules.is_empty(), "{id}");
            for rule in *rules {
                let also = defect.also.iter().any(|(named, _)| named == rule);
                assert!(!also && !defect.kills.contains(rule), "{id}: {rule}");
            }
        }
    }
}
