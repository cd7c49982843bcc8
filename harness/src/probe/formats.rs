//! The parameters of a request in formats that no token endpoint should read (RFC 6749 §4.1.3, App. B).

use super::message::{Message, Pair};

/// The boundary of multipart bodies; suites name it in their media type.
const BOUNDARY: &str = "tokenspec";

fn decoded(pair: &Pair) -> (String, String) {
    let name = crate::wire::form::decode_component(&pair.name);
    let lossy = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
    (lossy(name), lossy(pair.decoded_value()))
}

/// A JSON object of strings.
#[must_use]
pub fn json(message: &Message) -> Vec<u8> {
    let members: Vec<String> = message
        .pairs
        .iter()
        .map(decoded)
        .map(|(name, value)| {
            let text = |text: String| serde_json::Value::String(text).to_string();
            format!("{}:{}", text(name), text(value))
        })
        .collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// A multipart/form-data body (RFC 7578).
#[must_use]
pub fn multipart(message: &Message) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in message.pairs.iter().map(decoded) {
        body.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    format!("{body}--{BOUNDARY}--\r\n").into_bytes()
}

/// An XML document with an element for each parameter.
#[must_use]
pub fn xml(message: &Message) -> Vec<u8> {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let elements: Vec<String> = message
        .pairs
        .iter()
        .map(decoded)
        .map(|(name, value)| format!("<{name}>{}</{name}>", escape(&value)))
        .collect();
    format!(
        "<?xml version=\"1.0\"?><request>{}</request>",
        elements.concat()
    )
    .into_bytes()
}
