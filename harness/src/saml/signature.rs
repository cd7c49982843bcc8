//! Enveloped signatures (XML Signature section 3.1, SAML Core section 5.4), written in canonical form.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::DSIG;
use super::element::{Element, Node, canonical};
use crate::jose::{Algorithm, KeyType, MintError, SigningKey, sign_octets};
use crate::suite::saml::SamlReference;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// The `Id` of the object that a signature refers to instead of the assertion.
const OBJECT: &str = "object";

/// How an assertion is signed.
#[derive(Clone, Debug)]
pub struct Signing<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// What the signature covers.
    pub reference: SamlReference,
    /// XML behind the two transforms.
    pub transform: String,
    /// What is in `KeyInfo`; empty: there is none.
    pub key_info: String,
}

/// The `Signature` element for an assertion, given its `ID` and its XML, comments and all.
///
/// # Errors
/// Why the key can't sign.
pub fn signature(id: &str, xml: &str, signing: &Signing<'_>) -> Result<String, MintError> {
    let (algorithm, method) = method(signing.key)?;
    let mut info = Element::new("ds:SignedInfo")
        .with("xmlns:ds", DSIG)
        .holding(algorithm_element("ds:CanonicalizationMethod", EXCLUSIVE))
        .holding(algorithm_element("ds:SignatureMethod", method));
    let object = format!("<ds:Object Id=\"{OBJECT}\">nothing</ds:Object>");
    match signing.reference {
        SamlReference::Assertion => {
            let transforms = transforms(&[ENVELOPED, EXCLUSIVE], &signing.transform);
            info = info.holding(reference(id, transforms, &canonical(xml)));
        }
        SamlReference::Nothing => {}
        SamlReference::Object => {
            let covered = object.replace("<ds:Object", &format!("<ds:Object xmlns:ds=\"{DSIG}\""));
            let transforms = transforms(&[EXCLUSIVE], &signing.transform);
            info = info.holding(reference(OBJECT, transforms, &covered));
        }
    }
    let octets = sign_octets(info.to_xml().as_bytes(), signing.key, algorithm)?;
    // In the Signature element the namespace is declared there.
    info.attributes.clear();
    let mut signature = Element::new("ds:Signature")
        .with("xmlns:ds", DSIG)
        .holding(info)
        .holding(Element::new("ds:SignatureValue").saying(BASE64_STANDARD.encode(octets)));
    if !signing.key_info.is_empty() {
        let mut key_info = Element::new("ds:KeyInfo");
        key_info.children.push(Node::Raw(signing.key_info.clone()));
        signature = signature.holding(key_info);
    }
    if signing.reference == SamlReference::Object {
        signature.children.push(Node::Raw(object));
    }
    Ok(signature.to_xml())
}

/// `KeyInfo` with a certificate (DER).
#[must_use]
pub fn certificate(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    format!("<ds:X509Data><ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data>")
}

/// `KeyInfo` with the public half of a key. `None`: it has none that XML Signature can write.
#[must_use]
pub fn key_value(key: &SigningKey) -> Option<String> {
    let jwk = key.public_jwk()?;
    let octets = |name: &str| {
        let text = jwk.get(name)?.as_str()?;
        let engine = base64::prelude::BASE64_URL_SAFE_NO_PAD;
        engine.decode(text).ok()
    };
    let inner = match key.key_type() {
        KeyType::Rsa => format!(
            "<ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}</ds:Exponent></ds:RSAKeyValue>",
            BASE64_STANDARD.encode(octets("n")?),
            BASE64_STANDARD.encode(octets("e")?)
        ),
        KeyType::P256 => format!(
            "<dsig11:ECKeyValue xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\">\
             <dsig11:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"></dsig11:NamedCurve>\
             <dsig11:PublicKey>{}</dsig11:PublicKey></dsig11:ECKeyValue>",
            BASE64_STANDARD.encode([vec![4], octets("x")?, octets("y")?].concat())
        ),
        KeyType::Ed25519 | KeyType::Octets | KeyType::P384 | KeyType::P521 => return None,
    };
    Some(format!("<ds:KeyValue>{inner}</ds:KeyValue>"))
}

/// The algorithm of a key, and its name (RFC 6931 section 2).
fn method(key: &SigningKey) -> Result<(Algorithm, &'static str), MintError> {
    match key.key_type() {
        KeyType::Rsa => Ok((
            Algorithm::Rs256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        )),
        KeyType::P256 => Ok((
            Algorithm::Es256,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        )),
        KeyType::Octets => Ok((
            Algorithm::Hs256,
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        )),
        KeyType::Ed25519 | KeyType::P384 | KeyType::P521 => {
            Err(MintError::Refused(key.key_type().usual_algorithm()))
        }
    }
}

fn algorithm_element(name: &str, algorithm: &str) -> Element {
    Element::new(name).with("Algorithm", algorithm)
}

fn transforms(algorithms: &[&str], further: &str) -> Element {
    let mut transforms = Element::new("ds:Transforms");
    for algorithm in algorithms {
        transforms = transforms.holding(algorithm_element("ds:Transform", algorithm));
    }
    if !further.is_empty() {
        transforms.children.push(Node::Raw(further.to_owned()));
    }
    transforms
}

fn reference(id: &str, transforms: Element, covered: &str) -> Element {
    let value = BASE64_STANDARD.encode(digest(&SHA256, covered.as_bytes()));
    Element::new("ds:Reference")
        .with("URI", format!("#{id}"))
        .holding(transforms)
        .holding(algorithm_element("ds:DigestMethod", SHA_256))
        .holding(Element::new("ds:DigestValue").saying(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_signs_and_a_signature_can_be_read_again() {
        for algorithm in [Algorithm::Es256, Algorithm::Hs256] {
            let key = SigningKey::generate(algorithm).unwrap();
            for reference in [
                SamlReference::Assertion,
                SamlReference::Nothing,
                SamlReference::Object,
            ] {
                let signing = Signing {
                    key: &key,
                    reference,
                    transform: String::new(),
                    key_info: key_value(&key).unwrap_or_default(),
                };
                let xml = signature("_1", "<a ID=\"_1\">x</a>", &signing).unwrap();
                assert!(Element::parse(&xml).is_some(), "{xml}");
            }
        }
        assert!(method(&SigningKey::generate(Algorithm::EdDsa).unwrap()).is_err());
    }

    #[test]
    fn digest_leaves_comments_out() {
        let key = SigningKey::from_octets(b"secret");
        let signing = Signing {
            key: &key,
            reference: SamlReference::Assertion,
            transform: String::new(),
            key_info: String::new(),
        };
        let plain = signature("_1", "<a>xy</a>", &signing).unwrap();
        assert_eq!(
            signature("_1", "<a>x<!-- z -->y</a>", &signing).unwrap(),
            plain
        );
        assert_ne!(signature("_1", "<a>xz</a>", &signing).unwrap(), plain);
    }
}
