//! base64url without padding (RFC 7515 §2), strict: one text for one value.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text for these bytes.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a canonical text; none for padding, foreign characters or unused bits that are set.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
