//! The step `handshake` as data (docs/writing-suites.md, "handshake").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{Condition, Grade};
use super::text::{FromScalar, Several, Text};

/// `handshake`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// The name it is saved under.
    #[serde(rename = "as")]
    pub name: Option<Text>,
    /// The https URL whose server is spoken to; absent: the token endpoint.
    pub url: Option<Text>,
    /// A `ClientHello` made by hand; absent: a whole handshake of today.
    pub hello: Option<Hello>,
    /// The application protocols of a whole handshake (RFC 7301); absent: none is offered.
    #[serde(default)]
    pub alpn: Several<Text>,
    /// What conforms; absent: a version must be negotiated.
    #[serde(default)]
    pub expect: Several<HandshakeAnswer>,
}

/// A `ClientHello`. Texts that name several things have spaces between them, but for versions.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// `legacy_version`; absent: TLS 1.2.
    pub version: Option<Text>,
    /// `supported_versions`; absent: without it.
    #[serde(default)]
    pub versions: Several<Text>,
    /// Families of suites, or registered names; absent: what fits the versions.
    pub suites: Option<Text>,
    /// Compression methods, `null` and `deflate`; absent: `null`.
    pub compression: Option<Text>,
    /// Signature schemes; absent: those of today.
    pub signatures: Option<Text>,
    /// Application protocols; absent: without the extension.
    pub alpn: Option<Text>,
    /// The server's name; absent: the host of the URL; `none`: without the extension.
    pub name: Option<Text>,
    /// Further extensions.
    pub extensions: Option<Text>,
    /// Padded to so many octets.
    pub octets: Option<Text>,
    /// Cut over so many records.
    pub records: Option<Text>,
}

/// What came of a handshake.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandshakeAnswer {
    /// `negotiated`, `alert`, `closed`, `plain`, `broken`, or several of them.
    #[serde(default)]
    pub outcome: Several<Text>,
    /// Conditions on what was shown, by name.
    #[serde(default)]
    pub shows: BTreeMap<String, Condition>,
    /// Capability words; the answer counts only where all hold.
    #[serde(default)]
    pub when: Vec<Text>,
    /// `true`: a match ends the case here, with this grade.
    pub end: Option<Text>,
    /// What the match means.
    #[serde(default)]
    pub grade: Grade,
    /// Why it is graded so.
    pub because: Option<String>,
}

/// The ways in which a handshake may end.
pub const OUTCOMES: [&str; 5] = ["negotiated", "alert", "closed", "plain", "broken"];

/// What a handshake may show.
pub const SHOWN: [&str; 21] = [
    "alert",
    "alpn",
    "cause",
    "compression",
    "days_left",
    "extensions",
    "group",
    "http2",
    "key_bits",
    "key_type",
    "names_host",
    "order",
    "outcome",
    "prime_bits",
    "random_end",
    "renegotiation_info",
    "signature",
    "suite",
    "trusted",
    "version",
    "weak_signatures",
];

impl Hello {
    /// The texts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let single = [
            &self.version,
            &self.suites,
            &self.compression,
            &self.signatures,
            &self.alpn,
            &self.name,
            &self.extensions,
            &self.octets,
            &self.records,
        ];
        single.into_iter().flatten().chain(self.versions.iter())
    }
}

impl HandshakeAnswer {
    /// Whether it is about a server that refused.
    #[must_use]
    pub fn refuses(&self) -> bool {
        !self.outcome.is_empty()
            && self
                .outcome
                .iter()
                .all(|it| matches!(it.as_str(), "alert" | "closed"))
    }
}

impl FromScalar for HandshakeAnswer {
    fn from_scalar(_text: Text) -> Option<Self> {
        None
    }
}
