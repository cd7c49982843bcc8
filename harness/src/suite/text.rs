//! Texts that remember where they stand, and the list-or-one shape of the suite format.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::yaml;

/// A text of a suite file with its place (line and column, both from 1; 0 where unknown).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    /// The text itself.
    pub value: String,
    /// Line of the file, from 1.
    pub line: u32,
    /// Column of the line, from 1.
    pub column: u32,
}

impl Text {
    /// A text that stands in no file.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            line: 0,
            column: 0,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.value)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        Ok(placed(spanned.value, spanned.referenced))
    }
}

impl JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": ["string", "number", "boolean"]})
    }
}

/// One item, or a list of items: `expect: {..}` and `expect: [{..}, {..}]` are both allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Several<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// What can stand alone as a scalar where a list is allowed.
pub trait FromScalar: Sized {
    /// The item for a scalar at a place; `None`: the item is no scalar.
    fn from_scalar(text: Text) -> Option<Self>;
}

impl FromScalar for Text {
    fn from_scalar(text: Text) -> Option<Self> {
        Some(text)
    }
}

impl<'de, T: Deserialize<'de> + FromScalar> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape<T>>::deserialize(deserializer)?;
        match spanned.value {
            Shape::Items(items) => Ok(Self(items)),
            Shape::Scalar(value) => {
                let text = placed(value, spanned.referenced);
                T::from_scalar(text)
                    .map(|item| Self(vec![item]))
                    .ok_or_else(|| {
                        yaml::complaint("this is a text", "write a map, or a list of maps")
                    })
            }
        }
    }
}

fn placed(value: String, place: serde_saphyr::Location) -> Text {
    let number = |number: u64| u32::try_from(number).unwrap_or(0);
    Text {
        value,
        line: number(place.line()),
        column: number(place.column()),
    }
}

/// A list, one map, or a scalar.
enum Shape<T> {
    Items(Vec<T>),
    Scalar(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shape<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = Shape<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("one item or a list of items")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Shape::Scalar(value.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Shape::Items)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|item| Shape::Items(vec![item]))
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Several{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({"anyOf": [one.clone(), {"type": "array", "items": one}]})
    }
}
