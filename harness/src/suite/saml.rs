//! Changes of a SAML assertion (docs/writing-suites.md, "Changes").

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::Signer;
use super::ordered::Pairs;
use super::text::Text;

/// A change of the SAML assertion that a parameter holds (RFC 7522 §3): it is made anew.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SamlChange {
    /// Elements given a text (`Issuer`), and attributes a value (`Conditions.NotBefore`).
    #[serde(default)]
    pub set: Pairs,
    /// Elements and attributes taken out.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// Elements replaced by XML in canonical form; `${xml}` is the element so far.
    #[serde(default)]
    pub xml: Pairs,
    /// Whose key signs.
    pub sign_with: Option<Signer>,
    /// What the signature covers.
    pub reference: Option<SamlReference>,
    /// XML behind the transforms of the reference.
    pub transform: Option<Text>,
    /// What the signature says about its key.
    pub key_info: Option<SamlKeyInfo>,
    /// An unsigned assertion of another `ID`, made beside it: `${forged}`.
    pub forge: Option<SamlEdit>,
    /// The whole document; `${assertion}` is the signed assertion, `${unsigned}` and `${signature}` are its parts.
    pub document: Option<Text>,
    /// The whole value; `${document}` is the document, `${encoded}` the good value.
    pub text: Option<Text>,
}

/// A change of what an assertion says.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SamlEdit {
    /// As in the change itself.
    #[serde(default)]
    pub set: Pairs,
    /// As in the change itself.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// As in the change itself; `${assertion}`, `${unsigned}` and `${signature}` are those of the signed assertion.
    #[serde(default)]
    pub xml: Pairs,
}

/// What a signature covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SamlReference {
    /// The assertion.
    #[default]
    Assertion,
    /// Nothing: it has no reference.
    Nothing,
    /// An object in the signature itself.
    Object,
}

/// What a signature says about its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SamlKeyInfo {
    /// The certificate of the issuer.
    #[default]
    Certificate,
    /// Nothing.
    Nothing,
    /// The public half of the key that signs.
    Signer,
}

impl SamlChange {
    /// The templates of this change: what a lint looks through.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Text> {
        let edits = [(&self.set, &self.xml)].into_iter();
        let edits = edits.chain(self.forge.iter().map(|edit| (&edit.set, &edit.xml)));
        let texts = edits.flat_map(|(set, xml)| set.values().chain(xml.values()));
        texts.chain(
            [&self.transform, &self.document, &self.text]
                .into_iter()
                .flatten(),
        )
    }
}
