//! What is wrong with a configuration, in our own words: what, where, what next.

use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, MergeKeyPolicy, Options};

use super::places::Key;

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}\n  --> {source_name}{}", place(*.line, *.column))]
pub struct ConfigError {
    /// The file, or the name of the embedded configuration.
    pub source_name: String,
    /// The line, from 1; 0 if it is the file as a whole.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what would be right.
    pub message: String,
}

fn place(line: u64, column: u64) -> String {
    if line == 0 {
        String::new()
    } else {
        format!(":{line}:{column}")
    }
}

/// Something that the YAML reader can't see.
pub(super) struct Problem {
    location: Option<Location>,
    message: String,
    /// The key whose value is wrong, where the model does not keep its place.
    key: Option<Key>,
}

impl Problem {
    pub(super) const fn at(location: Option<Location>, message: String) -> Self {
        Self {
            location,
            message,
            key: None,
        }
    }

    pub(super) const fn of(key: Key, message: String) -> Self {
        Self {
            location: None,
            message,
            key: Some(key),
        }
    }

    pub(super) fn in_file(self, source: &str, text: &str) -> ConfigError {
        let key = self.key.and_then(|key| key.location(text));
        ConfigError::at(self.location.or(key), source, self.message)
    }
}

/// How configurations are read: nothing is guessed.
pub(super) fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
    }
}

impl ConfigError {
    fn at(location: Option<Location>, source: &str, message: String) -> Self {
        let (line, column) = location.map_or((0, 0), |at| (at.line(), at.column()));
        Self {
            source_name: source.to_owned(),
            line,
            column,
            message,
        }
    }

    pub(super) fn no_embedded(name: &str) -> Self {
        let names: Vec<&str> = super::embedded_names().collect();
        let message = format!(
            "no embedded configuration is called `{name}`{}; there are: {}",
            did_you_mean(name, &names),
            names.join(", ")
        );
        Self::at(None, name, message)
    }

    pub(crate) fn unreadable(source: &str, error: &std::io::Error) -> Self {
        Self::at(None, source, format!("the file can't be read: {error}"))
    }

    pub(super) fn from_yaml(error: &Error, source: &str) -> Self {
        Self::at(error.location(), source, wording(error.without_snippet()))
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's enumeration, not ours"
)]
fn wording(error: &Error) -> String {
    match error {
        Error::SerdeUnknownField {
            field, expected, ..
        } => format!(
            "unknown key `{field}`{}; allowed here: {}",
            did_you_mean(field, expected),
            expected.join(", ")
        ),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => format!(
            "unknown value `{variant}`{}; allowed here: {}",
            did_you_mean(variant, expected),
            expected.join(", ")
        ),
        Error::SerdeMissingField { field, .. } => format!("the key `{field}` is missing"),
        Error::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("the key `{key}` is repeated"),
            None => "a key is repeated".to_owned(),
        },
        Error::MergeKeyNotAllowed { .. } => "merge keys (`<<`) are not taken".to_owned(),
        Error::SerdeInvalidType {
            unexpected,
            expected,
            ..
        }
        | Error::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } => {
            format!("expected {expected}, found {unexpected}")
        }
        Error::InvalidScalar { ty, .. } => format!("this is no {ty}"),
        Error::InvalidBooleanStrict { .. } => "expected `true` or `false`".to_owned(),
        Error::Unexpected { expected, .. } => match *expected {
            "mapping start" => "expected a mapping (`key: value`)".to_owned(),
            "sequence start" => "expected a list (`- item`, or `[item]`)".to_owned(),
            "string scalar" => "expected a text".to_owned(),
            other => format!("expected {other}"),
        },
        Error::Eof { .. } => "the file is empty".to_owned(),
        _ => "this is not the YAML that is expected here".to_owned(),
    }
}

fn did_you_mean(word: &str, allowed: &[&str]) -> String {
    let nearest = allowed
        .iter()
        .map(|other| (distance(word, other), other))
        .min();
    match nearest {
        Some((distance, other)) if distance <= 1 + word.len() / 3 => {
            format!(", did you mean `{other}`?")
        }
        Some(_) | None => String::new(),
    }
}

/// The number of letters to insert, remove or replace (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(row.first_mut().unwrap_or(&mut 0), index + 1);
        let mut left = index + 1;
        for (cell, target) in row.iter_mut().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(letter != *target);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}
