//! What a server says to a `ClientHello`, as far as it says it in clear.

use super::names;
use super::suites;

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A fatal alert, by name, before any `ServerHello`.
    Alert(String),
    /// The end of the connection, or a reset, before any `ServerHello`.
    Closed,
    /// Octets that are not TLS: the first of them.
    Plain(Vec<u8>),
    /// A `ServerHello`.
    Negotiated(Box<ServerHello>),
    /// Nothing within the time.
    Silent,
}

/// A `ServerHello`, and what followed in clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerHello {
    /// The version: that of `supported_versions`, else `legacy_version`.
    pub version: u16,
    /// The cipher suite.
    pub suite: u16,
    /// The compression method.
    pub compression: u8,
    /// The field `random`.
    pub random: Vec<u8>,
    /// The extensions in their order.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// The certificates of TLS 1.2 and before, in DER, as sent.
    pub certificates: Vec<Vec<u8>>,
    /// The size of the prime of a finite field (RFC 5246 §7.4.3), in bits.
    pub prime_bits: Option<usize>,
    /// The curve of `ServerKeyExchange`.
    pub group: Option<u16>,
    /// The scheme of the signature in `ServerKeyExchange`.
    pub signature: Option<u16>,
    /// A fatal alert behind the `ServerHello`.
    pub alert: Option<String>,
}

impl ServerHello {
    /// The content of an extension.
    #[must_use]
    pub fn extension(&self, code: u16) -> Option<&[u8]> {
        let found = self.extensions.iter().find(|(known, _)| *known == code);
        found.map(|(_, content)| content.as_slice())
    }

    /// The suite's registered name.
    #[must_use]
    pub fn suite_name(&self) -> String {
        suites::name(self.suite)
    }

    /// The application protocol that was selected (RFC 7301 §3.1).
    #[must_use]
    pub fn alpn(&self) -> Option<String> {
        // A list of one name: two lengths, then the name.
        let name = self.extension(16)?.get(3..)?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}

impl Answer {
    /// What is known, by name. `outcome` is always there.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Alert(alert) => vec![("outcome", "alert".to_owned()), ("alert", alert.clone())],
            Self::Closed => vec![("outcome", "closed".to_owned())],
            Self::Plain(_) => vec![("outcome", "plain".to_owned())],
            Self::Silent => vec![("outcome", "silent".to_owned())],
            Self::Negotiated(hello) => of_hello(hello),
        }
    }
}

fn of_hello(hello: &ServerHello) -> Vec<(&'static str, String)> {
    let names: Vec<String> = hello
        .extensions
        .iter()
        .map(|(code, _)| names::extension(*code))
        .collect();
    let compression = match hello.compression {
        0 => "null".to_owned(),
        1 => "deflate".to_owned(),
        other => other.to_string(),
    };
    let end = hello.random.get(24..).unwrap_or_default();
    let mut facts = vec![
        ("outcome", "negotiated".to_owned()),
        ("version", names::version_name(hello.version)),
        ("suite", hello.suite_name()),
        ("compression", compression),
        ("random_end", hexadecimal(end)),
        ("extensions", names.join(" ")),
    ];
    let optional = [
        ("alert", hello.alert.clone()),
        ("alpn", hello.alpn()),
        (
            "renegotiation_info",
            hello.extension(0xff01).map(hexadecimal),
        ),
        ("prime_bits", hello.prime_bits.map(|bits| bits.to_string())),
        ("group", hello.group.map(names::group)),
        ("signature", hello.signature.map(names::signature)),
    ];
    facts.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    facts
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
