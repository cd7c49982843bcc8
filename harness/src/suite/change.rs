//! Changes: what a probe does to a valid request (docs/writing-suites.md, "Changes").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::certificate::CertificateChange;
use super::ordered::Pairs;
use super::saml::SamlChange;
use super::text::Text;
use super::wire::Wire;

/// One change of a request. Its members are applied in the order in which they stand here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Client credentials taken off and made anew.
    pub authenticate: Option<Authenticate>,
    /// Another certificate in the TLS handshake.
    pub certificate: Option<CertificateChange>,
    /// A change of the client assertion.
    pub assertion: Option<AssertionChange>,
    /// Parameters whose value is a JWT, made anew with changes.
    #[serde(default)]
    pub jwt: BTreeMap<String, AssertionChange>,
    /// Parameters whose value is a SAML assertion, made anew with changes.
    #[serde(default)]
    pub saml: BTreeMap<String, SamlChange>,
    /// Parameters given a value; one that is not there is appended.
    #[serde(default)]
    pub set: Pairs,
    /// Parameters taken out, every occurrence.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// Pairs in front of all others.
    #[serde(default)]
    pub prepend: Vec<Pairs>,
    /// Pairs behind all others.
    #[serde(default)]
    pub append: Vec<Pairs>,
    /// Pairs right before a parameter.
    #[serde(default)]
    pub before: BTreeMap<String, Vec<Pairs>>,
    /// Pairs right after a parameter.
    #[serde(default)]
    pub after: BTreeMap<String, Vec<Pairs>>,
    /// Parameters whose name is replaced; the value stays.
    #[serde(default)]
    pub rename: BTreeMap<String, Text>,
    /// Parameters whose encoded spelling is given, sent as it is.
    #[serde(default)]
    pub spell: BTreeMap<String, Spelling>,
    /// The pairs in another order.
    pub reorder: Option<Reorder>,
    /// Parameters moved from the body into the query; `[all]` moves every one.
    #[serde(default)]
    pub to_query: super::text::Several<Text>,
    /// Text appended to the query as it is.
    pub query: Option<Text>,
    /// The whole body, raw.
    pub body: Option<Text>,
    /// The request method.
    pub method: Option<Text>,
    /// The path of the request target.
    pub path: Option<Text>,
    /// The whole URL that is asked.
    pub url: Option<Text>,
    /// The media type, or `none`.
    pub content_type: Option<Text>,
    /// Header fields.
    pub headers: Option<Headers>,
    /// Octets that are base64-encoded into an `Authorization: Basic` field.
    pub basic: Option<Text>,
    /// The whole value of the Authorization field.
    pub authorization: Option<Text>,
    /// How the body is framed.
    pub framing: Option<FramingChange>,
    /// How the request goes over its connection.
    pub wire: Option<Wire>,
}

/// New client credentials.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authenticate {
    /// Whose credentials; absent: the variant's client.
    pub client: Option<Who>,
    /// The method: its name, `none` (client_id alone) or `nothing`.
    pub by: Option<Text>,
    /// Another client identifier.
    pub id: Option<Text>,
    /// Another secret.
    pub secret: Option<Text>,
}

/// A client of the variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The client that the variant is about.
    #[default]
    #[serde(rename = "self")]
    Own,
    /// The second client.
    Other,
}

/// A change of the client assertion (RFC 7523 §3), or of the JWT that a parameter holds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssertionChange {
    /// Header parameters.
    #[serde(default)]
    pub header: Members,
    /// Claims.
    #[serde(default)]
    pub claims: Members,
    /// What of the signing key, or of the client's, goes into the header.
    pub embed: Option<Embedded>,
    /// The octets of the header, where they are no ordinary JSON; `${header}` is the good one.
    pub header_text: Option<Text>,
    /// The octets of the claims; `${claims}` is the good text.
    pub claims_text: Option<Text>,
    /// The first segment, signed as it is; `${segment}` is the good one.
    pub header_segment: Option<Text>,
    /// The second segment, signed as it is; `${segment}` is the good one.
    pub claims_segment: Option<Text>,
    /// Whose key signs.
    pub sign_with: Option<Signer>,
    /// The name of a key that a `publish` step shows: it signs, and `kid` names it.
    pub published: Option<Text>,
    /// Octets that key an HMAC, instead of `sign_with`.
    pub hmac_key: Option<Text>,
    /// The algorithm that signs, whatever the header says.
    pub algorithm: Option<Text>,
    /// The whole assertion; `${assertion}` is the good one.
    pub text: Option<Text>,
}

impl AssertionChange {
    /// The texts beside header and claims, in the order in which they are applied.
    fn texts(&self) -> impl Iterator<Item = &Text> {
        [
            &self.header_text,
            &self.claims_text,
            &self.header_segment,
            &self.claims_segment,
            &self.hmac_key,
            &self.algorithm,
            &self.text,
        ]
        .into_iter()
        .flatten()
    }
}

