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

/// A version of HTTP, by its name in the TLS handshake (RFC 7301 §6).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum ApplicationProtocol {
    /// HTTP/2 (RFC 9113 §3.1).
    #[serde(rename = "h2")]
    H2,
    /// HTTP/1.1
    #[serde(rename = "http/1.1")]
    Http11,
}

impl ApplicationProtocol {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H2 => "h2",
            Self::Http11 => "http/1.1",
        }
    }
}
