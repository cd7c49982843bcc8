//! What defects trip outside of their own documents, as `tokenspec mutants --full` sees it: the requests of those rules
//! meet the same mistake. One file a document, of the defects that are there for its rules.

mod ciba;
mod form_urlencoded;
mod http;
mod metadata;
mod oauth2_1;
mod pingfederate;
mod pingone;
mod rfc6749;
#[cfg(feature = "saml")]
mod rfc7522;
mod rfc7523;
mod rfc7636;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9700;

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
        ciba::ROWS,
        form_urlencoded::ROWS,
        http::ROWS,
        metadata::ROWS,
        oauth2_1::ROWS,
        pingfederate::ROWS,
        pingone::ROWS,
        rfc6749::ROWS,
        #[cfg(feature = "saml")]
        rfc7522::ROWS,
        rfc7523::ROWS,
        rfc7636::ROWS,
        rfc8628::ROWS,
        rfc8693::ROWS,
        rfc8705::ROWS,
        rfc8707::ROWS,
        rfc9700::ROWS,
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
