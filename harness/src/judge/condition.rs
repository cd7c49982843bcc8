//! Conditions on single values and on scope sets.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;

use super::RenderText;
use crate::suite::answer::{Condition, JsonType, ScopeCondition};
use crate::suite::text::Text;
use crate::template::RenderProblem;
use crate::wire::json::Json;

/// A value to be held against a condition.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A JSON value.
    Json(&'a Json),
    /// A text, such as a header field's value.
    Text(&'a str),
}

impl Value<'_> {
    /// As text: a string's characters, a number's digits, other JSON in its own notation.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Json(json) => json_text(json),
        }
    }

    /// Whether a text holds this part, or a list this element.
    fn contains(&self, part: &str) -> bool {
        match self {
            Self::Json(Json::Array(items)) => items.iter().any(|item| json_text(item) == part),
            Self::Json(_) | Self::Text(_) => self.text().contains(part),
        }
    }

    fn has_type(&self, wanted: JsonType) -> bool {
        match self {
            Self::Text(_) => wanted == JsonType::String,
            Self::Json(json) => json_has_type(json, wanted),
        }
    }
}

/// A JSON value as text.
#[must_use]
pub fn json_text(json: &Json) -> String {
    match json {
        Json::String(text) | Json::Number(text) => text.clone(),
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Array(items) => items.iter().map(json_text).collect::<Vec<_>>().join(" "),
        Json::Object(_) => "{…}".to_owned(),
    }
}

fn json_has_type(json: &Json, wanted: JsonType) -> bool {
    match json {
        Json::Array(_) => wanted == JsonType::Array,
        Json::Bool(_) => wanted == JsonType::Boolean,
        Json::Null => wanted == JsonType::Null,
        Json::Object(_) => wanted == JsonType::Object,
        Json::String(_) => wanted == JsonType::String,
        Json::Number(text) => match wanted {
            JsonType::Number => true,
            JsonType::Integer => text
                .strip_prefix('-')
                .unwrap_or(text)
                .bytes()
                .all(|octet| octet.is_ascii_digit()),
            JsonType::Array
            | JsonType::Boolean
            | JsonType::Null
            | JsonType::Object
            | JsonType::String => false,
        },
    }
}

