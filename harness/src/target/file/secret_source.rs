//! Where a secret comes from: the file itself, the environment, or another file.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use crate::{secret::Secret, yaml};

/// A secret as it is written: `text`, `{env: NAME}` or `{file: PATH}`. It never prints the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::target) enum SecretSource {
    Literal(Secret),
    Env(String),
    File(String),
}

const ADVICE: &str = "write a text, `{env: NAME}` or `{file: PATH}`";

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, `{env: NAME}` or `{file: PATH}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Err(yaml::complaint("empty secret", ADVICE));
        }
        Ok(SecretSource::Literal(text.into()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Err(unquoted())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Err(yaml::complaint("empty secret", ADVICE))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let source = match map.next_key::<Source>()? {
            Some(Source::Env) => SecretSource::Env(map.next_value()?),
            Some(Source::File) => SecretSource::File(map.next_value()?),
            None => return Err(yaml::complaint("empty mapping", ADVICE)),
        };
        match map.next_key::<Source>()? {
            None => Ok(source),
            Some(_) => Err(yaml::complaint(
                "a secret from two places",
                "keep one of the keys",
            )),
        }
    }
}

fn unquoted<E: Error>() -> E {
    yaml::complaint(
        "wrong type",
        "expected a text: put quotation marks around it",
    )
}

/// The keys of the mapping forms.
enum Source {
    Env,
    File,
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "env" => Ok(Self::Env),
            "file" => Ok(Self::File),
            // Not named: in `{hunter2}` the key is the secret.
            _ => Err(yaml::complaint(
                "unknown key of a secret",
                "allowed here: env, file",
            )),
        }
    }
}

impl JsonSchema for SecretSource {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A secret: the text itself, or where to read it.",
            "oneOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {"env": {
                        "type": "string",
                        "description": "The name of an environment variable."
                    }},
                    "required": ["env"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": {"file": {
                        "type": "string",
                        "description": "A path, relative to the target file. A newline at the \
                                        end of the file is not part of the secret."
                    }},
                    "required": ["file"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
