//! JOSE: reading a compact JWS and the claims of an assertion is our own, because no library refuses
//! all that it must; signatures are made and checked by `jsonwebtoken::crypto`.

pub mod access_token;
pub mod algorithm;
pub mod assertion;
pub mod grant_assertion;
pub mod id_token;
pub mod jwk;
pub mod jws;
pub mod key_sets;
pub mod keys;
pub mod public_key;
pub mod signature;
