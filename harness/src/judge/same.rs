//! Whether two observations are alike.

use super::Observation;
use crate::wire::json::Json;

/// Whether the members that two JSON objects both have are equal, arrays as sets.
pub(super) fn agree(one: &Observation, other: &Observation) -> bool {
    let (Some(one), Some(other)) = (one.answer(), other.answer()) else {
        return false;
    };
    let members = one.members().iter();
    members.into_iter().all(|(name, value)| {
        other
            .member(name)
            .is_none_or(|theirs| same_value(value, theirs))
    })
}

fn same_value(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            let within = |some: &[Json], all: &[Json]| some.iter().all(|item| all.contains(item));
            within(one, other) && within(other, one)
        }
        (
            Json::Array(_)
            | Json::Bool(_)
            | Json::Null
            | Json::Number(_)
            | Json::Object(_)
            | Json::String(_),
            _,
        ) => one == other,
    }
}

/// Two answers of one class: both accepted with the same scope, or the same status and error.
pub(super) fn same_class(one: &Observation, other: &Observation) -> bool {
    match (one.answer(), other.answer()) {
        (Some(a), Some(b)) if a.accepted() && b.accepted() => same_scope(one, other),
        (Some(a), Some(b)) => {
            !a.accepted()
                && !b.accepted()
                && a.status == b.status
                && a.text_member("error") == b.text_member("error")
        }
        (None, _) | (_, None) => false,
    }
}

/// The scopes that both tokens really have, where that was seen of both; else what the answers tell.
fn same_scope(one: &Observation, other: &Observation) -> bool {
    let (a, b) = match (&one.token.scope, &other.token.scope) {
        (Some(a), Some(b)) => (a.clone(), b.clone()),
        (Some(_) | None, _) => (
            one.told_scope().unwrap_or_default(),
            other.told_scope().unwrap_or_default(),
        ),
    };
    super::scope_set(&a) == super::scope_set(&b)
}
