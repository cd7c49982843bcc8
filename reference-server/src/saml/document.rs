//! The document that was sent: one assertion in base64url (RFC 7522 §2.1), taken apart into what is signed and what signs it.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::{NodeId, NodeSet};
use roxmltree::Node;

use super::{DSIG, EXCLUSIVE, SAML};

/// base64url; padding is superfluous, and allowed.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One assertion.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its `ID`.
    pub id: String,
    /// The canonical form of the assertion without its signature.
    pub content: String,
    /// What signs it, if there is one signature.
    pub signature: Option<SignatureElement>,
}

/// The parts of a `Signature` element.
#[derive(Clone, Debug)]
pub struct SignatureElement {
    /// The canonical form of `SignedInfo`.
    pub signed_info: String,
    /// `SignatureValue`, decoded.
    pub value: Vec<u8>,
}

/// The text that a value of `assertion` stands for; none if it is not base64url of UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    String::from_utf8(BASE64URL.decode(text).ok()?).ok()
}

impl Document {
    /// Takes a document apart; none unless it is well-formed, without a document type declaration, and one assertion of
    /// SAML 2.0 with nothing beside it and no other in it, whose identifiers are unique.
    #[must_use]
    pub fn read(xml: &str) -> Option<Self> {
        let tree = roxmltree::Document::parse(xml).ok()?;
        let root = tree.root_element();
        let is_whole = root.has_tag_name((SAML, "Assertion"))
            && root.attribute("Version") == Some("2.0")
            && !has_other_assertions(root)
            && identifiers_are_unique(root);
        let id = root
            .attribute("ID")
            .filter(|id| !id.is_empty() && is_whole)?;
        let mut elements = root.descendants();
        let mut signatures = elements
            .by_ref()
            .filter(|it| it.has_tag_name((DSIG, "Signature")));
        let first = signatures.next();
        let (content, signature) = match (first, signatures.next()) {
            (None, _) => (canonical_document(xml, &[])?, None),
            (Some(only), None) if only.parent() == Some(root) => {
                let (before, _) = xml.split_at_checked(only.range().start)?;
                let (_, behind) = xml.split_at_checked(only.range().end)?;
                let prefixes = inclusive_prefixes(only, "Transform");
                let content = canonical_document(&format!("{before}{behind}"), &prefixes)?;
                (content, signature_element(xml, only))
            }
            (Some(_), _) => return None,
        };
        Some(Self {
            id: id.to_owned(),
            content,
            signature,
        })
    }
}

fn has_other_assertions(root: Node<'_, '_>) -> bool {
    let others = ["Assertion", "EncryptedAssertion"];
    let mut elements = root.descendants().skip(1).filter(Node::is_element);
    elements.any(|it| others.contains(&it.tag_name().name()))
}

fn identifiers_are_unique(root: Node<'_, '_>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let attributes = root.descendants().flat_map(|it| it.attributes());
    let mut identifiers = attributes.filter(|it| it.name().eq_ignore_ascii_case("id"));
    identifiers.all(|it| seen.insert(it.value().to_owned()))
}

fn signature_element(xml: &str, signature: Node<'_, '_>) -> Option<SignatureElement> {
    let mut infos = elements(signature).filter(|it| it.has_tag_name((DSIG, "SignedInfo")));
    let mut values = elements(signature).filter(|it| it.has_tag_name((DSIG, "SignatureValue")));
    let (_, value) = (infos.next()?, values.next()?);
    if infos.next().is_some() || values.next().is_some() {
        return None;
    }
    let prefixes = inclusive_prefixes(signature, "CanonicalizationMethod");
    let packed: String = value.text()?.split_ascii_whitespace().collect();
    Some(SignatureElement {
        signed_info: canonical_element(xml, (DSIG, "SignedInfo"), &prefixes)?,
        value: base64::engine::general_purpose::STANDARD
            .decode(packed)
            .ok()?,
    })
}

/// The elements in an element.
pub(super) fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

