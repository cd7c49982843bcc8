//! JSON: a writer that keeps the order of members, and a reader that refuses repeated ones.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON object while it is written, members in the order in which they were added.
#[derive(Clone, Default)]
pub struct Object(String);

crate::opaque::opaque_debug!(Object);

impl Object {
    /// Adds a string.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.value(name, &Value::String(value.to_owned()))
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(self, name: &str, value: u64) -> Self {
        self.value(name, &Value::from(value))
    }

    /// Adds a list of strings.
    #[must_use]
    pub fn list<'a>(self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values
            .into_iter()
            .map(|value| Value::String(value.to_owned()))
            .collect();
        self.value(name, &Value::Array(values))
    }

    /// Adds any value.
    #[must_use]
    pub fn value(mut self, name: &str, value: &Value) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&Value::String(name.to_owned()).to_string());
        self.0.push(':');
        self.0.push_str(&value.to_string());
        self
    }

    /// The text of the object.
    #[must_use]
    pub fn into_text(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }

    /// The octets of the object.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.into_text().into_bytes()
    }
}

/// Reads one JSON object in which no name is repeated, at any depth; none for anything else.
#[must_use]
pub fn read_object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(text).ok()? {
        Unique(Value::Object(members)) => Some(members),
        Unique(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        ) => None,
    }
}

/// A JSON value whose objects have no repeated member.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Unique(value))) = entries.next_entry::<String, Unique>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("repeated member"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_are_escaped() {
        let object = Object::default()
            .text("b", "\"\\\n")
            .number("a", 3)
            .list("c", ["x"]);
        assert_eq!(object.into_text(), r#"{"b":"\"\\\n","a":3,"c":["x"]}"#);
        assert_eq!(Object::default().into_text(), "{}");
    }

    #[test]
    fn repeated_members_are_refused_at_any_depth() {
        assert!(read_object(br#"{"a":1,"b":[{"a":1}]}"#).is_some());
        assert!(read_object(br#"{"a":1,"\u0061":2}"#).is_none());
        assert!(read_object(br#"{"a":[{"b":1,"b":1}]}"#).is_none());
        assert!(read_object(b"[]").is_none());
        assert!(read_object(b"{} x").is_none());
        assert!(read_object(b"\xEF\xBB\xBF{}").is_none());
    }
}
