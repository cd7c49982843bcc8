//! Answers in words, for the "expected" of a report.

use super::{RenderText, is_true};
use crate::suite::answer::{Accepted, Answer, BodyCondition, Condition, ScopeCondition, Silence};
use crate::suite::text::{Several, Text};
use crate::suite::wire::Then;

/// An answer in a few words.
#[must_use]
pub fn describe_answer(answer: &Answer, scope: &dyn RenderText) -> String {
    let mut parts = Vec::new();
    if let Some(codes) = &answer.refused {
        parts.push(describe_refusal(codes));
    }
    if let Some(accepted) = &answer.accepted {
        parts.push(describe_accepted(accepted, scope));
    }
    if let Some(codes) = &answer.status {
        parts.push(format!("status {} and no token", list(codes, "or")));
    }
    if let Some(errors) = &answer.error {
        parts.push(format!("error {}", list(errors, "or")));
    }
    if let Some(name) = &answer.like {
        parts.push(format!("the same answer as `{name}`"));
    }
    if let Some(name) = &answer.agrees {
        parts.push(format!("the same members as `{name}`"));
    }
    for (name, condition) in &answer.header {
        parts.push(format!(
            "header {name} {}",
            describe_condition(condition, scope)
        ));
    }
    for (name, condition) in &answer.json {
        parts.push(format!(
            "member {} {}",
            shown(&Text::new(name.clone()), scope),
            describe_condition(condition, scope)
        ));
    }
    parts.extend(answer.body.as_ref().map(describe_body));
    if let Some(ways) = &answer.framing {
        parts.push(format!("framed by {}", list(ways, "or")));
    }
    parts.extend(answer.then.as_ref().map(|then| describe_then(then, scope)));
    for silence in &answer.silence {
        parts.push(
            match silence {
                Silence::Closed => "the connection closed",
                Silence::Cut => "an answer that breaks off",
                Silence::Late => "no answer in time",
                Silence::Malformed => "an answer that is no HTTP",
                Silence::TlsAlert => "a TLS alert",
                Silence::HandshakeRefused => "the handshake refused",
                Silence::NotEarly => "no early data taken",
                Silence::StreamReset => "the HTTP/2 stream reset",
                Silence::Goaway => "GOAWAY",
                Silence::Unfinished => "nothing before the handshake is complete",
            }
            .to_owned(),
        );
    }
    if parts.is_empty() {
        "any answer".to_owned()
    } else {
        parts.join("; ")
    }
}

fn describe_then(then: &Then, scope: &dyn RenderText) -> String {
    let mut words = Vec::new();
    if then.heard.is_some() {
        words.push("before the body is sent".to_owned());
    }
    match then.answers.as_deref() {
        Some([]) => words.push("no further answer".to_owned()),
        Some(answers) => {
            let answers: Vec<String> = answers
                .iter()
                .map(|answer| describe_answer(answer, scope))
                .collect();
            let fewer = then.fewer.as_ref().map_or("", |_| ", or fewer and the end");
            words.push(format!("then {}{fewer}", answers.join(", then ")));
        }
        None => {}
    }
    if let Some(switch) = &then.announced {
        let announced = if is_true(switch) {
            "announced"
        } else {
            "not announced"
        };
        words.push(format!("its end {announced} by close_notify"));
    }
    if let Some(switch) = &then.ended {
        let ended = if is_true(switch) {
            "ended"
        } else {
            "left open"
        };
        words.push(format!("the connection {ended}"));
    }
    words.join(", ")
}

fn describe_body(body: &BodyCondition) -> String {
    let mut words = Vec::new();
    if body.json_object.is_some() {
        words.push("exactly one JSON object".to_owned());
    }
    if body.unique_members.is_some() || body.unique.is_some() {
        words.push("no repeated member".to_owned());
    }
    if body.utf8.is_some() {
        words.push("UTF-8".to_owned());
    }
    if body.lacks.is_some() {
        words.push("nothing of the request in it".to_owned());
    }
    if let Some(bound) = &body.at_most {
        words.push(format!("at most {bound} octets"));
    }
    if let Some(text) = &body.contains {
        words.push(format!("`{text}` in it"));
    }
    format!("a body with {}", words.join(", "))
}

fn describe_refusal(codes: &Several<Text>) -> String {
    let words: Vec<String> = codes
        .iter()
        .map(|code| match code.as_str() {
            "any" => "any OAuth error with 400 (or 401 for invalid_client)".to_owned(),
            "bare" => "400 without an OAuth error".to_owned(),
            "invalid_client" => {
                "401 (400 without an Authorization header) invalid_client".to_owned()
            }
            code => format!("400 {code}"),
        })
        .collect();
    words.join(" or ")
}