/// Whether the condition holds for values of which there may be none or several (header lines). A positive
/// member holds if one value meets it, a negative one if all do.
///
/// # Errors
/// A template that can't be rendered.
pub fn holds(
    condition: &Condition,
    values: &[Value<'_>],
    scope: &dyn RenderText,
) -> Result<bool, RenderProblem> {
    if condition.absent.as_ref().is_some_and(is_true) {
        return Ok(values.is_empty());
    }
    if values.is_empty() {
        return Ok(condition.optional.as_ref().is_some_and(is_true));
    }
    let mut all = json_holds(condition, values, scope)?;
    if let Some(lines) = &condition.lines {
        all &= lines.as_str().parse() == Ok(values.len());
    }
    if let Some(switch) = &condition.challenges {
        let sound = |value: &Value<'_>| super::challenge::is_sound(&value.text());
        all &= is_true(switch) == values.iter().all(sound);
    }
    for test in tests(condition, scope)? {
        all &= match test {
            Test::Some(test) => values.iter().any(&test),
            Test::Every(test) => values.iter().all(&test),
        };
    }
    Ok(all)
}

/// Whether no two elements are equal (`true`), or no two objects in the member of this name.
fn are_distinct(items: &[Json], by: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut all = items.iter();
    all.all(|item| match item {
        _ if by == "true" => seen.insert(json_text(item)),
        Json::Object(members) => {
            let member = members.iter().find(|(name, _)| name == by);
            member.is_none_or(|(_, value)| seen.insert(json_text(value)))
        }
        Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::String(_) => true,
    })
}

/// What is asked of arrays and keys holds for every value.
fn json_holds(
    condition: &Condition,
    values: &[Value<'_>],
    scope: &dyn RenderText,
) -> Result<bool, RenderProblem> {
    let items = |value: &Value<'_>| match value {
        Value::Json(Json::Array(items)) => Some(items.clone()),
        Value::Json(_) | Value::Text(_) => None,
    };
    let mut all = true;
    for value in values {
        if let Some(each) = &condition.each {
            let elements = items(value);
            all &= elements.is_some();
            for element in elements.iter().flatten() {
                all &= holds(each, &[Value::Json(element)], scope)?;
            }
        }
        if !condition.members.is_empty() {
            all &= members_hold(&condition.members, value, scope)?;
        }
        if let Some(least) = &condition.count {
            let least = scope.text(least)?;
            let least: usize = least.parse().map_err(|_| RenderProblem::Unknown(least))?;
            all &= items(value).is_some_and(|items| items.len() >= least);
        }
        if let Some(switch) = &condition.distinct {
            all &= items(value).is_some_and(|items| are_distinct(&items, switch.as_str()));
        }
        if let Some(switch) = &condition.public_jwk {
            let is = matches!(value, Value::Json(json) if super::jwk::is_public(json));
            all &= is == is_true(switch);
        }
    }
    Ok(all)
}

/// Whether the value is an object whose members meet their conditions.
fn members_hold(
    wanted: &BTreeMap<String, Condition>,
    value: &Value<'_>,
    scope: &dyn RenderText,
) -> Result<bool, RenderProblem> {
    let Value::Json(Json::Object(members)) = value else {
        return Ok(false);
    };
    let mut all = true;
    for (name, condition) in wanted {
        let own = members.iter().find(|(own, _)| own == name);
        let own: Vec<_> = own.iter().map(|(_, own)| Value::Json(own)).collect();
        all &= holds(condition, &own, scope)?;
    }
    Ok(all)
}

enum Test {
    Some(Box<dyn Fn(&Value<'_>) -> bool>),
    Every(Box<dyn Fn(&Value<'_>) -> bool>),
}

fn tests(condition: &Condition, scope: &dyn RenderText) -> Result<Vec<Test>, RenderProblem> {
    let mut tests = Vec::new();
    let render = |text: &Option<Text>| text.as_ref().map(|text| scope.text(text)).transpose();
    if let Some(wanted) = render(&condition.equals)? {
        tests.push(Test::Some(Box::new(move |value| value.text() == wanted)));
    }
    if let Some(other) = render(&condition.differs)? {
        tests.push(Test::Every(Box::new(move |value| value.text() != other)));
    }
    if let Some(choices) = &condition.one_of {
        let choices = choices
            .iter()
            .map(|choice| scope.text(choice))
            .collect::<Result<Vec<_>, _>>()?;
        tests.push(Test::Some(Box::new(move |value| {
            choices.contains(&value.text())
        })));
    }
    if let Some(pattern) = render(&condition.matches)? {
        let pattern = anchored(&pattern)?;
        tests.push(Test::Some(Box::new(move |value| {
            pattern.is_match(&value.text())
        })));
    }
    if let Some(pattern) = render(&condition.not_matches)? {
        let pattern = anchored(&pattern)?;
        tests.push(Test::Every(Box::new(move |value| {
            !pattern.is_match(&value.text())
        })));
    }
    if let Some(class) = render(&condition.charset)? {
        let pattern = every_character_in(&class)?;
        tests.push(Test::Every(Box::new(move |value| {
            pattern.is_match(&value.text())
        })));
    }
    if let Some(part) = render(&condition.contains)? {
        tests.push(Test::Some(Box::new(move |value| value.contains(&part))));
    }
    if let Some(part) = render(&condition.lacks)? {
        tests.push(Test::Every(Box::new(move |value| !value.contains(&part))));
    }
    if let Some(element) = render(&condition.token)? {
        tests.push(Test::Some(Box::new(move |value| {
            has_list_element(&value.text(), &element)
        })));
    }
    if let Some(scheme) = render(&condition.challenge)? {
        tests.push(Test::Some(Box::new(move |value| {
            has_challenge(&value.text(), &scheme)
        })));
    }
    if let Some(types) = &condition.json_type {
        let types = types.0.clone();
        tests.push(Test::Every(Box::new(move |value| {
            types.iter().any(|wanted| value.has_type(*wanted))
        })));
    }
    numeric_tests(condition, scope, &mut tests)?;
    Ok(tests)
}

type Compare<T> = fn(T, T) -> bool;

type CompareSets = fn(&BTreeSet<&str>, &BTreeSet<&str>) -> bool;

fn numeric_tests(
    condition: &Condition,
    scope: &dyn RenderText,
    tests: &mut Vec<Test>,
) -> Result<(), RenderProblem> {
    let bounds: [(_, Compare<f64>); 2] = [
        (&condition.at_least, |value, bound| value >= bound),
        (&condition.at_most, |value, bound| value <= bound),
    ];
    for (bound, compare) in bounds {
        let Some(bound) = bound else { continue };
        let text = scope.text(bound)?;
        let bound: f64 = text.parse().map_err(|_| RenderProblem::Unknown(text))?;
        tests.push(Test::Every(Box::new(move |value| {
            value
                .text()
                .parse::<f64>()
                .is_ok_and(|number| compare(number, bound))
        })));
    }
    Ok(())
}

/// The regular expression, matched against whole values.
///
/// # Errors
/// No regular expression.
pub fn anchored(pattern: &str) -> Result<Regex, RenderProblem> {
    Regex::new(&format!("(?s)^(?:{pattern})$"))
        .map_err(|why| RenderProblem::Unknown(format!("{pattern} ({why})")))
}

/// Texts of which every character is in a class, written with its brackets.
///
/// # Errors
/// No class.
pub fn every_character_in(class: &str) -> Result<Regex, RenderProblem> {
    anchored(&format!("(?:{class})*"))
}

/// Whether a suite's switch says yes.
#[must_use]
pub fn is_true(text: &Text) -> bool {
    text.value == "true"
}

fn has_list_element(list: &str, element: &str) -> bool {
    list.split(',')
        .any(|item| item.trim_matches([' ', '\t']).eq_ignore_ascii_case(element))
}

/// Whether a WWW-Authenticate value has a challenge of this scheme: a token at the start or after a comma, followed by
/// a space, a comma or the end (RFC 9110 §11.6.1). `any` asks for any challenge.
fn has_challenge(value: &str, scheme: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    let mut starts = vec![0];
    for (at, character) in value.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => starts.push(at + 1),
            _ => {}
        }
    }
    starts.into_iter().any(|start| {
        let item = value
            .get(start..)
            .unwrap_or_default()
            .trim_start_matches([' ', '\t', ',']);
        let end = item.find([' ', '\t', ',']).unwrap_or(item.len());
        let word = item.get(..end).unwrap_or_default();
        !word.is_empty()
            && !word.contains('=')
            && (scheme == "any" || word.eq_ignore_ascii_case(scheme))
    })
}

/// The values of a scope text.
#[must_use]
pub fn scope_set(text: &str) -> BTreeSet<&str> {
    text.split(' ').filter(|value| !value.is_empty()).collect()
}

/// Whether the condition holds for a scope.
///
/// # Errors
/// A template that can't be rendered.
pub fn scope_holds(
    condition: &ScopeCondition,
    scope_value: &str,
    scope: &dyn RenderText,
) -> Result<bool, RenderProblem> {
    let have = scope_set(scope_value);
    let tests: [(_, CompareSets); 4] = [
        (&condition.equals, |have, want| have == want),
        (&condition.within, |have, want| have.is_subset(want)),
        (&condition.contains, |have, want| want.is_subset(have)),
        (&condition.lacks, |have, want| have.is_disjoint(want)),
    ];
    for (text, test) in tests {
        if let Some(text) = text {
            let want = scope.text(text)?;
            if !test(&have, &scope_set(&want)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
