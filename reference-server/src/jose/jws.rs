//! The compact serialisation of a JWS (RFC 7515 §7.1), read strictly.

use serde_json::{Map, Value};

use crate::opaque::opaque_debug;
use crate::wire::{base64url, json};

/// A JWS whose payload is a JSON object. Nothing is verified.
#[derive(Clone)]
pub struct Jws {
    /// The members of the header.
    pub header: Map<String, Value>,
    /// The members of the payload.
    pub payload: Map<String, Value>,
    /// The octets that were signed.
    pub signing_input: String,
    /// The signature, base64url.
    pub signature: String,
}

opaque_debug!(Jws);

impl Jws {
    /// Reads three segments of canonical base64url, the first two of them JSON objects without
    /// repeated members; none for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (signing_input, signature) = text.rsplit_once('.')?;
        let (header, payload) = signing_input.split_once('.')?;
        base64url::decode(signature)?;
        Some(Self {
            header: json::read_object(&base64url::decode(header)?)?,
            payload: json::read_object(&base64url::decode(payload)?)?,
            signing_input: signing_input.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// A header member that is a string.
    #[must_use]
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// A claim that is a string.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.payload.get(claim)?.as_str()
    }

    /// A claim that is a `NumericDate` (RFC 7519 §2), in seconds; fractions are allowed.
    #[must_use]
    pub fn date(&self, claim: &str) -> Option<f64> {
        self.payload.get(claim)?.as_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact(header: &str, payload: &str) -> String {
        let encode = |text: &str| base64url::encode(text.as_bytes());
        format!(
            "{}.{}.{}",
            encode(header),
            encode(payload),
            encode("signature")
        )
    }

    #[test]
    fn three_segments_of_objects_are_read() {
        let jws = Jws::parse(&compact(r#"{"alg":"ES256"}"#, r#"{"iss":"a","exp":1.5}"#)).unwrap();
        assert_eq!(jws.header_text("alg"), Some("ES256"));
        assert_eq!((jws.text("iss"), jws.date("exp")), (Some("a"), Some(1.5)));
        assert_eq!(jws.text("exp"), None);
    }

    #[test]
    fn everything_else_is_refused() {
        let good = compact("{}", "{}");
        for text in [
            String::new(),
            "..".to_owned(),
            format!("{good}."),
            format!("{good}.x"),
            format!(" {good}"),
            good.replacen('.', "=.", 1),
            good.replacen('.', "\n.", 1),
            compact("null", "{}"),
            compact("{}", "[]"),
            compact(r#"{"alg":1,"alg":2}"#, "{}"),
            compact("{}", r#"{"iss":"a","iss":"b"}"#),
        ] {
            assert!(Jws::parse(&text).is_none(), "{text}");
        }
    }
}
