//! Makes JSON Web Tokens, good ones and bad ones (RFC 7515, RFC 7519).
//!
//! Only the making is here. Nothing in the harness verifies a signature with this code, and the
//! reference server shares none of it.

mod algorithm;
mod assertion;
mod key;
mod key_error;
mod mint;
mod public_key;

pub use self::{
    algorithm::{Algorithm, UnknownAlgorithm},
    assertion::{Assertion, client_assertion},
    key::{KeyType, SigningKey},
    key_error::KeyError,
    mint::{
        MintError, encode_segment, mint, mint_octets, mint_segments, mint_unsigned, peek_claims,
        peek_header, sign_octets, with_signature_of,
    },
};

/// The members of a header or a set of claims.
pub type Members = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
