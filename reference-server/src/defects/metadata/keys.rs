//! The key set (RFC 7517, RFC 7518 §6).

use serde_json::Value;

use super::row;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "jwks-with-private-key",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            each_key(facts, response, |key| {
                if let Some(key) = key.as_object_mut() {
                    let secret = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
                    key.insert("d".to_owned(), secret.into());
                }
            })
        })],
    ),
    row(
        "jwks-empty",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            if facts.endpoint == Endpoint::Jwks {
                return response.with_body("{\"keys\":[]}");
            }
            response
        })],
    ),
    row(
        "jwks-padded",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            each_key(facts, response, |key| {
                for name in ["x", "y"] {
                    if let Some(Value::String(text)) = key.get_mut(name) {
                        text.push('=');
                    }
                }
            })
        })],
    ),
    row(
        "jwks-coordinates-swapped",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            each_key(facts, response, |key| {
                if let Some(key) = key.as_object_mut()
                    && let Some(x) = key.get("x").cloned()
                    && let Some(y) = key.insert("y".to_owned(), x)
                {
                    key.insert("x".to_owned(), y);
                }
            })
        })],
    ),
    row(
        "jwks-of-the-key-before",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            each_key(facts, response, |key| {
                if let Some(key) = key.as_object_mut() {
                    key.insert("kid".to_owned(), "before".into());
                }
            })
        })],
    ),
];

fn each_key(facts: &Facts, response: Response, change: impl Fn(&mut Value)) -> Response {
    if facts.endpoint != Endpoint::Jwks {
        return response;
    }
    response.edit(|members| {
        if let Some(Value::Array(keys)) = members.get_mut("keys") {
            keys.iter_mut().for_each(change);
        }
    })
}