fn describe_accepted(accepted: &Accepted, scope: &dyn RenderText) -> String {
    let mut words = vec!["2xx with a token".to_owned()];
    for (label, condition) in [
        ("scope", &accepted.scope),
        ("real scope", &accepted.real_scope),
    ] {
        if let Some(condition) = condition {
            words.push(format!("{label} {}", describe_scope(condition, scope)));
        }
    }
    if let Some(manager) = &accepted.issued_by {
        words.push(format!("issued by `{}`", shown(manager, scope)));
    }
    if let Some(client) = &accepted.of_client {
        words.push(format!("issued to `{}`", shown(client, scope)));
    }
    for (name, condition) in &accepted.claims {
        words.push(format!(
            "claim {name} {}",
            describe_condition(condition, scope)
        ));
    }
    words.extend(accepted.has.iter().map(|name| format!("with `{name}`")));
    words.extend(
        accepted
            .lacks
            .iter()
            .map(|name| format!("without `{name}`")),
    );
    words.join(", ")
}

/// A condition on a scope in a few words.
#[must_use]
pub fn describe_scope(condition: &ScopeCondition, scope: &dyn RenderText) -> String {
    let members = [
        ("equal to", &condition.equals),
        ("within", &condition.within),
        ("with", &condition.contains),
        ("without", &condition.lacks),
    ];
    phrases(&members, scope)
}

/// A condition in a few words.
#[must_use]
pub fn describe_condition(condition: &Condition, scope: &dyn RenderText) -> String {
    let mut words = Vec::new();
    if let Some(types) = &condition.json_type {
        let names: Vec<String> = types
            .iter()
            .map(|json_type| format!("{json_type:?}").to_lowercase())
            .collect();
        words.push(format!("of type {}", names.join(" or ")));
    }
    if let Some(choices) = &condition.one_of {
        let choices: Vec<String> = choices.iter().map(|choice| shown(choice, scope)).collect();
        words.push(format!("one of {}", choices.join(", ")));
    }
    let presence = [
        ("absent", &condition.absent),
        ("present", &condition.present),
        ("perhaps absent", &condition.optional),
    ];
    words.extend(switches(&presence));
    if let Some(each) = &condition.each {
        words.push(format!("with elements {}", describe_condition(each, scope)));
    }
    for (name, member) in &condition.members {
        words.push(format!(
            "with a member {name} {}",
            describe_condition(member, scope)
        ));
    }
    let kinds = [
        ("with no element twice", &condition.distinct),
        ("a public JWK", &condition.public_jwk),
        ("a list of challenges by the grammar", &condition.challenges),
    ];
    words.extend(switches(&kinds));
    if let Some(lines) = &condition.lines {
        words.push(format!("{lines} of them"));
    }
    let members = [
        ("with elements of a number of at least", &condition.count),
        ("equal to", &condition.equals),
        ("different from", &condition.differs),
        ("matching", &condition.matches),
        ("not matching", &condition.not_matches),
        ("containing", &condition.contains),
        ("not containing", &condition.lacks),
        ("with the element", &condition.token),
        ("of at least", &condition.at_least),
        ("of at most", &condition.at_most),
        ("with a challenge for", &condition.challenge),
        ("of characters in", &condition.charset),
    ];
    let rest = phrases(&members, scope);
    if !rest.is_empty() {
        words.push(rest);
    }
    words.join(", ")
}

fn switches(members: &[(&str, &Option<Text>)]) -> Vec<String> {
    let on = members.iter().filter(|(_, text)| text.is_some());
    on.map(|(label, _)| (*label).to_owned()).collect()
}

fn phrases(members: &[(&str, &Option<Text>)], scope: &dyn RenderText) -> String {
    let words: Vec<String> = members
        .iter()
        .filter_map(|(label, text)| {
            text.as_ref()
                .map(|text| format!("{label} `{}`", shown(text, scope)))
        })
        .collect();
    words.join(", ")
}

/// The rendered text; a secret, or what can't be rendered, as it was written.
fn shown(text: &Text, scope: &dyn RenderText) -> String {
    match scope.render(text) {
        Ok(rendered) if rendered.secret.is_none() => rendered.text(),
        Ok(_) | Err(_) => text.value.clone(),
    }
}

fn list(items: &Several<Text>, word: &str) -> String {
    let items: Vec<&str> = items.iter().map(Text::as_str).collect();
    items.join(&format!(" {word} "))
}
