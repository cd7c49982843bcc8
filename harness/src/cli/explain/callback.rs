//! The steps about the callback host in words.

use super::answer::received_point;
use super::page::Page;
use super::{InWords, change, joined};
use crate::judge::describe_condition;
use crate::suite::model::{Publish, PublishedKey, Received, ReceivedAnswer};

/// The step `publish`.
pub(super) fn publish(step: &Publish) -> String {
    let Publish {
        name,
        at,
        with,
        keys,
        certificate,
        body,
        status,
        headers,
        delay,
    } = step;
    let what = match (keys, certificate, body) {
        (Some(keys), _, _) if keys.is_empty() => "an empty JWK set".to_owned(),
        (Some(keys), _, _) => {
            let keys: Vec<String> = keys.iter().map(key).collect();
            format!("a JWK set of {}", joined(&keys, "and"))
        }
        (None, Some(name), _) => format!("a certificate of the key `{name}`"),
        (None, None, Some(body)) => format!("the text {}", change::quoted(body)),
        (None, None, None) => "an empty answer".to_owned(),
    };
    let at = at.as_ref().map_or_else(
        || "at a new URL".to_owned(),
        |at| format!("at {}", InWords::of(at)),
    );
    let mut words = format!("the callback host shows {what} {at}");
    if let Some(with) = with {
        let with = change::quoted(with);
        words += &format!(" to requests that have {with} in them");
    }
    if let Some(status) = status {
        words += &format!(", with status {}", InWords::of(status));
    }
    for (name, value) in headers.iter() {
        words += &format!(", with {}: {}", InWords::of(name), InWords::of(value));
    }
    if let Some(delay) = delay {
        words += &format!(", after {delay}");
    }
    match name {
        Some(name) => format!("{words}, called `{name}`"),
        None => words,
    }
}

fn key(key: &PublishedKey) -> String {
    let name = match key.key.as_str() {
        "self" => "the client's own key".to_owned(),
        name => format!("the key `{name}`"),
    };
    let set = key.members.set.iter();
    let set = set.map(|(name, value)| format!("{} {}", InWords::of(name), change::quoted(value)));
    let removed = key.members.remove.iter();
    let removed = removed.map(|name| format!("without {}", InWords::of(name)));
    let members: Vec<String> = set.chain(removed).collect();
    if members.is_empty() {
        name
    } else {
        format!("{name} ({})", members.join(", "))
    }
}

/// The step `received`.
pub(super) fn received(step: &Received) -> String {
    let Received {
        name,
        at,
        with,
        within,
        expect,
    } = step;
    let mut words = format!("what arrived at {} is looked at", InWords::of(at));
    if let Some(with) = with {
        words += &format!(", as far as it has {} in it", change::quoted(with));
    }
    if let Some(within) = within {
        words += &format!(", for up to {within}");
    }
    if expect.is_empty() {
        words += ": something must have arrived";
    }
    match name {
        Some(name) => format!("{words}, called `{name}`"),
        None => words,
    }
}

/// What conforms.
pub(super) fn answers(answers: &[ReceivedAnswer], page: &mut Page) {
    for answer in answers {
        received_point(answer, &in_words(answer), page);
    }
}

fn in_words(answer: &ReceivedAnswer) -> String {
    let mut words = Vec::new();
    if let Some(bounds) = &answer.count {
        let least = bounds.at_least.as_ref().map(|it| format!("at least {it}"));
        let most = bounds.at_most.as_ref().map(|it| format!("at most {it}"));
        let bounds: Vec<String> = least.into_iter().chain(most).collect();
        words.push(format!("{} requests arrived", bounds.join(" and ")));
    }
    let method = answer.method.iter().map(|it| ("the method".to_owned(), it));
    let fields = answer.header.iter();
    let fields = fields.map(|(name, it)| (format!("the field {name}"), it));
    let members = answer.json.iter();
    let members = members.map(|(name, it)| (format!("the member {name}"), it));
    for (what, condition) in method.chain(fields).chain(members) {
        words.push(format!(
            "{what} {}",
            describe_condition(condition, &InWords)
        ));
    }
    if words.is_empty() {
        "a request arrived".to_owned()
    } else {
        words.join(", ")
    }
}