/// The prefixes that exclusive canonicalisation is to treat as the inclusive one does, as that element of a signature lists them
/// (Exclusive XML Canonicalization §3). The list is a part of what is signed.
fn inclusive_prefixes(signature: Node<'_, '_>, element: &str) -> Vec<String> {
    let lists = signature.descendants().filter(|it| {
        let parent = it.parent();
        it.has_tag_name((EXCLUSIVE, "InclusiveNamespaces"))
            && parent.is_some_and(|it| it.has_tag_name((DSIG, element)))
    });
    lists
        .filter_map(|it| it.attribute("PrefixList"))
        .flat_map(str::split_ascii_whitespace)
        .map(str::to_owned)
        .collect()
}

/// The exclusive canonical form of the element of a document, without comments (Exclusive XML Canonicalization §1).
fn canonical_document(xml: &str, prefixes: &[String]) -> Option<String> {
    canonical(xml, prefixes, |document| document.document_element())
}

/// Likewise, of the only element of that name.
fn canonical_element(
    xml: &str,
    (namespace, name): (&str, &str),
    prefixes: &[String],
) -> Option<String> {
    canonical(xml, prefixes, |document| {
        match document
            .get_elements_by_tag_name_ns(namespace, name)
            .as_slice()
        {
            [only] => Some(*only),
            [] | [_, ..] => None,
        }
    })
}

fn canonical(
    xml: &str,
    prefixes: &[String],
    choose: impl FnOnce(&bergshamra_xml::Document<'_>) -> Option<NodeId>,
) -> Option<String> {
    let document = bergshamra_xml::uppsala::Parser::new()
        .with_forbid_dtd(true)
        .parse(xml)
        .ok()?;
    let chosen = NodeSet::tree_without_comments(choose(&document)?, &document);
    let octets = canonicalize_doc(&document, C14nMode::Exclusive, Some(&chosen), prefixes).ok()?;
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str =
        r#"<s:Assertion xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_1">"#;

    fn content(inner: &str) -> Option<String> {
        Document::read(&format!("{OPEN}{inner}</s:Assertion>")).map(|it| it.content)
    }

    #[test]
    fn content_is_canonical_and_without_comments() {
        let read = content("<s:Issuer  a='1'>x<!-- y -->z</s:Issuer><s:Empty/>").unwrap();
        assert!(read.ends_with(
            r#"ID="_1" Version="2.0"><s:Issuer a="1">xz</s:Issuer><s:Empty></s:Empty></s:Assertion>"#
        ));
    }

    #[test]
    fn only_one_assertion_by_itself_is_read() {
        let good = format!("{OPEN}</s:Assertion>");
        assert!(Document::read(&good).is_some());
        for bad in [
            String::new(),
            "text".to_owned(),
            format!("<r>{good}</r>"),
            format!("<r>{good}{good}</r>"),
            format!("<!DOCTYPE r>{good}"),
            format!("<!DOCTYPE r [<!ENTITY e \"x\">]>{good}"),
            good.replace("2.0\" ID", "1.1\" ID"),
            good.replace("SAML:2.0", "SAML:1.0"),
            good.replace("ID=\"_1\"", "ID=\"\""),
            format!("{OPEN}<s:Advice>{good}</s:Advice></s:Assertion>"),
            format!("{OPEN}<s:Advice ID=\"_1\"></s:Advice></s:Assertion>"),
            format!("{OPEN}<s:EncryptedAssertion/></s:Assertion>"),
        ] {
            assert!(Document::read(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn several_signatures_or_one_elsewhere_are_refused() {
        let signature = format!("<d:Signature xmlns:d=\"{DSIG}\"/>");
        assert!(content(&signature).is_some());
        assert!(content(&format!("{signature}{signature}")).is_none());
        assert!(content(&format!("<s:Advice>{signature}</s:Advice>")).is_none());
    }

    #[test]
    fn padding_is_allowed_and_the_other_alphabet_is_not() {
        assert_eq!(decode("Pj8_Pg").as_deref(), Some(">??>"));
        assert_eq!(decode("Pj8_Pg==").as_deref(), Some(">??>"));
        assert_eq!(decode("Pj8/Pg=="), None);
        assert_eq!(decode("Pj8_\r\nPg"), None);
        assert_eq!(decode("_w"), None);
    }
}
