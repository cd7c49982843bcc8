//! Bytes as JSON: plain text where possible.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;

/// Bytes: a string when they are UTF-8 and whole, else an object.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(untagged)]
pub(super) enum Bytes {
    /// All of it, as text.
    Text(String),
    /// What is no text, or not whole.
    Parts(Parts),
}

/// Bytes that are no UTF-8 text, or the beginning of something longer than 64 KiB. Exactly one of
/// `text` and `base64` is there.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[schemars(extend("oneOf" = [{"required": ["text"]}, {"required": ["base64"]}]))]
pub(super) struct Parts {
    /// The bytes, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The bytes, in Base64 (RFC 4648 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// Whether this is only the beginning.
    truncated: bool,
    /// The length of the whole, in bytes.
    length: u64,
}

impl From<&Evidence> for Bytes {
    fn from(evidence: &Evidence) -> Self {
        let truncated = evidence.cut_off() > 0;
        let length = evidence.length();
        let (text, base64) = match evidence.text() {
            Some(text) if !truncated => return Self::Text(text.to_owned()),
            Some(text) => (Some(text.to_owned()), None),
            None => (None, Some(STANDARD.encode(evidence.bytes()))),
        };
        Self::Parts(Parts {
            text,
            base64,
            truncated,
            length,
        })
    }
}

impl TryFrom<Bytes> for Evidence {
    type Error = &'static str;

    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        let parts = match bytes {
            Bytes::Text(text) => return Ok(Self::new(text)),
            Bytes::Parts(parts) => parts,
        };
        let bytes = match (parts.text, parts.base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(base64)) => STANDARD.decode(base64).map_err(|_| "base64 is malformed")?,
            (None, None) => return Err("bytes have neither text nor base64"),
            (Some(_), Some(_)) => return Err("bytes have both text and base64"),
        };
        Ok(Self::beginning_of(bytes, parts.length))
    }
}
