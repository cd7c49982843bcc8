//! The library's errors in our words.
//!
//! Values are not repeated in messages, keys and words of closed sets are: a value may be a
//! secret, and the source line, which has it too, is redacted.

use serde_saphyr::{Error, Location, budget::BudgetBreach, granit_parser::ErrorKind};

use super::{MARK, spot_of};
use crate::diagnostic::{Diagnostic, Source, Spot, nearest};

/// The problem that an error of the library is.
pub(super) fn diagnostic(error: &Error, source: &Source<'_>) -> Diagnostic {
    let error = error.without_snippet();
    let spot = place(error, source);
    let (message, advice) = words(error, source, spot);
    source.problem(spot, message, advice)
}

/// The place of an error: where the file starts, if the library doesn't know.
fn place(error: &Error, source: &Source<'_>) -> Spot {
    let location = error.location().unwrap_or(Location::UNKNOWN);
    let lines = source.text().lines().count().max(1);
    let spot = spot_of(location);
    if spot.line() == 0 {
        Spot::new(1, 1, 1)
    } else if spot.line() > lines {
        let last = source.text().lines().last().unwrap_or_default();
        Spot::new(lines, last.chars().count().max(1), 1)
    } else {
        spot
    }
}

type Words = (String, String);

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
fn words(error: &Error, source: &Source<'_>, spot: Spot) -> Words {
    match error {
        Error::Message { msg, .. } => ours(msg),
        Error::SerdeUnknownField {
            field, expected, ..
        } => unknown("key", field, expected),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => unknown(
            if is_key(source, spot) { "key" } else { "word" },
            variant,
            expected,
        ),
        Error::SerdeMissingField { field, .. } => (
            format!("missing key `{field}`"),
            "add it to this mapping".to_owned(),
        ),
        Error::DuplicateMappingKey { key, .. } => repeated(key.as_deref()),
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => wrong_type(kind_of_value(expected)),
        Error::Unexpected { expected, .. } => wrong_type(kind_of_value(expected)),
        Error::InvalidScalar { ty, .. } => wrong_type(kind_of_value(ty)),
        Error::NullIntoString { .. } => wrong_type("a text"),
        Error::InvalidBooleanStrict { .. } => wrong_type("true or false"),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::UnexpectedValueForUnitEnumVariant { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. }
        | Error::ExpectedMappingEndAfterEnumVariantValue { .. } => {
            wrong_type("a word or a mapping with one key")
        }
        Error::AliasError { error, .. } => words(error, source, spot),
        other => structure(other),
    }
}