/// What of a key goes into the header of an assertion (RFC 7515 §4.1.3, §4.1.6 to §4.1.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Embedded {
    /// `jwk`: its public half.
    Jwk,
    /// `jwk`: its public half, with the `kid` that the header had.
    JwkWithKid,
    /// `x5c`: a self-signed certificate of the signing key.
    X5c,
    /// `x5c`: such a certificate, and one of the client's own key behind it.
    X5cBeforeOwn,
    /// `x5t` and `x5t#S256`: the hashes of a certificate of the client's own key.
    X5tOfOwn,
}

/// What signs an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// Of an assertion that another issued: the client's own key. The header of a JWT tells its algorithm and `kid`.
    Client,
    /// A new key of the same kind, or a new secret.
    Fresh,
    /// The signature of the unchanged assertion stays.
    Kept,
    /// Nothing: the signature is empty.
    Nothing,
    /// The second client's key or secret.
    Other,
    /// The client's own key or secret; of a JWT in a parameter the key of its issuer, where the target file has it.
    #[serde(rename = "self")]
    Own,
    /// An HMAC keyed with the client's own public key.
    PublicKey,
}

/// Members of a JSON object to set or to take out. Values are JSON where they parse as such, else strings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Members given a value.
    #[serde(default)]
    pub set: Pairs,
    /// Members taken out.
    #[serde(default)]
    pub remove: Vec<Text>,
}

/// The encoded spelling of one pair; absent parts stay as they are.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// Octets before the `=`.
    pub name: Option<Text>,
    /// Octets after the `=`.
    pub value: Option<Text>,
}

/// Another order of the pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reorder {
    /// Last pair first.
    Reverse,
}

/// Header fields to set, add or remove.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Headers {
    /// Fields replaced (or added).
    #[serde(default)]
    pub set: Pairs,
    /// Fields added beside those that are there.
    #[serde(default)]
    pub add: Vec<Pairs>,
    /// Fields removed.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// Whole field lines, sent as they are.
    #[serde(default)]
    pub raw: Vec<Text>,
}

/// How the body is framed (RFC 9112 §6).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FramingChange {
    /// The value of Content-Length, or `none`.
    pub content_length: Option<Text>,
    /// `true`: the body goes in chunks.
    pub chunked: Option<Text>,
}

impl Change {
    /// The templates of this change, in order: what a lint looks through.
    #[must_use]
    pub fn templates(&self) -> Vec<&Text> {
        let mut all = Vec::new();
        if let Some(authenticate) = &self.authenticate {
            all.extend(
                [&authenticate.by, &authenticate.id, &authenticate.secret]
                    .into_iter()
                    .flatten(),
            );
        }
        all.extend(
            self.certificate
                .iter()
                .flat_map(CertificateChange::templates),
        );
        for assertion in self.assertion.iter().chain(self.jwt.values()) {
            all.extend(assertion.header.set.values());
            all.extend(assertion.claims.set.values());
            all.extend(assertion.texts());
        }
        all.extend(self.saml.values().flat_map(SamlChange::templates));
        all.extend(self.set.texts());
        for pairs in self.prepend.iter().chain(&self.append) {
            all.extend(pairs.texts());
        }
        for pairs in self.before.values().chain(self.after.values()).flatten() {
            all.extend(pairs.texts());
        }
        all.extend(self.rename.values());
        for spelling in self.spell.values() {
            all.extend([&spelling.name, &spelling.value].into_iter().flatten());
        }
        all.extend(self.to_query.iter());
        if let Some(headers) = &self.headers {
            all.extend(headers.set.values());
            all.extend(&headers.raw);
            for pairs in &headers.add {
                all.extend(pairs.values());
            }
        }
        let single = [
            &self.query,
            &self.body,
            &self.method,
            &self.path,
            &self.url,
            &self.content_type,
            &self.basic,
            &self.authorization,
        ];
        all.extend(single.into_iter().flatten());
        all.extend(self.wire.iter().flat_map(Wire::templates));
        all
    }

    /// Whether this changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.authenticate.is_none()
            && self.certificate.is_none()
            && self.assertion.is_none()
            && self.jwt.is_empty()
            && self.saml.is_empty()
            && self.set.is_empty()
            && self.remove.is_empty()
            && self.prepend.is_empty()
            && self.append.is_empty()
            && self.before.is_empty()
            && self.after.is_empty()
            && self.rename.is_empty()
            && self.spell.is_empty()
            && self.reorder.is_none()
            && self.to_query.is_empty()
            && self.headers.is_none()
            && self.framing.is_none()
            && self.wire.is_none()
            && self.templates().is_empty()
    }
}
