//! The step `handshake` in words.

use super::InWords;
use super::answer::handshake_point;
use super::page::Page;
use super::texts;
use crate::judge::describe_condition;
use crate::suite::model::{Handshake, HandshakeAnswer, Hello};

/// The step.
pub(super) fn words(step: &Handshake) -> String {
    let Handshake {
        name,
        url,
        hello,
        alpn,
        expect: _,
    } = step;
    let mut words = match hello {
        Some(hello) => format!("a ClientHello made by hand{}", offer(hello)),
        None => "a TLS handshake".to_owned(),
    };
    if !alpn.is_empty() {
        words += &format!(", which offers by ALPN {}", texts(alpn).join(", "));
    }
    if let Some(url) = url {
        words += &format!(", with the server of {}", InWords::of(url));
    }
    if let Some(name) = name {
        words += &format!(", called `{name}`");
    }
    words
}

fn offer(hello: &Hello) -> String {
    let Hello {
        version,
        versions,
        suites,
        compression,
        signatures,
        alpn,
        name,
        extensions,
        octets,
        records,
    } = hello;
    let single = [
        ("version", version),
        ("suites", suites),
        ("compression", compression),
        ("signatures", signatures),
        ("application protocols", alpn),
        ("server name", name),
        ("extensions", extensions),
        ("octets at least", octets),
        ("records", records),
    ];
    let mut words: Vec<String> = single
        .into_iter()
        .filter_map(|(what, text)| Some(format!("{what} {}", InWords::of(text.as_ref()?))))
        .collect();
    if !versions.is_empty() {
        words.push(format!("supported_versions {}", texts(versions).join(", ")));
    }
    if words.is_empty() {
        String::new()
    } else {
        format!(" ({})", words.join("; "))
    }
}

/// What conforms.
pub(super) fn answers(answers: &[HandshakeAnswer], page: &mut Page) {
    for answer in answers {
        handshake_point(answer, &in_words(answer), page);
    }
}

fn in_words(answer: &HandshakeAnswer) -> String {
    let outcomes = texts(&answer.outcome);
    let mut words = vec![if outcomes.is_empty() {
        "any outcome".to_owned()
    } else {
        outcomes.join(" or ")
    }];
    for (name, condition) in &answer.shows {
        words.push(format!(
            "{name} {}",
            describe_condition(condition, &InWords)
        ));
    }
    words.join(", ")
}
