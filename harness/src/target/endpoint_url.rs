//! URLs of endpoints: absolute, http or https.

use std::{borrow::Cow, fmt, net::IpAddr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use crate::yaml;

/// The URL of an endpoint: as it is written, and read for connecting.
///
/// It has a host, no fragment (RFC 6749 section 3.2) and no user information.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointUrl {
    text: String,
    url: Url,
}

impl EndpointUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with it, as a lowercase fragment.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "this is not an absolute URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the scheme of this URL is neither http nor https");
        }
        if url.fragment().is_some() {
            return Err("this URL has a fragment, which RFC 6749 section 3.2 forbids");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("this URL has user information");
        }
        if url.host().is_none() {
            return Err("this URL has no host");
        }
        Ok(Self {
            text: text.to_owned(),
            url,
        })
    }

    /// The URL as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL for connecting: normalised.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the connection is under TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// The port, also where it is the scheme's own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether scheme, host and port are those of another.
    #[must_use]
    pub fn is_same_origin(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }

    /// Whether the host is this machine by its name or address alone.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for EndpointUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text)
            .map_err(|reason| yaml::complaint(reason, "write it like https://as.example.com/token"))
    }
}

impl JsonSchema for EndpointUrl {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EndpointUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "uri", "pattern": "^https?://[^#]+$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_keeps_its_spelling() {
        let url = EndpointUrl::new("HTTPS://As.Example:443/as/token?a=b").unwrap();
        assert_eq!(url.as_str(), "HTTPS://As.Example:443/as/token?a=b");
        assert_eq!(
            (url.host().as_str(), url.port(), url.is_https()),
            ("as.example", 443, true)
        );
    }

    #[test]
    fn url_without_scheme_host_or_with_fragment_is_refused() {
        for text in [
            "",
            "token",
            "//as.example/t",
            "ftp://a/b",
            "https://a/b#c",
            "https://u:p@a/",
        ] {
            assert!(EndpointUrl::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_is_an_address_of_this_machine_or_localhost() {
        for (text, loopback) in [
            ("http://127.0.0.1:1/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:1/", true),
            ("http://localhost/", true),
            ("http://localhost.example/", false),
            ("http://10.0.0.1/", false),
            ("http://0.0.0.0/", false),
        ] {
            assert_eq!(
                EndpointUrl::new(text).unwrap().is_loopback(),
                loopback,
                "{text}"
            );
        }
    }
}
