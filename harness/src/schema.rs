//! JSON Schemas of the files that people write, made from the types that read them.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

/// The schema of a type (JSON Schema draft 2020-12).
pub(crate) fn of<T: JsonSchema>() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.into_root_schema_for::<T>().to_value()
}

#[cfg(test)]
mod tests {
    use jsonschema::Validator;

    use crate::{baseline::Baseline, target, yaml};

    use super::*;

    fn validator(schema: &Value) -> Validator {
        jsonschema::draft202012::meta::validate(schema).unwrap();
        jsonschema::validator_for(schema).unwrap()
    }

    fn json(text: &str) -> Value {
        yaml::from_str(text, "file.yaml").unwrap()
    }

    const FULL: &str = include_str!("target/parse/testdata/full.yaml");

    #[test]
    fn schema_of_target_files_accepts_the_full_example() {
        let validator = validator(&target::schema());
        let errors: Vec<String> = validator
            .iter_errors(&json(FULL))
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn schema_of_target_files_refuses_what_the_loader_refuses() {
        let validator = validator(&target::schema());
        for lines in [
            "unknown: x",
            "clients: {a: {id: a, auth: none, unknown: x}}",
            "clients: {a: {id: a}}",
            "clients: {a: {id: a, auth: other}}",
            "clients: {a: {id: a, auth: none, secret: {env: A, file: B}}}",
            "clients: {a: {id: a, auth: none, scopes: {other: [a]}}}",
            "clients: {a: {id: a, auth: none, scopes: ['a b']}}",
            "limits: {rate: 50}",
            "limits: {rate: 50/m}",
            "device_approval: {uri: x}",
            "also_at: [/token]",
        ] {
            let file = json(&format!("token_endpoint: https://as.example/t\n{lines}"));
            assert!(!validator.is_valid(&file), "{lines}");
        }
        assert!(!validator.is_valid(&json("name: x")));
    }

    #[test]
    fn schema_of_baseline_files_is_as_strict_as_the_loader() {
        let validator = validator(&Baseline::schema());
        for (text, valid) in [
            ("known: []", true),
            (
                "known: [{rule: a, reason: b, verdict: error, until: '2027-01-31'}]",
                true,
            ),
            ("known: [{rule: a}]", false),
            ("known: [{rule: a, reason: b, verdict: pass}]", false),
            ("known: [{rule: a, reason: b, other: c}]", false),
            ("other: []", false),
        ] {
            assert_eq!(validator.is_valid(&json(text)), valid, "{text}");
        }
    }

    /// Every object of a schema with named members admits no others, and every member is told.
    fn assert_closed(schema: &Value, path: &str) {
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            assert_eq!(schema["additionalProperties"], Value::Bool(false), "{path}");
            for (name, member) in members {
                let alone = members.len() == 1 && schema.get("description").is_some();
                let described =
                    alone || member.get("description").is_some() || member.get("$ref").is_some();
                assert!(described, "{path}/{name} has no description");
            }
        }
        match schema {
            Value::Object(members) => {
                for (name, member) in members {
                    assert_closed(member, &format!("{path}/{name}"));
                }
            }
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    assert_closed(value, &format!("{path}/{index}"));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn schemas_are_closed_and_described() {
        assert_closed(&target::schema(), "target");
        assert_closed(&Baseline::schema(), "baseline");
    }
}
