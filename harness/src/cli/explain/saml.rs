//! A change of a SAML assertion in words.

use super::change::{named, quoted};
use super::{joined, texts};
use crate::suite::change::Signer;
use crate::suite::ordered::Pairs;
use crate::suite::saml::{SamlChange, SamlEdit, SamlKeyInfo, SamlReference};
use crate::suite::text::Text;

/// What is done to the assertion that a parameter holds.
pub(super) fn words(of: &str, change: &SamlChange, words: &mut Vec<String>) {
    let SamlChange {
        set,
        remove,
        xml,
        sign_with,
        reference,
        transform,
        key_info,
        forge,
        document,
        text,
    } = change;
    edit_words(of, (set, remove, xml), words);
    words.extend(sign_with.map(|signer| format!("the {of} {}", signed(signer))));
    words.extend(reference.and_then(|reference| match reference {
        SamlReference::Assertion => None,
        SamlReference::Nothing => Some(format!("the signature of the {of} covers nothing")),
        SamlReference::Object => Some(format!(
            "the signature of the {of} covers an object of its own only"
        )),
    }));
    words.extend(transform.as_ref().map(|it| {
        let it = quoted(it);
        format!("the signature of the {of} has the further transform {it}")
    }));
    words.extend(key_info.map(|info| match info {
        SamlKeyInfo::Certificate => format!("the {of} shows the issuer's certificate"),
        SamlKeyInfo::Nothing => format!("the signature of the {of} says nothing about its key"),
        SamlKeyInfo::Signer => format!("the {of} shows the key that signed it"),
    }));
    if let Some(SamlEdit { set, remove, xml }) = forge {
        edit_words("forged assertion", (set, remove, xml), words);
    }
    let wholes = [("document", document), ("value", text)];
    for (part, whole) in wholes {
        let whole = whole.as_ref().map(quoted);
        words.extend(whole.map(|it| format!("the {part} of the {of} is {it}")));
    }
}

fn edit_words(of: &str, (set, remove, xml): (&Pairs, &[Text], &Pairs), words: &mut Vec<String>) {
    for (name, value) in set.iter() {
        words.push(format!("{} of the {of} is {}", named(name), quoted(value)));
    }
    if !remove.is_empty() {
        words.push(format!(
            "the {of} without {}",
            joined(&texts(remove), "and")
        ));
    }
    for (name, value) in xml.iter() {
        let (name, value) = (named(name), quoted(value));
        words.push(format!("instead of {name} the {of} has {value}"));
    }
}

fn signed(signer: Signer) -> &'static str {
    match signer {
        Signer::Client => "is signed with the client's own key",
        Signer::Fresh => "is signed with a new key",
        Signer::Kept => "keeps the signature of the unchanged one",
        Signer::Nothing => "has no signature",
        Signer::Other => "is signed with the key of another issuer",
        Signer::Own => "is signed with its own key",
        Signer::PublicKey => "has an HMAC keyed with the public key",
    }
}
