//! The compact serialisation (RFC 7515 section 7.1).

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
        RSA_PSS_SHA512, RsaEncoding,
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{Algorithm, KeyError, Members, SigningKey, key::Material};

/// Why a token could not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MintError {
    /// The key is for another algorithm.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The cryptographic library refused: an RSA key that is too short for the digest.
    #[error("the key can't sign with {}", .0.name())]
    Refused(Algorithm),
}

/// Signs a header and claims as they are: nothing is added, `alg` neither.
///
/// # Errors
///
/// Returns why the key can't sign with the algorithm.
pub fn mint(
    header: &Members,
    claims: &Members,
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<String, MintError> {
    mint_octets(&json(header), &json(claims), key, algorithm)
}

/// As [`mint`], from the octets of the two parts: repeated members, blanks, what is no JSON.
///
/// # Errors
///
/// As [`mint`].
pub fn mint_octets(
    header: &[u8],
    payload: &[u8],
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<String, MintError> {
    let input = signing_input(header, payload);
    let signature = sign(input.as_bytes(), key, algorithm)?;
    Ok(format!(
        "{input}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(signature)
    ))
}

/// As [`mint`], from the first two segments as they are, encoded or not.
///
/// # Errors
///
/// As [`mint`].
pub fn mint_segments(
    header: &[u8],
    payload: &[u8],
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<Vec<u8>, MintError> {
    let input = [header, b".", payload].concat();
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(&input, key, algorithm)?);
    Ok([&input, b".".as_slice(), signature.as_bytes()].concat())
}

/// A segment: base64url without padding.
#[must_use]
pub fn encode_segment(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

/// A token with an empty signature (RFC 7515 appendix A.5). Its header is as it is given.
#[must_use]
pub fn mint_unsigned(header: &Members, claims: &Members) -> String {
    format!("{}.", signing_input(&json(header), &json(claims)))
}

/// A token with the signature of another one. Its header is as it is given.
#[must_use]
pub fn with_signature_of(header: &Members, claims: &Members, other: &[u8]) -> Vec<u8> {
    let input = signing_input(&json(header), &json(claims));
    let dot = other.iter().rposition(|octet| *octet == b'.');
    let signature = dot.and_then(|dot| other.get(dot..)).unwrap_or_default();
    [input.as_bytes(), signature].concat()
}

/// The claims of a token in the compact serialisation, unverified. `None`: it is no such token.
#[must_use]
pub fn peek_claims(token: &str) -> Option<Members> {
    let (_, payload) = parts(token)?;
    decode(payload)
}

/// The header of a token in the compact serialisation, unverified. `None`: it is no such token.
#[must_use]
pub fn peek_header(token: &str) -> Option<Members> {
    let (header, _) = parts(token)?;
    decode(header)
}

/// Header and payload of a token with exactly three parts.
fn parts(token: &str) -> Option<(&str, &str)> {
    let mut parts = token.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some((header, payload))
}

fn decode(part: &str) -> Option<Members> {
    let octets = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&octets).ok()
}

fn json(members: &Members) -> Vec<u8> {
    serde_json::Value::Object(members.clone())
        .to_string()
        .into_bytes()
}

fn signing_input(header: &[u8], payload: &[u8]) -> String {
    let encode = |octets| BASE64_URL_SAFE_NO_PAD.encode(octets);
    format!("{}.{}", encode(header), encode(payload))
}

/// The signature of octets as JWS has it: of ECDSA two numbers side by side (RFC 7518 section 3.4).
///
/// # Errors
///
/// As [`mint`].
pub fn sign_octets(
    input: &[u8],
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<Vec<u8>, MintError> {
    sign(input, key, algorithm)
}

fn sign(input: &[u8], key: &SigningKey, algorithm: Algorithm) -> Result<Vec<u8>, MintError> {
    key.check(algorithm)?;
    let refused = |_| MintError::Refused(algorithm);
    let random = SystemRandom::new();
    match key.material.as_ref() {
        Material::Rsa(pair) => {
            let encoding = rsa_encoding(algorithm).ok_or(MintError::Refused(algorithm))?;
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, input, &mut signature)
                .map_err(refused)?;
            Ok(signature)
        }
        Material::Ec(_, pair) => {
            let signature = pair.sign(&random, input).map_err(refused)?;
            Ok(signature.as_ref().to_vec())
        }
        Material::Ed25519(pair) => Ok(pair.sign(input).as_ref().to_vec()),
        Material::Octets(octets) => {
            let digest = digest(algorithm).ok_or(MintError::Refused(algorithm))?;
            Ok(hmac::sign(&hmac::Key::new(digest, octets), input)
                .as_ref()
                .to_vec())
        }
    }
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_SHA512),
        Algorithm::Es256
        | Algorithm::Es384
        | Algorithm::Es512
        | Algorithm::EdDsa
        | Algorithm::Hs256
        | Algorithm::Hs384
        | Algorithm::Hs512 => None,
    }
}

const fn digest(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(hmac::HMAC_SHA256),
        Algorithm::Hs384 => Some(hmac::HMAC_SHA384),
        Algorithm::Hs512 => Some(hmac::HMAC_SHA512),
        Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512
        | Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512
        | Algorithm::Es256
        | Algorithm::Es384
        | Algorithm::Es512
        | Algorithm::EdDsa => None,
    }
}
