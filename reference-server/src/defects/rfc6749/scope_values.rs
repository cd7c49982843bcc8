//! Values of scope that are taken for others (RFC 6749 §3.3).

use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::resolve;
use crate::vocabulary::{GrantType, Scope};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "scope-split-at-comma",
        kills: &["rfc6749-scope-malformed"],
        also: &[],
        seams: &[Seam::Facts(scope_split_at_comma)],
    },
    Defect {
        id: "scope-found-by-its-beginning",
        kills: &["rfc6749-scope-case"],
        also: &[],
        seams: &[Seam::Facts(scope_by_beginning)],
    },
    Defect {
        id: "scope-case-folded",
        kills: &["rfc6749-scope-case"],
        also: &[],
        seams: &[Seam::Facts(scope_case_folded)],
    },
    Defect {
        id: "scope-beside-a-code-granted",
        kills: &["rfc6749-unrecognized-param-ignored"],
        also: &[],
        seams: &[Seam::Facts(scope_beside_code)],
    },
];

/// What the client may ask for in general is granted for a code too.
fn scope_beside_code(_: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::AuthorizationCode) && facts.requested_scope.is_some() {
        facts.offer_scope_of_client();
    }
}

fn scope_split_at_comma(context: &Context<'_>, facts: &mut Facts) {
    if let Some(requested) = &facts.requested_scope {
        let values = requested.values().flat_map(|value| value.split(','));
        let values = values.map(str::to_owned);
        facts.requested_scope = Some(Scope::of(&values.collect::<Vec<_>>()));
        resolve::scope(context, facts);
    }
}

fn scope_case_folded(context: &Context<'_>, facts: &mut Facts) {
    scope_found(context, facts, str::eq_ignore_ascii_case);
}

fn scope_by_beginning(context: &Context<'_>, facts: &mut Facts) {
    scope_found(context, facts, |own, value| {
        !value.is_empty() && own.starts_with(value)
    });
}

/// A registered scope that fits a value is meant by it.
fn scope_found(context: &Context<'_>, facts: &mut Facts, fits: fn(&str, &str) -> bool) {
    if let Some(requested) = &facts.requested_scope {
        let registered = |value: &str| {
            let mut all = facts.available_scope.values();
            all.find(|own| fits(own, value)).unwrap_or(value).to_owned()
        };
        let values = requested.values().map(registered);
        facts.requested_scope = Some(Scope::of(&values.collect::<Vec<_>>()));
        resolve::scope(context, facts);
    }
}