/// What is wrong before any key or value is read.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
fn structure(error: &Error) -> Words {
    match error {
        Error::MergeKeyNotAllowed { .. } | Error::MergeValueNotMapOrSeqOfMaps { .. } => (
            "merge key `<<`".to_owned(),
            "write the keys out: what a mapping has must be seen in it".to_owned(),
        ),
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => too_many_aliases(),
        Error::Budget { breach, .. } => budget(breach),
        Error::UnknownAnchor { .. } => (
            "alias of an anchor that is not defined".to_owned(),
            "define it further up with `&name`, or quote the text".to_owned(),
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => (
            "alias of a value that contains it".to_owned(),
            "write the value out".to_owned(),
        ),
        Error::UnsupportedTag { .. }
        | Error::TaggedEnumMismatch { .. }
        | Error::TaggedScalarCannotDeserializeIntoString { .. } => (
            "tag".to_owned(),
            "remove the word that starts with `!`, or quote it".to_owned(),
        ),
        Error::MultipleDocuments { .. } => (
            "a second document".to_owned(),
            "this file holds one; remove `---`".to_owned(),
        ),
        Error::Eof { .. } => (
            "the file is empty".to_owned(),
            "fill it, or name another file".to_owned(),
        ),
        Error::ExternalMessage { source, .. } => match source.as_ref() {
            serde_saphyr::localizer::ExternalMessageSource::Parser(error) => syntax(error.kind()),
            _ => not_yaml(),
        },
        _ => not_yaml(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
fn syntax(kind: &ErrorKind) -> Words {
    let advice = match kind {
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnclosedFlowCollection { open: '[' } => {
            "a list that starts with `[` needs `,` between its members and `]` at its end"
        }
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnclosedFlowCollection { .. } => {
            "a mapping that starts with `{` needs `,` between its members and `}` at its end"
        }
        ErrorKind::MismatchedFlowCollectionEnd { .. } | ErrorKind::MisplacedFlowCollectionEnd => {
            "this bracket closes nothing that is open"
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "indent with spaces, not with tabs",
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => {
            "a quotation mark, here or further up, is not closed"
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
            "in \"…\" a backslash starts an escape; write `\\\\`, or use '…'"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "quote a text that contains `: `"
        }
        ErrorKind::UnexpectedCharacter { .. } => "quote a text that starts with this character",
        ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey => {
            "write `key: value`, with one indentation for all keys of a mapping"
        }
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => {
            "quote a text that starts with `*` or `&`"
        }
        _ => return not_yaml(),
    };
    (NOT_YAML.to_owned(), advice.to_owned())
}

const NOT_YAML: &str = "this is not YAML";

fn not_yaml() -> Words {
    (
        NOT_YAML.to_owned(),
        "check indentation, quotation marks and brackets here".to_owned(),
    )
}

/// Our own words, if the message has them; of other people's nothing is shown.
fn ours(message: &str) -> Words {
    let mut parts = message.split(MARK);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(""), Some(message), Some(advice)) => (message.to_owned(), advice.to_owned()),
        _ => ("this value can't be read".to_owned(), String::new()),
    }
}

/// An unknown key or word, with the nearest known one and all of them.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> Words {
    let meant = nearest(word, known.iter().copied())
        .map(|near| format!("did you mean `{near}`? "))
        .unwrap_or_default();
    (
        format!("unknown {what} `{}`", short(word)),
        format!("{meant}allowed here: {}", known.join(", ")),
    )
}

fn short(word: &str) -> String {
    const LONGEST: usize = 60;
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    word.chars().take(LONGEST).chain(['…']).collect()
}

fn repeated(key: Option<&str>) -> Words {
    let message = match key {
        Some(key) => format!("repeated key `{}`", short(key)),
        None => "repeated key".to_owned(),
    };
    (
        message,
        "the mapping has it already; remove one of the two".to_owned(),
    )
}

fn wrong_type(expected: &str) -> Words {
    ("wrong type".to_owned(), format!("expected {expected}"))
}

/// The library's names of kinds in ours. Visitors of our own say it in our words already.
fn kind_of_value(name: &str) -> &str {
    match name {
        "a string" | "string scalar" | "scalar" | "string" => "a text",
        "a sequence" | "sequence start" => "a list",
        "a map" | "mapping start" | "empty mapping start" => "a mapping",
        "a boolean" | "boolean" | "a bool" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "a Spanned<T> field"
        | "a value or a span-aware map with value/referenced/defined fields" => "another value",
        name if name.starts_with("struct ") => "a mapping",
        name if name.starts_with("enum ") || name.starts_with("variant ") => {
            "one of the known words"
        }
        name if is_library_name(name) => "another value",
        name => name,
    }
}

fn is_library_name(name: &str) -> bool {
    [
        "consumed",
        "single YAML",
        "tagged",
        "binary",
        "mapping end",
        "floating",
        "tuple",
        "unit",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

fn too_many_aliases() -> Words {
    (
        "too many aliases".to_owned(),
        "write the values out".to_owned(),
    )
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
fn budget(breach: &BudgetBreach) -> Words {
    match breach {
        BudgetBreach::Aliases { .. }
        | BudgetBreach::Anchors { .. }
        | BudgetBreach::AliasAnchorRatio { .. } => too_many_aliases(),
        BudgetBreach::Depth { .. } => (
            "values are nested too deeply".to_owned(),
            "use fewer levels".to_owned(),
        ),
        _ => ("the file is too large".to_owned(), "split it".to_owned()),
    }
}

/// Whether what stands at the place is a key: a colon follows it.
fn is_key(source: &Source<'_>, spot: Spot) -> bool {
    let Some(line) = source.text().lines().nth(spot.line().saturating_sub(1)) else {
        return false;
    };
    line.chars()
        .skip(spot.column().saturating_sub(1))
        .find(|character| !(character.is_alphanumeric() || "_-\"'".contains(*character)))
        == Some(':')
}
