//! SAML 2.0 assertions (RFC 7522): what a verified one says, and which of its rules hold. Reading them takes a parser of XML and
//! its canonical form, which come with the feature `saml`; without it no client can be given the grant, or authenticate so.
//!
//! What is read is what was verified: the fields come from the canonical octets that the digest of the signature is compared
//! with, never from the document that was sent. Nothing outside the one assertion is looked at, so that there is nothing to
//! wrap it in.

pub mod assertion;
pub mod date_time;
#[cfg(feature = "saml")]
pub mod document;
#[cfg(feature = "saml")]
pub mod signature;
#[cfg(feature = "saml")]
pub mod statement;
#[cfg(feature = "saml")]
#[cfg(test)]
mod tests;

/// Whether this build can read assertions.
pub const IS_BUILT_IN: bool = cfg!(feature = "saml");

/// The namespace of assertions (SAML Core §1.1).
pub const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// The namespace of signatures (XML Signature §1.3).
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Exclusive canonicalisation without comments, and the namespace of its list of prefixes (Exclusive XML Canonicalization §3).
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The method of a confirmation that asks for no proof of possession (SAML Profiles §3.3).
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
