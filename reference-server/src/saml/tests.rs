//! Documents as a whole: some that libxmlsec1 1.3.9 signed, and what attackers make of them.

use std::sync::Arc;

use super::SAML;
use super::assertion::SamlAssertion;
use crate::jose::algorithm::Algorithm;
use crate::jose::assertion::Signature;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::jose::public_key::PublicKey;
use crate::registry::ClientKey;

const ES256: &str = include_str!("testdata/es256.xml");
const RS256: &str = include_str!("testdata/rs256.xml");
const RS512: &str = include_str!("testdata/rs512-inclusive.xml");
const EC_KEY: &str = include_str!("testdata/es256.pub.pem");
const RSA_KEY: &str = include_str!("testdata/rsa.pub.pem");

fn issuer(name: &str, algorithm: Algorithm, pem: &str) -> Arc<TrustedIssuer> {
    let key = PublicKey::from_pem(pem).unwrap().key;
    Arc::new(TrustedIssuer {
        issuer: name.to_owned(),
        keys: vec![ClientKey {
            kid: None,
            algorithm,
            key,
            pem: pem.to_owned(),
        }],
        subjects: None,
    })
}

fn read(xml: &str) -> SamlAssertion {
    let idp = issuer("https://idp.example", Algorithm::Es256, EC_KEY);
    SamlAssertion::of_xml(xml.to_owned(), &[idp])
}

fn is_good(read: &SamlAssertion) -> bool {
    read.statement.is_some() && read.issuer.is_some() && read.signature == Signature::Valid
}

#[test]
fn what_another_implementation_signed_is_valid() {
    for (xml, algorithm, pem) in [
        (ES256, Algorithm::Es256, EC_KEY),
        (RS256, Algorithm::Rs256, RSA_KEY),
        (RS512, Algorithm::Rs512, RSA_KEY),
    ] {
        let idp = issuer("https://idp.example", algorithm, pem);
        let read = SamlAssertion::of_xml(xml.to_owned(), &[idp]);
        assert!(is_good(&read), "{algorithm:?}");
        assert_eq!(read.subject(), Some("alice"));
        let changed = xml.replace("alice", "Alice");
        let idp = issuer("https://idp.example", algorithm, pem);
        let read = SamlAssertion::of_xml(changed, &[idp]);
        assert_eq!(read.signature, Signature::Invalid, "{algorithm:?}");
    }
}

#[test]
fn another_spelling_of_the_same_document_is_valid() {
    for same in [
        ES256
            .replace("ID=\"_1\" IssueInstant", "IssueInstant")
            .replace(" Version=", " ID='_1'  Version="),
        ES256.replace("<NameID>alice<", "<NameID>al<![CDATA[ice]]><"),
        ES256.replace("<NameID>alice<", "<NameID>&#97;lice<"),
        format!("<?xml version=\"1.0\"?>\n<!-- x -->{ES256}\n"),
    ] {
        assert_ne!(same, ES256);
        let read = read(&same);
        assert!(is_good(&read), "{same}");
        assert_eq!(read.subject(), Some("alice"), "{same}");
    }
}

#[test]
fn comment_in_a_name_neither_ends_nor_begins_it() {
    for text in ["alice<!-- x -->", "<!-- x -->alice", "a<!---->lice"] {
        let read = read(&ES256.replace("alice", text));
        assert!(is_good(&read), "{text}");
        assert_eq!(read.subject(), Some("alice"), "{text}");
    }
    // Canonicalisation keeps a processing instruction: it is no longer what was signed.
    assert!(!is_good(&read(&ES256.replace("alice", "ali<?x y?>ce"))));
}

