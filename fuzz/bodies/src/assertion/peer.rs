//! The same decision by jsonwebtoken, whose clock is that of the machine: dates far in the past are compared, others not.

use std::sync::OnceLock;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use super::{AUDIENCES, Fault, SECRET};
use crate::Difference;

/// Whether jsonwebtoken takes a token of the client `hmac`, dates that are near aside.
#[must_use]
pub fn peer(token: &str) -> bool {
    static KEY: OnceLock<DecodingKey> = OnceLock::new();
    let key = KEY.get_or_init(|| DecodingKey::from_secret(SECRET.as_bytes()));
    static RULES: OnceLock<Validation> = OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&AUDIENCES);
        rules.set_issuer(&["hmac"]);
        rules.sub = Some("hmac".to_owned());
        rules.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        rules.validate_exp = false;
        rules
    });
    let Ok(read) = decode::<Value>(token, key, rules) else {
        return false;
    };
    let expires = read.claims.get("exp").and_then(Value::as_f64);
    expires.is_some_and(|date| date > LONG_PAST)
}

/// Seconds since 1970: whoever runs this runs it later.
const LONG_PAST: f64 = 1_700_000_000.0;

/// Both decide alike, or the difference is one of those that are pinned below.
///
/// # Panics
/// When they decide differently for another reason.
pub(super) fn check(token: &str, ours: Result<(), Fault>) {
    match (ours, peer(token)) {
        (Ok(()), true) => {}
        (Err(fault), true) => assert!(
            is_beyond(fault),
            "jsonwebtoken accepts it: {fault:?}: {token}"
        ),
        (Ok(()), false) => assert!(
            is_of_other_client(token) || has_typed_member(token),
            "jsonwebtoken refuses it: {token}"
        ),
        (Err(_), false) => {}
    }
}

/// Whether a rule is one that jsonwebtoken does not have, or that its clock decides.
const fn is_beyond(fault: Fault) -> bool {
    match fault {
        Fault::Repeated
        | Fault::Extension
        | Fault::Dates
        | Fault::Expired
        | Fault::Lifetime
        | Fault::NotBefore
        | Fault::IssuedAt
        | Fault::Identifier => true,
        Fault::Form | Fault::Client | Fault::Key | Fault::Signature | Fault::Audience => false,
    }
}

fn is_of_other_client(token: &str) -> bool {
    claims(token, 1).is_some_and(|claims| claims.get("sub").and_then(Value::as_str) == Some("ec"))
}

/// Whether the header has a member that jsonwebtoken has a type for, and this is another.
fn has_typed_member(token: &str) -> bool {
    let Some(header) = claims(token, 0) else {
        return false;
    };
    let is_wrong = |name: &str| header.get(name).is_some_and(|value| !value.is_string());
    [
        "typ", "cty", "jku", "kid", "x5u", "x5t", "x5t#S256", "enc", "zip", "url", "nonce",
    ]
    .into_iter()
    .any(is_wrong)
        || ["jwk", "x5c"]
            .iter()
            .any(|name| header.get(*name).is_some())
}

fn claims(token: &str, part: usize) -> Option<Value> {
    use crate::naive::base64::{Alphabet, decode};
    let text = token.split('.').nth(part)?;
    serde_json::from_slice(&decode(text.as_bytes(), Alphabet::Url)?).ok()
}

/// Where the two decide differently: inputs of this target, `accepted` or the fault.
pub const DIFFERENCES: &[Difference<'_>] = &[
    Difference {
        input: r#"{"alg":"HS256","crit":["x"],"x":1}"#,
        ours: "Extension",
        theirs: "accepted",
        why: "a header that names an extension in crit must be refused by who does not know it (RFC 7515 §4.1.11); jsonwebtoken does not read crit",
    },
    Difference {
        input: r#"{"alg":"HS256","b64":false}"#,
        ours: "Extension",
        theirs: "accepted",
        why: "b64 changes what is signed (RFC 7797 §3); jsonwebtoken does not read it",
    },
    Difference {
        input: r#"{"alg":"HS256","x":1,"x":2}"#,
        ours: "Repeated",
        theirs: "accepted",
        why: REPEATED,
    },
    Difference {
        input: r#"{"alg":"HS256","typ":1}"#,
        ours: "accepted",
        theirs: "refused",
        why: "jsonwebtoken has types for the members of a header; a member that nothing depends on changes nothing here",
    },
];

/// So with claims instead of the header.
pub const CLAIM_DIFFERENCES: &[Difference<'_>] = &[
    Difference {
        input: r#""jti":"1","x":1,"x":2"#,
        ours: "Repeated",
        theirs: "accepted",
        why: REPEATED,
    },
    Difference {
        input: r#""x":1"#,
        ours: "Identifier",
        theirs: "accepted",
        why: "without a jti an assertion could be used again (RFC 7523 §3 item 7); jsonwebtoken keeps no record of them",
    },
    Difference {
        input: r#""jti":"1","iat":1900000000"#,
        ours: "IssuedAt",
        theirs: "accepted",
        why: "an iat that lies ahead is refused (RFC 7523 §3 item 6 allows it); jsonwebtoken does not read it",
    },
    Difference {
        input: r#""jti":"1","iat":"now""#,
        ours: "Dates",
        theirs: "accepted",
        why: "a NumericDate is a number (RFC 7519 §2); jsonwebtoken does not read iat",
    },
];

const REPEATED: &str = "of two equal members readers take different ones, so the reference server refuses them (RFC 7519 §4 allows it); jsonwebtoken takes the last, unless it is one that it checks";
