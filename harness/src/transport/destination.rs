//! Where an exchange goes.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use rustls::pki_types::ServerName;
use url::Url;

use crate::transport::proxy::Proxy;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Over TCP.
    Http,
    /// Over TLS.
    Https,
}

/// Why a URL is no destination.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// A scheme that the harness does not speak.
    #[error("a URL must begin with `http://` or `https://`, not with `{scheme}:`")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// A scheme that proxies are not spoken to in.
    #[error("a proxy's URL must begin with `http://`, not with `{scheme}:`")]
    ProxyScheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// No host.
    #[error("the URL has no host")]
    NoHost,
    /// A host that can't stand in a TLS handshake.
    #[error("`{host}` is no host name that TLS knows")]
    Host {
        /// The URL's host.
        host: String,
    },
}

/// Where to connect to, and under which name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination {
    /// With or without TLS.
    pub scheme: Scheme,
    /// The host name or address as in the URL, an IPv6 address without brackets; also the name in
    /// the TLS handshake.
    pub host: String,
    /// The port, 443 or 80 if the URL names none.
    pub port: u16,
    /// The address to connect to instead of the one that `host` resolves to.
    pub connect_to: Option<IpAddr>,
    /// The proxy on the way.
    pub proxy: Option<Proxy>,
}

impl Destination {
    /// The destination of a URL; `resolve` maps host names to addresses (the target file's
    /// `resolve`).
    ///
    /// # Errors
    /// The URL is neither http nor https, or its host can't be used.
    pub fn from_url(
        url: &Url,
        resolve: &BTreeMap<String, IpAddr>,
    ) -> Result<Self, DestinationError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => {
                return Err(DestinationError::Scheme {
                    scheme: other.to_owned(),
                });
            }
        };
        let (host, literal) = match url.host().ok_or(DestinationError::NoHost)? {
            url::Host::Domain(name) => (name.to_owned(), None),
            url::Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
            url::Host::Ipv6(address) => (address.to_string(), Some(IpAddr::V6(address))),
        };
        if scheme == Scheme::Https && ServerName::try_from(host.as_str()).is_err() {
            return Err(DestinationError::Host { host });
        }
        let mapped = resolve
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&host));
        let connect_to = mapped.map(|(_, address)| *address).or(literal);
        let port = url.port_or_known_default().unwrap_or(match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        });
        Ok(Self {
            scheme,
            host,
            port,
            connect_to,
            proxy: None,
        })
    }

    /// The same by way of a proxy.
    #[must_use]
    pub fn through(self, proxy: Proxy) -> Self {
        Self {
            proxy: Some(proxy),
            ..self
        }
    }

    /// The same by way of the proxy of this URL, if there is one.
    ///
    /// # Errors
    /// The URL is not that of an HTTP proxy.
    pub fn by_way_of(self, proxy: Option<&Url>) -> Result<Self, DestinationError> {
        match proxy {
            Some(url) => Ok(self.through(Proxy::from_url(url)?)),
            None => Ok(self),
        }
    }

    /// The value of a `Host` header for this destination (RFC 9110 §7.2): the port only where it is
    /// not the scheme's default.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match (self.scheme, self.port) {
            (Scheme::Http, 80) | (Scheme::Https, 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Destination, DestinationError, Scheme};

    fn destination(url: &str) -> Result<Destination, DestinationError> {
        let resolve = BTreeMap::from([("AS.example".to_owned(), "127.0.0.9".parse().unwrap())]);
        Destination::from_url(&url.parse().unwrap(), &resolve)
    }

    #[test]
    fn url_gives_host_port_and_authority() {
        let check = |url: &str, host: &str, port: u16, authority: &str| {
            let found = destination(url).unwrap();
            assert_eq!((found.host.as_str(), found.port), (host, port));
            assert_eq!(found.authority(), authority);
        };
        check("https://a.example/token", "a.example", 443, "a.example");
        check("http://a.example:80/", "a.example", 80, "a.example");
        check(
            "https://a.example:9031/",
            "a.example",
            9031,
            "a.example:9031",
        );
        check("http://[::1]:8080/", "::1", 8080, "[::1]:8080");
    }

    #[test]
    fn resolve_map_names_the_address() {
        let found = destination("https://as.example:1/").unwrap();
        assert_eq!(found.connect_to, Some("127.0.0.9".parse().unwrap()));
        assert_eq!(destination("https://b.example/").unwrap().connect_to, None);
        let literal = destination("http://127.0.0.1:1/").unwrap();
        assert_eq!(literal.connect_to, Some("127.0.0.1".parse().unwrap()));
        assert_eq!(literal.scheme, Scheme::Http);
    }

    #[test]
    fn other_schemes_are_refused() {
        let scheme = "ftp".to_owned();
        assert_eq!(
            destination("ftp://a/"),
            Err(DestinationError::Scheme { scheme })
        );
    }
}
