//! PEM texts.

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// DER as a text with this label (RFC 7468), in lines of 64 characters.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let encoded = BASE64_STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in encoded.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}
