//! Two changes of one request made one, where they go together.

use serde_json::{Map, Value};

use crate::suite::change::Change;

/// Adds a change to another; false where both want the same place.
pub(super) fn merge(change: &mut Map<String, Value>, more: &Map<String, Value>) -> bool {
    const WHOLE: [&str; 6] = ["wire", "framing", "body", "method", "url", "path"];
    const CREDENTIALS: [&str; 4] = ["authenticate", "assertion", "basic", "authorization"];
    let has = |change: &Map<String, Value>, keys: &[&str]| {
        keys.iter().any(|key| change.contains_key(*key))
    };
    // Whole lines may be credentials, too: a field written by hand must not stand beside one that is made.
    let by_hand = |change: &Map<String, Value>| {
        let fields = change.get("headers");
        fields.is_some_and(|fields| fields.get("raw").is_some() || fields.get("remove").is_some())
    };
    if by_hand(change) || by_hand(more) {
        return false;
    }
    if has(change, &WHOLE) || (has(change, &CREDENTIALS) && has(more, &CREDENTIALS)) {
        return false;
    }
    more.iter().all(|(key, value)| join(change, key, value))
}

/// The same with a change that is read, and one that changes nothing that matters: parameters more, another order, fields more,
/// another spelling of the media type or of credentials; false for any other.
pub(super) fn beside(change: &mut Change, more: &Change) -> bool {
    if !goes_with(change, more) {
        return false;
    }
    change.prepend.extend(more.prepend.iter().cloned());
    change.append.extend(more.append.iter().cloned());
    let reordered = add(&mut change.reorder, more.reorder.as_ref());
    let typed = add(&mut change.content_type, more.content_type.as_ref());
    let authorized = add(&mut change.authorization, more.authorization.as_ref());
    if let Some(fields) = &more.headers {
        let own = change.headers.get_or_insert_default();
        own.add.extend(fields.add.iter().cloned());
    }
    reordered && typed && authorized
}

fn goes_with(change: &Change, more: &Change) -> bool {
    let whole = change.wire.is_some()
        || change.framing.is_some()
        || change.body.is_some()
        || change.method.is_some()
        || change.url.is_some()
        || change.path.is_some();
    let credentials = |change: &Change| {
        change.authenticate.is_some()
            || change.assertion.is_some()
            || change.basic.is_some()
            || change.authorization.is_some()
    };
    let fields = change.headers.as_ref();
    let by_hand = fields.is_some_and(|it| !it.raw.is_empty() || !it.remove.is_empty());
    let both = credentials(change) && credentials(more);
    !(whole || by_hand || both)
}

/// Sets what is not there yet; false where both have it.
fn add<T: Clone>(own: &mut Option<T>, more: Option<&T>) -> bool {
    let Some(more) = more else { return true };
    own.replace(more.clone()).is_none()
}

fn join(members: &mut Map<String, Value>, key: &str, value: &Value) -> bool {
    match (members.get_mut(key), value) {
        (None, value) => {
            members.insert(key.to_owned(), value.clone());
            true
        }
        (Some(Value::Object(own)), Value::Object(more)) => {
            more.iter().all(|(key, value)| join(own, key, value))
        }
        (Some(Value::Array(own)), Value::Array(more)) => {
            own.extend(more.iter().cloned());
            true
        }
        (Some(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(one: &Value, other: &Value) -> Option<Value> {
        let mut change = one.as_object().expect("a map").clone();
        merge(&mut change, other.as_object().expect("a map")).then_some(Value::Object(change))
    }

    #[test]
    fn changes_of_different_places_go_together() {
        let both = merged(
            &json!({"append": [{"a": "1"}], "headers": {"set": {"Accept": "x"}}}),
            &json!({"append": [{"b": "2"}], "headers": {"add": [{"X": "y"}]}, "reorder": "reverse"}),
        );
        assert_eq!(
            both,
            Some(json!({
                "append": [{"a": "1"}, {"b": "2"}],
                "headers": {"set": {"Accept": "x"}, "add": [{"X": "y"}]},
                "reorder": "reverse"
            }))
        );
    }

    #[test]
    fn changes_of_one_place_do_not() {
        let set = json!({"headers": {"set": {"Accept": "x"}}});
        assert_eq!(
            merged(&set, &json!({"headers": {"set": {"Accept": "y"}}})),
            None
        );
        assert_eq!(
            merged(&json!({"body": "x"}), &json!({"reorder": "reverse"})),
            None
        );
        let basic = json!({"basic": "x"});
        assert_eq!(
            merged(&json!({"authenticate": {"by": "none"}}), &basic),
            None
        );
    }
}
