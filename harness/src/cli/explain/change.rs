//! A change of a request in words.

use std::collections::BTreeMap;

use super::certificate::certificate_words;
use super::{InWords, joined, texts};
use crate::suite::change::{
    AssertionChange, Authenticate, Change, Embedded, FramingChange, Headers, Members, Reorder,
    Signer, Spelling, Who,
};
use crate::suite::ordered::Pairs;
use crate::suite::text::Text;

/// What a change does, in the order in which it does it.
pub(super) fn words(change: &Change) -> String {
    let Change {
        authenticate,
        certificate: _,
        assertion: _,
        jwt: _,
        saml: _,
        set,
        remove,
        prepend,
        append,
        before,
        after,
        rename,
        spell,
        reorder,
        to_query,
        query,
        body,
        method,
        path,
        url,
        content_type,
        headers,
        basic,
        authorization,
        framing,
        wire,
    } = change;
    let said = |it: &Option<Text>, before: &str, after: &str| {
        it.as_ref()
            .map(|it| format!("{before} {}{after}", quoted(it)))
    };
    let mut words: Vec<String> = authenticate.iter().map(authenticate_words).collect();
    tokens_made_anew(change, &mut words);
    words.extend(set.iter().map(|(name, value)| assigned(name, value)));
    words.extend(without(remove));
    words.extend(prepend.iter().map(|it| placed(it, "in front")));
    words.extend(append.iter().map(|it| placed(it, "at the end")));
    words.extend(beside("before", before));
    words.extend(beside("after", after));
    words.extend(spelt_otherwise(rename, spell));
    words.extend(reorder.map(|Reorder::Reverse| "its parameters in reverse order".to_owned()));
    words.extend(moved(to_query));
    words.extend(said(query, "the query", " is added"));
    words.extend(said(body, "the body is", ""));
    words.extend(said(method, "the method is", ""));
    words.extend(said(path, "the path is", ""));
    words.extend(said(url, "sent to", ""));
    words.extend(content_type.as_ref().map(content_type_words));
    headers.iter().for_each(|it| headers_words(it, &mut words));
    words.extend(said(basic, "Authorization: Basic with", " in base64"));
    words.extend(said(authorization, "Authorization is", ""));
    framing.iter().for_each(|it| framing_words(it, &mut words));
    wire.iter()
        .for_each(|it| super::wire::words(it, &mut words));
    if words.is_empty() {
        "nothing changes".to_owned()
    } else {
        words.join("; ")
    }
}

/// Names and values in another spelling.
fn spelt_otherwise(
    rename: &BTreeMap<String, Text>,
    spell: &BTreeMap<String, Spelling>,
) -> Vec<String> {
    let renamed = rename.iter().map(renamed);
    let spelt = spell
        .iter()
        .map(|(name, spelling)| spelling_words(name, spelling));
    renamed.chain(spelt).collect()
}

fn assigned(name: &Text, value: &Text) -> String {
    format!("{} is {}", named(name), quoted(value))
}

fn placed(pairs: &Pairs, place: &str) -> String {
    format!("{} {place}", listed(pairs))
}

fn renamed((old, new): (&String, &Text)) -> String {
    format!("{} is called {}", InWords::of_str(old), quoted(new))
}

/// Pairs right before or after a parameter.
fn beside(side: &str, lists: &BTreeMap<String, Vec<Pairs>>) -> Vec<String> {
    let each = lists
        .iter()
        .flat_map(|(name, lists)| lists.iter().map(move |pairs| (name, pairs)));
    each.map(|(name, pairs)| format!("{} right {side} {}", listed(pairs), InWords::of_str(name)))
        .collect()
}

fn content_type_words(content_type: &Text) -> String {
    match content_type.as_str() {
        "none" => "no Content-Type".to_owned(),
        _ => format!("the Content-Type is {}", quoted(content_type)),
    }
}

/// A parameter's name: plain ones as they are.
pub(super) fn named(name: &Text) -> String {
    let words = InWords::of(name);
    if words
        .bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
    {
        words
    } else {
        format!("`{words}`")
    }
}

/// A value: one that is nothing but an expression needs no quotes.
pub(super) fn quoted(value: &Text) -> String {
    let words = InWords::of(value);
    let alone = words.starts_with('‹') && words.ends_with('›') && words.matches('‹').count() == 1;
    if words.is_empty() {
        "empty".to_owned()
    } else if alone {
        words
    } else {
        format!("`{words}`")
    }
}

fn listed(pairs: &Pairs) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", named(name), quoted(value)))
        .collect();
    joined(&pairs, "and")
}

fn without(names: &[Text]) -> Option<String> {
    (!names.is_empty()).then(|| format!("without {}", joined(&texts(names), "and")))
}

fn moved(names: &[Text]) -> Option<String> {
    let whole = names.iter().any(|name| name.as_str() == "all");
    match names {
        [] => None,
        _ if whole => Some("every parameter in the query instead of the body".to_owned()),
        some => Some(format!(
            "{} in the query instead of the body",
            joined(&texts(some), "and")
        )),
    }
}

