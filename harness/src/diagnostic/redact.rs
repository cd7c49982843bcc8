//! A source line without the secrets in it.
//!
//! This reads single lines of YAML that may be broken, so it guesses, and where it is unsure it
//! hides: the value of any key that looks like a secret's, whatever lies below such a key, and
//! private keys in PEM. `{env: NAME}` and `{file: PATH}` are shown.

use std::ops::Range;

use super::{nearest::edits, source::Spot};

/// What stands in the place of a secret.
const PLACEHOLDER: &str = "‹redacted›";

/// A line, and what was taken out of it.
pub(super) struct Redacted {
    text: String,
    hidden: Vec<Range<usize>>,
}

impl Redacted {
    /// The line with this index, from 0, if there is one.
    pub(super) fn line(lines: &[&str], index: usize) -> Option<Self> {
        let line: Vec<char> = lines.get(index)?.chars().collect();
        let above = lines.get(..index).unwrap_or_default();
        let hidden = if in_private_key(above) {
            rest(&line, indent(&line))
        } else if below_secret(above, &line) {
            secret_members(&line, indent(&line)..line.len())
        } else if let Some(start) = private_key(&line) {
            rest(&line, start)
        } else {
            secrets_of_line(&line)
        };
        Some(Self {
            text: replace(&line, &hidden),
            hidden,
        })
    }

    /// The line as it may be shown.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Where a place of the line is now; a place in a secret becomes the placeholder's.
    pub(super) fn shift(&self, spot: Spot) -> Spot {
        let from = spot.column().saturating_sub(1);
        let placeholder = PLACEHOLDER.chars().count();
        let (mut removed, mut added) = (0, 0);
        for range in &self.hidden {
            if from >= range.end {
                removed += range.len();
                added += placeholder;
            } else if range.contains(&from) {
                let column = range.start - removed + added + 1;
                return Spot::new(spot.line(), column, placeholder);
            }
        }
        Spot::new(spot.line(), from - removed + added + 1, spot.width())
    }
}

/// Whether a key's value is to be hidden: also that of a misspelt key.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    key.contains("secret")
        || key.contains("passw")
        || edits(&key, "secret") <= 2
        || edits(&key, "password") <= 2
}

/// A key of a line: its name, and where its value starts (past the blanks).
struct Key {
    name: String,
    start: usize,
    value: usize,
    in_flow: bool,
}

/// The keys of a line, wherever a colon could end one.
fn keys(line: &[char]) -> Vec<Key> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut depth = 0_usize;
    for (at, character) in line.iter().enumerate() {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' => {}
            ':' if ends_key(line, at) => {
                let raw: String = line.iter().skip(from).take(at - from).collect();
                let quotes_and_marks = ['"', '\'', ' ', '\t', '-', '?'];
                found.push(Key {
                    name: raw.trim_matches(quotes_and_marks).to_owned(),
                    start: from,
                    value: skip_blanks(line, at + 1),
                    in_flow: depth > 0,
                });
            }
            _ => continue,
        }
        from = at + 1;
    }
    found
}

fn ends_key(line: &[char], at: usize) -> bool {
    let after = line.get(at + 1);
    let quoted = at.checked_sub(1).and_then(|before| line.get(before));
    after.is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '\'' | '{' | '['))
        || matches!(quoted, Some('"' | '\''))
}

/// What to hide on a line that is not itself below a secret's key.
fn secrets_of_line(line: &[char]) -> Vec<Range<usize>> {
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for key in keys(line) {
        if hidden.last().is_some_and(|range| range.end > key.start) || !is_secret(&key.name) {
            continue;
        }
        let value = key.value..value_end(line, &key);
        if line.get(value.start) == Some(&'{') {
            hidden.extend(secret_members(line, value.start + 1..value.end));
        } else if !value.is_empty() {
            hidden.push(value);
        }
    }
    hidden
}

