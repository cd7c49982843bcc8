//! Whether a key signed an assertion (XML Signature §3.2): the one profile of signatures that SAML has (SAML Core §5.4). Anything
//! else that a signature could say (other references, transforms, keys of its own) makes it invalid.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::document::{Document, elements};
use super::{DSIG, EXCLUSIVE};
use crate::jose::algorithm::Algorithm;
use crate::jose::assertion::Signature;
use crate::registry::ClientKey;
use crate::wire::base64url;

/// The signature leaves itself out.
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What a signature was made with.
struct SignedInfo {
    method: String,
    uri: String,
    digest_method: String,
    digest: Vec<u8>,
}

/// Whether one of these keys signed the content of the document.
#[must_use]
pub fn verify(document: &Document, keys: &[ClientKey]) -> Signature {
    let Some(signature) = &document.signature else {
        return Signature::NoKey;
    };
    let Some(info) = read(&signature.signed_info) else {
        return Signature::Invalid;
    };
    let is_of_content = info.uri.strip_prefix('#') == Some(document.id.as_str())
        && hash(&info.digest_method, document.content.as_bytes()).as_ref() == Some(&info.digest);
    if !is_of_content {
        return Signature::Invalid;
    }
    let algorithm = algorithm(&info.method);
    let value = base64url::encode(&signature.value);
    let mut fitting = keys
        .iter()
        .filter(|key| Some(key.algorithm) == algorithm)
        .peekable();
    if fitting.peek().is_none() {
        return Signature::NoKey;
    }
    let input = signature.signed_info.as_bytes();
    let is_made_by =
        |key: &ClientKey| crate::jose::signature::verify(key.algorithm, &key.key, input, &value);
    if fitting.any(is_made_by) {
        Signature::Valid
    } else {
        Signature::Invalid
    }
}

/// Reads `SignedInfo`, from the octets that are signed.
fn read(signed_info: &str) -> Option<SignedInfo> {
    let tree = roxmltree::Document::parse(signed_info).ok()?;
    let [canonicalization, method, reference] = exactly(
        tree.root_element(),
        ["CanonicalizationMethod", "SignatureMethod", "Reference"],
    )?;
    let [transforms, digest_method, digest_value] =
        exactly(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    let [enveloped, exclusive] = exactly(transforms, ["Transform", "Transform"])?;
    let is_ours =
        is_exclusive(canonicalization) && plain(enveloped)? == ENVELOPED && is_exclusive(exclusive);
    let digest: String = digest_value.text()?.split_ascii_whitespace().collect();
    is_ours.then_some(SignedInfo {
        method: plain(method)?.to_owned(),
        uri: reference.attribute("URI")?.to_owned(),
        digest_method: plain(digest_method)?.to_owned(),
        digest: STANDARD.decode(digest).ok()?,
    })
}

/// The elements in an element, if they are these in this order and no others.
fn exactly<'a, 'i, const N: usize>(
    parent: Node<'a, 'i>,
    names: [&str; N],
) -> Option<[Node<'a, 'i>; N]> {
    let found: Vec<Node<'a, 'i>> = elements(parent).collect();
    let found: [Node<'a, 'i>; N] = found.try_into().ok()?;
    let mut both = found.iter().zip(names);
    both.all(|(it, name)| it.has_tag_name((DSIG, name)))
        .then_some(found)
}

/// The `Algorithm` of an element that says nothing more.
fn plain<'a>(element: Node<'a, '_>) -> Option<&'a str> {
    element
        .attribute("Algorithm")
        .filter(|_| !element.has_children())
}

/// Whether an element asks for exclusive canonicalisation, and says nothing more but a list of prefixes.
fn is_exclusive(element: Node<'_, '_>) -> bool {
    let mut inner = elements(element);
    let is_list = |it: Node<'_, '_>| it.has_tag_name((EXCLUSIVE, "InclusiveNamespaces"));
    element.attribute("Algorithm") == Some(EXCLUSIVE)
        && inner.next().is_none_or(is_list)
        && inner.next().is_none()
}

fn hash(method: &str, octets: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match method {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &SHA512,
        _ => return None,
    };
    Some(digest(algorithm, octets).as_ref().to_vec())
}

/// The algorithm of a signature method. HMAC is none of them: no issuer shares a secret with this server.
fn algorithm(method: &str) -> Option<Algorithm> {
    let name = method.strip_prefix("http://www.w3.org/2001/04/xmldsig-more#")?;
    Some(match name {
        "rsa-sha256" => Algorithm::Rs256,
        "rsa-sha384" => Algorithm::Rs384,
        "rsa-sha512" => Algorithm::Rs512,
        "ecdsa-sha256" => Algorithm::Es256,
        "ecdsa-sha384" => Algorithm::Es384,
        "ecdsa-sha512" => Algorithm::Es512,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = "<d:SignedInfo xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><d:CanonicalizationMethod \
        Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><d:SignatureMethod Algorithm=\"m\"/><d:Reference URI=\"#_1\">\
        <d:Transforms><d:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><d:Transform \
        Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></d:Transforms><d:DigestMethod Algorithm=\"h\"/>\
        <d:DigestValue> AA\nAA </d:DigestValue></d:Reference></d:SignedInfo>";

    #[test]
    fn the_profile_of_saml_is_read() {
        let info = read(INFO).unwrap();
        assert_eq!(
            (info.method, info.uri, info.digest_method, info.digest),
            ("m".into(), "#_1".into(), "h".into(), vec![0, 0, 0])
        );
    }

    #[test]
    fn whatever_else_a_signature_could_say_makes_it_invalid() {
        let reference = INFO.find("<d:Reference").unwrap();
        let end = INFO.find("</d:SignedInfo>").unwrap();
        let twice = INFO.replacen("</d:SignedInfo>", &INFO[reference..end], 1) + "</d:SignedInfo>";
        let xslt = "<d:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></d:Transforms>";
        for odd in [
            twice,
            INFO.replace("</d:Transforms>", xslt),
            INFO.replacen("xml-exc-c14n#", "xml-exc-c14n#WithComments", 1),
            INFO.replace(
                "xml-exc-c14n#\"/></d:T",
                "xml-exc-c14n#WithComments\"/></d:T",
            ),
            INFO.replace("#enveloped-signature", "#base64"),
            INFO.replace(
                "\"m\"/>",
                "\"m\"><d:HMACOutputLength>0</d:HMACOutputLength></d:SignatureMethod>",
            ),
            INFO.replace("<d:DigestValue> AA\nAA </d:DigestValue>", ""),
            INFO.replace(" URI=\"#_1\"", ""),
        ] {
            assert_ne!(odd, INFO);
            assert!(read(&odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn weak_and_symmetric_algorithms_are_unknown() {
        let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
        assert_eq!(algorithm(hmac), None);
        assert_eq!(
            algorithm("http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
            None
        );
        assert_eq!(hash("http://www.w3.org/2000/09/xmldsig#sha1", b""), None);
    }
}
