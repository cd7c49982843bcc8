//! Whether a key made a signature.

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use jsonwebtoken::DecodingKey;

use super::algorithm::Algorithm;
use crate::wire::base64url;

/// Whether `signature` (base64url) was made of `input` with the key. ES512, which the library does
/// not know, takes a key of [`DecodingKey::from_ec_der`] that holds the uncompressed point.
#[must_use]
pub fn verify(algorithm: Algorithm, key: &DecodingKey, input: &[u8], signature: &str) -> bool {
    if let Some(backend) = algorithm.backend() {
        return jsonwebtoken::crypto::verify(signature, input, key, backend).unwrap_or(false);
    }
    let (Ok(point), Some(signature)) = (key.try_get_as_bytes(), base64url::decode(signature))
    else {
        return false;
    };
    UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point)
        .verify(input, &signature)
        .is_ok()
}
