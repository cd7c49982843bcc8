//! The key set (RFC 7517, RFC 7518 §6).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::{Map, Value};

use super::{retold, row};
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::wire::base64url;
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
    row(
        "jwks-at-old-place",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "jwks_uri", |uri| format!("{uri}/v1"))
        })],
    ),
    row(
        "jwks-with-client-secret",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            with_key(
                facts,
                response,
                |_| serde_json::json!({"kty": "oct", "kid": "hs256", "alg": "HS256", "k": "c2VjcmV0"}),
            )
        })],
    ),
    row(
        "jwks-next-key-without-kid",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            with_key(facts, response, |mut key| {
                key.remove("kid");
                key.into()
            })
        })],
    ),
    row(
        "jwks-without-use-beside-encryption",
        &["metadata-jwks"],
        &[],
        &[
            Seam::Response(|_, facts, response| {
                each_key(facts, response, |key| {
                    if let Some(key) = key.as_object_mut() {
                        key.remove("use");
                    }
                })
            }),
            Seam::Response(|_, facts, response| {
                with_key(facts, response, |mut key| {
                    let members = [("use", "enc"), ("alg", "ECDH-ES"), ("kid", "encryption")];
                    let members = members.map(|(name, value)| (name.to_owned(), value.into()));
                    key.extend(members);
                    key.into()
                })
            }),
        ],
    ),
    row(
        "jwks-certificate-of-another-key",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            with_certificate(facts, response, &STANDARD.encode(CERTIFICATE))
        })],
    ),
    row(
        "jwks-certificate-in-pem",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let text = STANDARD.encode(CERTIFICATE);
            let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
            with_certificate(facts, response, &pem)
        })],
    ),
    row(
        "jwks-thumbprint-in-digits",
        &["metadata-jwks"],
        &[],
        &[Seam::Response(|_, facts, response| {
            each_key(facts, response, |key| {
                if let Some(key) = key.as_object_mut() {
                    let digits = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
                    let text = base64url::encode(digits.as_bytes());
                    key.insert("x5t#S256".to_owned(), text.into());
                }
            })
        })],
    ),
];

/// One that is not of the server's key.
const CERTIFICATE: &[u8] = include_bytes!("../tls/weak-certificate.der");

fn with_certificate(facts: &Facts, response: Response, text: &str) -> Response {
    each_key(facts, response, |key| {
        if let Some(key) = key.as_object_mut() {
            key.insert("x5c".to_owned(), [text].as_slice().into());
        }
    })
}

/// One key more, made of the first.
fn with_key(
    facts: &Facts,
    response: Response,
    make: impl FnOnce(Map<String, Value>) -> Value,
) -> Response {
    if facts.endpoint != Endpoint::Jwks {
        return response;
    }
    response.edit(|members| {
        if let Some(Value::Array(keys)) = members.get_mut("keys")
            && let Some(Value::Object(first)) = keys.first().cloned()
        {
            keys.push(make(first));
        }
    })
}

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
