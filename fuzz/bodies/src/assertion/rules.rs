//! The rules of a client assertion, one after the other, over the harness's JSON, which keeps what is repeated.

use std::sync::OnceLock;

use jsonwebtoken::crypto;
use jsonwebtoken::{Algorithm, DecodingKey};
use tokenspec::wire::json::{Document, Json};

use super::{AUDIENCES, SECRET, public_pem};
use crate::naive::base64::{self, Alphabet};
use crate::naive::sha256;
use crate::server::NOW;

/// By how many seconds the clocks may differ.
const SKEW: f64 = 30.0;

/// How long an assertion may live, in seconds.
const LIFETIME: f64 = 3600.0;

/// Why an assertion authenticates nobody; the first that is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has not three segments of base64url, the first two of which are JSON objects.
    Form,
    /// An object has a member twice, at any depth.
    Repeated,
    /// It names no client as issuer and as subject.
    Client,
    /// It wants an extension to be understood (RFC 7515 §4.1.11, RFC 7797).
    Extension,
    /// The client has no key for its `alg` and `kid`.
    Key,
    /// Its signature is another.
    Signature,
    /// It is not meant for the server.
    Audience,
    /// A date is missing or no number.
    Dates,
    /// It has expired.
    Expired,
    /// It lives too long.
    Lifetime,
    /// `nbf` lies ahead.
    NotBefore,
    /// `iat` lies ahead, or too far back.
    IssuedAt,
    /// It has no `jti`.
    Identifier,
}

/// Whether an assertion authenticates a client at [`NOW`].
///
/// # Errors
/// Why it does not.
pub fn verdict(token: &str) -> Result<(), Fault> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(Fault::Form);
    };
    let octets = |part: &str| base64::decode(part.as_bytes(), Alphabet::Url).ok_or(Fault::Form);
    let signed = format!("{header}.{payload}");
    let signature = (*signature, octets(signature)?);
    let (header, payload) = (object(&octets(header)?)?, object(&octets(payload)?)?);
    if has_repeated(&header) || has_repeated(&payload) {
        return Err(Fault::Repeated);
    }
    let text = |json: &Json, name| json.member(name).and_then(Json::as_str).map(str::to_owned);
    let client = text(&payload, "sub").filter(|sub| ["hmac", "ec"].contains(&sub.as_str()));
    let client = client
        .filter(|sub| text(&payload, "iss").as_ref() == Some(sub))
        .ok_or(Fault::Client)?;
    if header.member("crit").is_some() || header.member("b64").is_some() {
        return Err(Fault::Extension);
    }
    let kid = match header.member("kid") {
        None => true,
        Some(Json::String(kid)) => client == "hmac" || kid == "ec-1",
        Some(Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::Object(_)) => {
            false
        }
    };
    let algorithm = if client == "hmac" { "HS256" } else { "ES256" };
    if !kid || text(&header, "alg").as_deref() != Some(algorithm) {
        return Err(Fault::Key);
    }
    let valid = match algorithm {
        "HS256" => hmac(SECRET.as_bytes(), signed.as_bytes()) == *signature.1,
        _ => {
            let verify =
                |key| crypto::verify(signature.0, signed.as_bytes(), key, Algorithm::ES256);
            ec_key().is_some_and(|key| verify(key).unwrap_or(false))
        }
    };
    if !valid {
        return Err(Fault::Signature);
    }
    claims(&payload)
}

/// The public key of the client `ec`.
fn ec_key() -> Option<&'static DecodingKey> {
    static KEY: OnceLock<Option<DecodingKey>> = OnceLock::new();
    KEY.get_or_init(|| DecodingKey::from_ec_pem(public_pem().as_bytes()).ok())
        .as_ref()
}