#[test]
fn only_a_key_of_the_issuer_for_its_algorithm_will_do() {
    let other = issuer("https://other.example", Algorithm::Es256, EC_KEY);
    let read = SamlAssertion::of_xml(ES256.to_owned(), &[other]);
    assert!(read.issuer.is_none() && read.signature == Signature::NoKey);
    let idp = issuer("https://idp.example", Algorithm::Rs256, RSA_KEY);
    let own = SamlAssertion::of_xml(ES256.to_owned(), std::slice::from_ref(&idp));
    assert_eq!(own.signature, Signature::NoKey);
    // The key is pinned to RS256, and this was signed by RS512.
    let own = SamlAssertion::of_xml(RS512.to_owned(), &[idp]);
    assert_eq!(own.signature, Signature::NoKey);
}

/// The signed assertion apart: all of it, its signature, and the rest with a space in place of the signature.
fn parts() -> (String, String, String) {
    let from = ES256.find("<ds:Signature ").unwrap();
    let end = "</ds:Signature>";
    let to = ES256.find(end).unwrap() + end.len();
    let signature = ES256[from..to].to_owned();
    (
        ES256.to_owned(),
        signature.clone(),
        ES256.replace(&signature, ""),
    )
}

#[test]
fn wrapped_signatures_give_nothing_to_read() {
    let (signed, signature, bare) = parts();
    let forged = bare.replace("alice", "mallory").replace("_1", "_2");
    let with =
        |forged: &str, inner: &str| forged.replace("</Issuer>", &format!("</Issuer>{inner}"));
    let object = |inner: &str| {
        let object = format!("<ds:Object>{inner}</ds:Object></ds:Signature>");
        signature.replace("</ds:Signature>", &object)
    };
    let advice = |inner: &str| format!("<Advice>{inner}</Advice></Assertion>");
    let extensions = format!(
        "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\"><p:Extensions>{signed}</p:Extensions>{forged}</p:Response>"
    );
    for (layout, xml) in [
        (
            "in advice",
            forged.replace("</Assertion>", &advice(&signed)),
        ),
        (
            "in advice, one ID",
            forged
                .replace("_2", "_1")
                .replace("</Assertion>", &advice(&signed)),
        ),
        (
            "in the object of its signature",
            with(&forged, &object(&bare)),
        ),
        (
            "signature outside, bare inside",
            with(&forged, &signature).replace("</Assertion>", &advice(&bare)),
        ),
        ("a list, forged first", format!("<l>{forged}{signed}</l>")),
        ("a list, signed first", format!("<l>{signed}{forged}</l>")),
        ("extensions", extensions),
        (
            "a signature within a signature",
            with(&forged, &object(&signed)),
        ),
        (
            "another element of the ID",
            with(&forged, &format!("{signature}<Advice ID=\"_1\"/>")),
        ),
    ] {
        let read = read(&xml);
        assert!(!is_good(&read), "{layout}");
        assert_ne!(
            (read.subject(), read.signature),
            (Some("mallory"), Signature::Valid),
            "{layout}"
        );
    }
    // An unsigned one with the signature of the other.
    assert!(!is_good(&read(&with(&forged, &signature))));
    assert!(!is_good(&read(&with(
        &forged.replace("_2", "_1"),
        &signature
    ))));
}

#[test]
fn document_types_are_refused_before_anything_is_looked_up() {
    for dtd in [
        "<!DOCTYPE Assertion>",
        "<!DOCTYPE Assertion SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE Assertion [<!ENTITY a \"alice\">]>",
        "<!DOCTYPE Assertion [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE Assertion [<!ENTITY % a SYSTEM \"http://127.0.0.1:9/\"> %a;]>",
    ] {
        for body in [ES256.to_owned(), ES256.replace(">alice<", ">&a;<")] {
            assert_eq!(read(&format!("{dtd}{body}")).statement, None, "{dtd}");
        }
    }
    assert_eq!(read(&ES256.replace(">alice<", ">&a;<")).statement, None);
}

#[test]
fn deep_and_long_documents_end() {
    let deep = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
    let deep =
        format!("<a:Assertion xmlns:a=\"{SAML}\" ID=\"_1\" Version=\"2.0\">{deep}</a:Assertion>");
    assert!(!is_good(&read(&deep)));
    assert!(!is_good(&read(&"<".repeat(60_000))));
}
