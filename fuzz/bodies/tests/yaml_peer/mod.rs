//! How `serde_yaml` loads a text. It is deprecated: tests and fuzz targets have it, and nothing else.

use serde_json::Value;

/// Its documents, or why it has none.
pub(crate) fn load(text: &str) -> Result<Vec<Value>, String> {
    use serde::Deserialize as _;
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).map_err(|why| why.to_string()))
        .collect()
}
