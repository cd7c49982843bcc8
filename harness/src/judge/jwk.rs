//! Public keys as JSON (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): whether they decode, hold nothing private, and are those
//! of the certificates beside them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use crate::wire::json::Json;

/// The members that only the owner of a key may know (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The shortest modulus that may sign, in bits (RFC 7518 §3.3).
const RSA_BITS: usize = 2048;

/// Whether it is a public key whose members decode. A key of a type that nobody knows here is left alone, unless it
/// shows what is private.
#[must_use]
pub(super) fn is_public(json: &Json) -> bool {
    let Json::Object(members) = json else {
        return false;
    };
    let text = |name: &str| {
        let (_, value) = members.iter().find(|(own, _)| own == name)?;
        match value {
            Json::String(text) => Some(text.as_str()),
            Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::Object(_) => None,
        }
    };
    let is_private = members
        .iter()
        .any(|(name, _)| PRIVATE.contains(&name.as_str()));
    let octets = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let long = |name: &str, length: usize| {
        let is_there = members.iter().any(|(own, _)| own == name);
        !is_there || octets(name).is_some_and(|octets| octets.len() == length)
    };
    let certified = match members.iter().find(|(own, _)| own == "x5c") {
        Some((_, chain)) => is_certified(chain, octets("n").or_else(|| octets("x")).as_deref()),
        None => true,
    };
    let decodes = match text("kty") {
        Some("EC") => is_point(text("crv"), octets("x"), octets("y")),
        Some("OKP") => is_okp(text("crv"), octets("x")),
        Some("RSA") => octets("n")
            .zip(octets("e"))
            .is_some_and(|(modulus, exponent)| is_rsa(&modulus, &exponent)),
        Some(_) => true,
        None => false,
    };
    decodes && !is_private && certified && long("x5t", 20) && long("x5t#S256", 32)
}

/// Whether it is a chain of certificates in base64, not base64url, whose first one has this key (RFC 7517 §4.7): its
/// modulus or coordinate stands there as it is, even where a point is compressed.
fn is_certified(chain: &Json, key: Option<&[u8]>) -> bool {
    let Json::Array(chain) = chain else {
        return false;
    };
    let decode = |certificate: &Json| match certificate {
        Json::String(text) => BASE64_STANDARD.decode(text).ok(),
        Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::Object(_) => None,
    };
    let chain: Option<Vec<Vec<u8>>> = chain.iter().map(decode).collect();
    let Some([leaf, ..]) = chain.as_deref() else {
        return false;
    };
    key.filter(|key| !key.is_empty())
        .is_none_or(|key| leaf.windows(key.len()).any(|window| window == key))
}

/// Coordinates of the length of their curve (RFC 7518 §6.2.1), and on it.
fn is_point(curve: Option<&str>, x: Option<Vec<u8>>, y: Option<Vec<u8>>) -> bool {
    let (length, algorithm): (usize, &'static dyn VerificationAlgorithm) = match curve {
        Some("P-256") => (32, &ECDSA_P256_SHA256_FIXED),
        Some("P-384") => (48, &ECDSA_P384_SHA384_FIXED),
        Some("P-521") => (66, &ECDSA_P521_SHA512_FIXED),
        // secp256k1 and others: only that both coordinates are there.
        Some(_) => return x.is_some() && y.is_some(),
        None => return false,
    };
    let Some((x, y)) = x.zip(y) else {
        return false;
    };
    let uncompressed = [&[4], x.as_slice(), y.as_slice()].concat();
    x.len() == length && y.len() == length && ParsedPublicKey::new(algorithm, uncompressed).is_ok()
}

/// RFC 8037 §2.
fn is_okp(curve: Option<&str>, x: Option<Vec<u8>>) -> bool {
    let length = match curve {
        Some("Ed25519" | "X25519") => 32,
        Some("Ed448") => 57,
        Some("X448") => 56,
        Some(_) => return x.is_some(),
        None => return false,
    };
    x.is_some_and(|x| x.len() == length)
}

