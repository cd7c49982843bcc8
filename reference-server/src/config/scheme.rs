//! What a configuration is served over.

use serde::Deserialize;

/// HTTP, with TLS or without.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTPS with a certificate that is made at start.
    Https,
}
