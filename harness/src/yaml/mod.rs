//! The one entry to YAML.
//!
//! Strict: unknown booleans, repeated keys and merge keys are refused, aliases are bounded. What
//! the library says never reaches a person: `wording` turns each of its errors into ours.
//!
//! A hand-written `Deserialize` reports through [`complaint`], so that its words arrive unchanged.

mod entries;
mod located;
mod wording;

use serde::de::DeserializeOwned;
pub use serde_saphyr::Spanned;
use serde_saphyr::{Location, MergeKeyPolicy, Options, options::DuplicateKeyPolicy};

pub use self::{entries::Entries, located::Located};
use crate::diagnostic::{Diagnostic, Diagnostics, Source, Spot};

/// The most octets that a file may have.
const LARGEST_FILE: usize = 4 << 20;

/// Reads a text with one document.
///
/// `file` is the name to show. An empty text has no document, and is refused like one that lacks
/// its keys.
///
/// # Errors
///
/// Returns what is wrong with the text: the first problem only, since reading stops there.
pub fn from_str<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, Diagnostics> {
    check_size(text, file)?;
    serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| wording::diagnostic(&error, &Source::new(file, text)).into())
}

/// Reads a text with any number of documents. Empty ones are skipped.
///
/// # Errors
///
/// As [`from_str`].
pub fn documents<T: DeserializeOwned>(text: &str, file: &str) -> Result<Vec<T>, Diagnostics> {
    check_size(text, file)?;
    serde_saphyr::from_str_multiple_with_options(text, options())
        .map_err(|error| wording::diagnostic(&error, &Source::new(file, text)).into())
}

/// An unknown key or word, the nearest known one, and all of them: message and advice.
#[must_use]
pub fn unknown(what: &str, word: &str, known: &[&str]) -> (String, String) {
    wording::unknown(what, word, known)
}

/// Where a value is written.
#[must_use]
pub fn spot<T>(value: &Spanned<T>) -> Spot {
    spot_of(value.referenced)
}

/// An error of a hand-written `Deserialize`, with what to do about it (may be empty).
pub fn complaint<E: serde::de::Error>(message: &str, advice: &str) -> E {
    E::custom(format!("{MARK}{message}{MARK}{advice}"))
}

/// Starts our own words among the library's, and parts message and advice.
const MARK: char = '\u{1f}';

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
        },
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

fn check_size(text: &str, file: &str) -> Result<(), Diagnostics> {
    if text.len() <= LARGEST_FILE {
        return Ok(());
    }
    Err(Diagnostic::of_file(
        file,
        format!("the file has {} octets", text.len()),
        format!("a file may have at most {LARGEST_FILE}; split it"),
    )
    .into())
}

fn spot_of(location: Location) -> Spot {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Spot::new(
        count(location.line()),
        count(location.column()),
        count(location.span().len()),
    )
}

#[cfg(test)]
mod tests;