/// Unsigned numbers without leading zero octets (RFC 7518 §2, Base64urlUInt).
fn is_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    let leading = modulus.first().copied().unwrap_or_default();
    let bits = modulus.len() * 8 - leading.leading_zeros() as usize;
    let unsigned = leading != 0 && exponent.first().is_some_and(|first| *first != 0);
    let is_odd = exponent.last().is_some_and(|last| last % 2 == 1);
    unsigned && is_odd && exponent != [1] && bits >= RSA_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::Document;

    fn read_as_public(text: &str) -> bool {
        is_public(&Document::read(text.as_bytes()).unwrap().value)
    }

    // The keys of RFC 7517 Appendix A.1 and RFC 8037 Appendix A.2.
    const X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
    const Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";

    #[test]
    fn key_of_rfc_7517_is_public() {
        assert!(read_as_public(&format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{Y}"}}"#
        )));
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert!(read_as_public(&format!(
            r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#
        )));
        assert!(read_as_public(r#"{"kty":"AKP","pub":"x"}"#));
    }

    #[test]
    fn key_with_its_private_half_is_not() {
        let key = format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{Y}","d":"x"}}"#);
        assert!(!read_as_public(&key));
        assert!(!read_as_public(r#"{"kty":"oct","k":"x"}"#));
    }

    #[test]
    fn key_that_does_not_decode_is_not() {
        assert!(!read_as_public(&format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{X}=","y":"{Y}"}}"#
        )));
        assert!(!read_as_public(&format!(
            r#"{{"kty":"EC","crv":"P-384","x":"{X}","y":"{Y}"}}"#
        )));
        assert!(!read_as_public(&format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{Y}","y":"{X}"}}"#
        )));
        assert!(!read_as_public(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#));
        assert!(!read_as_public(r#"{"crv":"P-256"}"#));
        assert!(!read_as_public("[]"));
    }

    #[test]
    fn key_is_that_of_its_certificate() {
        let x = BASE64_URL_SAFE_NO_PAD.decode(X).unwrap();
        let with = |x5c: String| {
            let key = format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{Y}","x5c":{x5c}}}"#);
            read_as_public(&key)
        };
        let around = [&[0xff, 0xfe, 0x30], x.as_slice(), &[0xff; 3]].concat();
        let own = BASE64_STANDARD.encode(around);
        let other = BASE64_STANDARD.encode([0x30; 64]);
        assert!(with(format!(r#"["{own}"]"#)) && with(format!(r#"["{own}","{other}"]"#)));
        assert!(!with(format!(r#"["{other}","{own}"]"#)) && !with("[]".to_owned()));
        assert!(!with(format!(r#""{own}""#)));
        let url = own.replace('+', "-").replace('/', "_");
        assert!(own.contains(['+', '/']) && !with(format!(r#"["{url}"]"#)));
    }

    #[test]
    fn thumbprint_of_a_certificate_is_no_text_of_digits() {
        let with = |name: &str, octets: &[u8]| {
            let value = BASE64_URL_SAFE_NO_PAD.encode(octets);
            read_as_public(&format!(r#"{{"kty":"AKP","{name}":"{value}"}}"#))
        };
        assert!(with("x5t", &[7; 20]) && with("x5t#S256", &[7; 32]));
        assert!(!with("x5t", &[b'7'; 40]) && !with("x5t#S256", &[b'7'; 64]));
    }

    #[test]
    fn rsa_key_has_a_modulus_without_sign() {
        let signed = [&[0, 0xff], [0xff; 255].as_slice()].concat();
        assert!(is_rsa(&[0xff; 256], &[1, 0, 1]));
        assert!(!is_rsa(&signed, &[1, 0, 1]) && !is_rsa(&[0xff; 256], &[0, 1, 0, 1]));
        assert!(!is_rsa(&[0xff; 128], &[1, 0, 1]) && !is_rsa(&[0xff; 256], &[1]));
    }
}