fn claims(payload: &Json) -> Result<(), Fault> {
    let is_server = |audience: &Json| audience.as_str().is_some_and(|it| AUDIENCES.contains(&it));
    let meant = match payload.member("aud") {
        Some(Json::Array(all)) => {
            all.iter().all(|one| one.as_str().is_some()) && all.iter().any(is_server)
        }
        one => one.is_some_and(is_server),
    };
    if !meant {
        return Err(Fault::Audience);
    }
    let mut dates = [None; 3];
    for (date, name) in dates.iter_mut().zip(["exp", "nbf", "iat"]) {
        *date = match payload.member(name) {
            None => None,
            Some(value) => {
                let text = value.as_number().ok_or(Fault::Dates)?;
                Some(text.parse::<f64>().map_err(|_| Fault::Dates)?)
            }
        };
    }
    let [Some(expires), not_before, issued] = dates else {
        return Err(Fault::Dates);
    };
    let now = f64::from(u32::try_from(NOW).unwrap_or_default());
    let ahead = |date: Option<f64>| date.is_some_and(|date| date > now + SKEW);
    let identifier = payload
        .member("jti")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let rules = [
        (Fault::Expired, expires > now - SKEW),
        (Fault::Lifetime, expires <= now + LIFETIME + SKEW),
        (Fault::NotBefore, !ahead(not_before)),
        (Fault::IssuedAt, !ahead(issued)),
        (
            Fault::IssuedAt,
            issued.is_none_or(|issued| issued >= now - LIFETIME - SKEW),
        ),
        (Fault::Identifier, !identifier.is_empty()),
    ];
    let broken = rules.iter().find(|(_, holds)| !holds);
    broken.map_or(Ok(()), |(fault, _)| Err(*fault))
}

/// How deep arrays and objects may lie in each other: RFC 8259 §9 leaves the limit open, and this is that of `serde_json`.
const DEEPEST: usize = 127;

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        Json::Object(members) => {
            1 + members
                .iter()
                .map(|(_, value)| depth(value))
                .max()
                .unwrap_or_default()
        }
        Json::Bool(_) | Json::Null | Json::Number(_) | Json::String(_) => 0,
    }
}

/// A JSON object that a strict reader takes. A number that no double has is none (RFC 8259 §6 leaves that open).
fn object(octets: &[u8]) -> Result<Json, Fault> {
    let document = Document::read(octets).map_err(|_| Fault::Form)?;
    let is_object = document.value.as_object().is_some();
    if !is_object
        || !document.notes.is_empty()
        || has_great_number(&document.value)
        || depth(&document.value) > DEEPEST
    {
        return Err(Fault::Form);
    }
    Ok(document.value)
}

fn has_great_number(json: &Json) -> bool {
    match json {
        Json::Number(text) => text.parse::<f64>().is_ok_and(f64::is_infinite),
        Json::Array(elements) => elements.iter().any(has_great_number),
        Json::Object(members) => members.iter().any(|(_, value)| has_great_number(value)),
        Json::Bool(_) | Json::Null | Json::String(_) => false,
    }
}

fn has_repeated(json: &Json) -> bool {
    match json {
        Json::Array(elements) => elements.iter().any(has_repeated),
        Json::Object(members) => {
            let mut names: Vec<&String> = members.iter().map(|(name, _)| name).collect();
            names.sort();
            let twice = names.windows(2).any(|two| two.first() == two.last());
            twice || members.iter().any(|(_, value)| has_repeated(value))
        }
        Json::Bool(_) | Json::Null | Json::Number(_) | Json::String(_) => false,
    }
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let hashed = sha256::digest(key);
    let key = if key.len() > 64 {
        hashed.as_slice()
    } else {
        key
    };
    let pad = |with: u8| {
        let octets = (0..64).map(|at| key.get(at).copied().unwrap_or_default() ^ with);
        octets.collect::<Vec<u8>>()
    };
    let inner = sha256::digest(&[pad(0x36), message.to_vec()].concat());
    sha256::digest(&[pad(0x5c), inner.to_vec()].concat())
}
