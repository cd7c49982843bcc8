//! What a client presents in the TLS handshake, as data (docs/writing-suites.md).

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::Who;
use super::text::Text;

/// What the client presents in the TLS handshake (RFC 8705 §2). Without `present` it is a certificate made for the request: a
/// fresh key, the names of the client's own certificate, issued by the CA of `tls.test_ca`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateChange {
    /// A certificate that is there, or none.
    pub present: Option<PresentedCertificate>,
    /// The name of a key that a `publish` step shows: its certificate is presented.
    pub published: Option<Text>,
    /// Who issued the one that is made.
    #[serde(default)]
    pub issued_by: IssuedBy,
    /// Its subject.
    #[serde(default)]
    pub subject: SubjectChange,
    /// The attributes of its subject, where they are none of the client's.
    pub attributes: Option<Vec<SubjectAttribute>>,
    /// Its alternative names, where they are not the client's.
    pub names: Option<Vec<AlternativeName>>,
    /// When it is good.
    #[serde(default)]
    pub valid: Validity,
    /// Its key.
    #[serde(default)]
    pub key: CertificateKey,
    /// Whose certificate follows it in the chain, without its key.
    pub append: Option<Who>,
}

impl CertificateChange {
    /// Its templates, in order.
    pub fn templates(&self) -> impl Iterator<Item = &Text> {
        let attributes = self.attributes.iter().flatten().map(|it| match it {
            SubjectAttribute::CommonName(text) | SubjectAttribute::EmailAddress(text) => text,
        });
        let names = self.names.iter().flatten().map(|it| match it {
            AlternativeName::Dns(text)
            | AlternativeName::Email(text)
            | AlternativeName::Ip(text)
            | AlternativeName::Uri(text) => text,
        });
        attributes.chain(names)
    }
}

/// An attribute of a subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectAttribute {
    /// `commonName`.
    CommonName(Text),
    /// `emailAddress` (RFC 2985 §5.2.1).
    EmailAddress(Text),
}

/// An alternative name (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeName {
    /// `dNSName`.
    Dns(Text),
    /// `rfc822Name`.
    Email(Text),
    /// `iPAddress`: the octets of this address.
    Ip(Text),
    /// `uniformResourceIdentifier`.
    Uri(Text),
}

/// A certificate that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresentedCertificate {
    /// None at all.
    None,
    /// The second client's.
    Other,
    /// The client's own.
    #[serde(rename = "self")]
    Own,
}

/// Who issued a certificate that is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuedBy {
    /// An intermediate CA below that of `tls.test_ca`, whose certificate follows it in the chain.
    Intermediate,
    /// Itself: it is self-signed.
    Itself,
    /// The CA of `tls.test_ca`, where another one issued the client's own certificate.
    OtherCa,
    /// A CA that nobody knows, under the name of the trusted one.
    Stranger,
    /// The CA of `tls.test_ca`.
    #[default]
    TestCa,
}

/// The key of a certificate that is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKey {
    /// A new one.
    #[default]
    Fresh,
    /// That of the client's own certificate.
    #[serde(rename = "self")]
    Own,
}

/// What becomes of the subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectChange {
    /// Its values in the other letter case.
    Cased,
    /// Another one; the right one is an alternative name (`directoryName`).
    Elsewhere,
    /// Its attributes in one RDN.
    Joined,
    /// Its first RDN is not there.
    Less,
    /// One RDN more.
    More,
    /// Another common name.
    Other,
    /// Its RDNs the other way round.
    Reordered,
    /// The same.
    #[default]
    Same,
    /// Its values with blanks doubled, and around them.
    Spaced,
    /// Its values as other string types.
    Spelled,
    /// Another subject, whose common name has the text of the right one in it.
    Within,
}

/// When a certificate is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// It was, until an hour ago.
    Expired,
    /// It will be, in an hour.
    NotYet,
    /// Now.
    #[default]
    Now,
}
