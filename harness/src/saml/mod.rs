//! SAML 2.0 assertions that the harness makes and signs, with any flaw that a case asks for (RFC 7522). What is made here is
//! written in exclusive canonical form from the beginning, so that signing needs no canonicalisation but the loss of comments.

pub mod assertion;
pub mod element;
pub mod signature;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// Namespace of assertions (SAML Core section 1.1).
pub const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// Namespace of signatures (XML Signature section 1.3).
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A document as the value of a parameter (RFC 7522 section 2.1).
#[must_use]
pub fn encode(xml: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(xml)
}

/// The document that the value of a parameter holds, if it is text in base64url.
#[must_use]
pub fn decode(value: &[u8]) -> Option<String> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}