fn authenticate_words(change: &Authenticate) -> String {
    let Authenticate {
        client,
        by,
        id,
        secret,
    } = change;
    let mut words = match by.as_ref().map(Text::as_str) {
        Some("nothing") => "no client authentication and no client_id".to_owned(),
        Some("none") => "client_id alone instead of the credentials".to_owned(),
        Some(_) | None => match by {
            Some(by) => format!("authenticated by {}", InWords::of(by)),
            None => "authenticated as usual".to_owned(),
        },
    };
    if *client == Some(Who::Other) {
        words += ", as the other client";
    }
    if let Some(id) = id {
        words += &format!(", with the client_id {}", quoted(id));
    }
    if let Some(secret) = secret {
        words += &format!(", with the secret {}", quoted(secret));
    }
    words
}

fn tokens_made_anew(change: &Change, words: &mut Vec<String>) {
    words.extend(change.certificate.as_ref().map(certificate_words));
    if let Some(assertion) = &change.assertion {
        assertion_words("client assertion", assertion, words);
    }
    for (name, change) in &change.jwt {
        assertion_words(name, change, words);
    }
    for (name, change) in &change.saml {
        super::saml::words(name, change, words);
    }
}

fn assertion_words(of: &str, change: &AssertionChange, words: &mut Vec<String>) {
    let AssertionChange {
        header,
        claims,
        embed,
        published,
        header_text,
        claims_text,
        header_segment,
        claims_segment,
        sign_with,
        hmac_key,
        algorithm,
        text,
    } = change;
    members(&format!("header of the {of}"), header, words);
    members(of, claims, words);
    let wholes = [
        ("text of the header", header_text),
        ("text of the claims", claims_text),
        ("first segment", header_segment),
        ("second segment", claims_segment),
        ("key of the HMAC", hmac_key),
        ("algorithm of the signature", algorithm),
    ];
    for (part, whole) in wholes {
        words.extend(
            whole
                .as_ref()
                .map(|it| format!("the {part} of the {of} is {}", quoted(it))),
        );
    }
    words.extend(embed.map(|embedded| format!("the {of} {}", embedded_words(embedded))));
    words.extend(
        published
            .as_ref()
            .map(|name| format!("the {of} is signed with the key `{name}`, which its kid names")),
    );
    let signed = sign_with.map(|signer| match signer {
        Signer::Client => "is signed with the client's own key",
        Signer::Fresh => "is signed with a new key",
        Signer::Kept => "keeps the signature of the unchanged one",
        Signer::Nothing => "has an empty signature",
        Signer::Other => "is signed with the other client's key",
        Signer::Own => "is signed with its own key",
        Signer::PublicKey => "is an HMAC keyed with the public key",
    });
    words.extend(signed.map(|signed| format!("the {of} {signed}")));
    words.extend(
        text.as_ref()
            .map(|it| format!("the {of} is {}", quoted(it))),
    );
}

const fn embedded_words(embedded: Embedded) -> &'static str {
    match embedded {
        Embedded::Jwk => "has the public half of the signing key in its header",
        Embedded::JwkWithKid => "has the public half of the signing key in its header, kid within",
        Embedded::X5c => "has a certificate of the signing key in its header",
        Embedded::X5cBeforeOwn => {
            "has a certificate of the signing key in its header, and one of its own key behind it"
        }
        Embedded::X5tOfOwn => "has the hashes of a certificate of its own key in its header",
    }
}

fn members(of: &str, change: &Members, words: &mut Vec<String>) {
    let Members { set, remove } = change;
    for (name, value) in set.iter() {
        words.push(format!("{} of the {of} is {}", named(name), quoted(value)));
    }
    if !remove.is_empty() {
        words.push(format!(
            "the {of} is without {}",
            joined(&texts(remove), "and")
        ));
    }
}

fn spelling_words(name: &str, spelling: &Spelling) -> String {
    let Spelling { name: new, value } = spelling;
    let name = InWords::of_str(name);
    match (new, value) {
        (Some(new), Some(value)) => format!("{name} is spelled {}={}", quoted(new), quoted(value)),
        (Some(new), None) => format!("the name {name} is spelled {}", quoted(new)),
        (None, Some(value)) => format!("the value of {name} is spelled {}", quoted(value)),
        (None, None) => format!("{name} as it is"),
    }
}

fn headers_words(change: &Headers, words: &mut Vec<String>) {
    let Headers {
        set,
        add,
        remove,
        raw,
    } = change;
    for (name, value) in set.iter() {
        words.push(format!("the header field {name} is {}", quoted(value)));
    }
    for (name, value) in add.iter().flat_map(Pairs::iter) {
        words.push(format!("a further header field {name}: {}", quoted(value)));
    }
    if !remove.is_empty() {
        words.push(format!("no header field {}", joined(&texts(remove), "or")));
    }
    for line in raw {
        words.push(format!("the header line {}", quoted(line)));
    }
}

fn framing_words(change: &FramingChange, words: &mut Vec<String>) {
    let FramingChange {
        content_length,
        chunked,
    } = change;
    words.extend(content_length.as_ref().map(|it| match it.as_str() {
        "none" => "no Content-Length".to_owned(),
        _ => format!("Content-Length claims {}", quoted(it)),
    }));
    words.extend(
        chunked
            .as_ref()
            .map(|_| "the body goes in chunks".to_owned()),
    );
}