/// What to hide of the members of a secret's value: all but names of variables and files.
fn secret_members(line: &[char], range: Range<usize>) -> Vec<Range<usize>> {
    let part = line.get(..range.end).unwrap_or(line);
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let keys: Vec<Key> = keys(part)
        .into_iter()
        .filter(|key| key.value > range.start)
        .collect();
    if keys.is_empty() {
        let start = skip_blanks(part, range.start);
        return if start < range.end {
            vec![Range {
                start,
                end: range.end,
            }]
        } else {
            hidden
        };
    }
    let before = skip_blanks(part, range.start);
    if let Some(first) = keys.first().filter(|first| first.start > before) {
        hidden.push(before..first.start);
    }
    for (index, key) in keys.iter().enumerate() {
        let plain = part
            .get(key.value)
            .is_some_and(|first| !"[{|>&".contains(*first));
        if matches!(key.name.as_str(), "env" | "file") && plain {
            continue;
        }
        let next = keys.get(index + 1).map_or(range.end, |next| next.start);
        if key.value < next {
            hidden.push(key.value..next);
        }
    }
    hidden
}

/// Where the value of a key ends on this line.
fn value_end(line: &[char], key: &Key) -> usize {
    let rest = line.get(key.value..).unwrap_or_default();
    let length = match rest.first() {
        Some('{' | '[') => closing(rest),
        Some(quote @ ('"' | '\'')) => rest
            .iter()
            .skip(1)
            .position(|character| character == quote)
            .filter(|_| key.in_flow)
            .map(|end| end + 2),
        Some(_) if key.in_flow => rest.iter().position(|c| matches!(c, ',' | '}' | ']')),
        Some(_) | None => None,
    };
    key.value + length.unwrap_or(rest.len())
}

/// The length of a flow collection without its last bracket, if it ends on this line.
fn closing(rest: &[char]) -> Option<usize> {
    let mut depth = 0_usize;
    rest.iter().position(|character| {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// Whether the line continues the value of a secret's key further up.
fn below_secret(above: &[&str], line: &[char]) -> bool {
    let mut limit = indent(line);
    let mut first = true;
    for text in above.iter().rev() {
        let candidate: Vec<char> = text.chars().collect();
        if text.trim().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        let relation = match indent(&candidate) < limit {
            true => Some(Relation::Parent),
            false if first => Some(Relation::Neighbour),
            false => None,
        };
        if relation.is_some_and(|relation| opens_secret(&candidate, relation)) {
            return true;
        }
        first = false;
        limit = limit.min(indent(&candidate));
        if limit == 0 {
            return false;
        }
    }
    false
}

/// What an earlier line is to a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Relation {
    /// It is indented less, and so is all between.
    Parent,
    /// It is the one before.
    Neighbour,
}

/// Whether the last key of a line is a secret's, and its value may go on below.
fn opens_secret(line: &[char], relation: Relation) -> bool {
    let Some(key) = keys(line).pop() else {
        return false;
    };
    let value = line.get(key.value..).unwrap_or_default();
    let open = match value.first() {
        None | Some('|' | '>' | '&' | '!') => true,
        Some('{') => closing(value).is_none(),
        Some(quote @ ('"' | '\'')) => {
            value.iter().filter(|character| *character == quote).count() % 2 == 1
        }
        Some(_) => !key.in_flow && relation == Relation::Parent,
    };
    open && is_secret(&key.name)
}

const BEGIN: &str = "-----BEGIN";
const END: &str = "-----END";

fn in_private_key(above: &[&str]) -> bool {
    above
        .iter()
        .rev()
        .find(|line| line.contains(BEGIN) || line.contains(END))
        .is_some_and(|line| line.contains(BEGIN) && !line.contains(END))
}

fn private_key(line: &[char]) -> Option<usize> {
    let begin: Vec<char> = BEGIN.chars().collect();
    line.windows(begin.len()).position(|window| window == begin)
}

fn rest(line: &[char], start: usize) -> Vec<Range<usize>> {
    if start < line.len() {
        vec![Range {
            start,
            end: line.len(),
        }]
    } else {
        Vec::new()
    }
}

fn indent(line: &[char]) -> usize {
    skip_blanks(line, 0)
}

fn skip_blanks(line: &[char], from: usize) -> usize {
    from + line
        .iter()
        .skip(from)
        .take_while(|c| c.is_whitespace())
        .count()
}

fn replace(line: &[char], hidden: &[Range<usize>]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for range in hidden {
        text.extend(line.get(from..range.start).unwrap_or_default());
        text.push_str(PLACEHOLDER);
        from = range.end;
    }
    text.extend(line.get(from..).unwrap_or_default());
    text
}

#[cfg(test)]
mod tests;
