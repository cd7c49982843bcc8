//! Two changes of one request made one, where they go together.

use serde_json::{Map, Value};

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
