//! Certificates: those that the harness makes itself, with any flaw that a case asks for, and what those of a server show (RFC 5280).

mod alternative_name;
pub mod der;
mod identity;
pub mod mint;
mod pem;
pub mod server;
mod subject;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// SHA-256 of a certificate (DER) in base64url: `x5t#S256` (RFC 8705 section 3.1).
#[must_use]
pub fn thumbprint(certificate: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate);
    BASE64_URL_SAFE_NO_PAD.encode(hash)
}

pub use alternative_name::{NameKind, first_name, general_name};
pub use identity::{ClientIdentity, IdentityError};
pub(crate) use pem::pem;
pub use subject::{common_name, email_address, name_of};
