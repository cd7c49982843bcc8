//! JSON as it came (RFC 8259): members in order, repeated ones kept, numbers as text.
//!
//! The reader states facts and has no opinion: what a strict reader would refuse but a value can
//! still be read from is a [`Note`]; only what has no value is an error. Reading takes time and
//! memory in proportion to the input.

use std::fmt;

use crate::wire::json_reader;

/// The deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 128;

/// The most values in a document, containers and what is in them: a value takes up to fifty times
/// the memory of its text.
pub const MAX_VALUES: usize = 1 << 18;

/// A JSON value.
#[derive(Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string, its escapes resolved; what is no character is U+FFFD, with a note.
    String(String),
    /// The elements.
    Array(Vec<Self>),
    /// The members in order, repeated names kept.
    Object(Vec<(String, Self)>),
}

/// Shows the shape only: values can be tokens.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => write!(f, "‹number of {} characters›", text.len()),
            Self::String(text) => write!(f, "‹string of {} bytes›", text.len()),
            Self::Array(elements) => f.debug_list().entries(elements).finish(),
            Self::Object(members) => f
                .debug_map()
                .entries(members.iter().map(|(name, value)| (name, value)))
                .finish(),
        }
    }
}

impl Json {
    /// The values of all members with this name, in order; none if this is no object.
    pub fn members<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        let named = move |member: &'a (String, Self)| (member.0 == name).then_some(&member.1);
        self.as_object()
            .unwrap_or_default()
            .iter()
            .filter_map(named)
    }

    /// The value of the first member with this name.
    #[must_use]
    pub fn member<'a>(&'a self, name: &'a str) -> Option<&'a Self> {
        self.members(name).next()
    }

    /// The names that occur more than once among the members of this object, each once, in order;
    /// nested objects are not looked into.
    #[must_use]
    pub fn repeated_members(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .as_object()
            .unwrap_or_default()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        let mut repeated: Vec<&str> = names
            .windows(2)
            .filter_map(|pair| match pair {
                [one, other] if one == other => Some(*one),
                _ => None,
            })
            .collect();
        repeated.dedup();
        repeated
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The text of the number as it was written, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&str> {
        match self {
            Self::Number(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Null | Self::Number(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => {
                None
            }
        }
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => {
                None
            }
        }
    }

    /// The members, if this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// What kind of value this is, with its article, for messages: `an object`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Something that a strict reader of RFC 8259 would refuse, although there is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// A byte order mark at the start (§8.1).
    ByteOrderMark,
    /// Octets that are no UTF-8, inside a string (§8.1).
    InvalidUtf8,
    /// Text before the object; only [`Document::first_object`] passes over it.
    LeadingText,
    /// `\u` escapes that are half of a surrogate pair: no character (§8.2).
    LoneSurrogate,
    /// Something other than white space behind the value (§2).
    TrailingText,
    /// A control character inside a string that is not escaped (§7); only read leniently.
    RawControlCharacter,
    /// A comma behind the last element or member (§4, §5); only read leniently.
    TrailingComma,
}

/// Why there is no value. Offsets count bytes from the start of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// The input ends inside the value.
    #[error("it ends in the middle, after {offset} bytes")]
    Cut {
        /// Where: the length of the input.
        offset: usize,
    },
    /// Something that can't stand there.
    #[error("{found} at byte {offset}, where {expected} was due")]
    Unexpected {
        /// Where.
        offset: usize,
        /// What stands there.
        found: Found,
        /// What could stand there.
        expected: &'static str,
    },
    /// More values than [`MAX_VALUES`].
    #[error("more than {MAX_VALUES} values, at byte {offset}")]
    TooMany {
        /// Where.
        offset: usize,
    },
    /// Nesting beyond [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels at byte {offset}")]
    TooDeep {
        /// Where.
        offset: usize,
    },
}

/// A byte that can't stand where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found(pub u8);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            byte @ 0x21..=0x7e => write!(f, "`{}`", char::from(byte)),
            byte => write!(f, "the octet 0x{byte:02x}"),
        }
    }
}

/// A value, and what a strict reader would have refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The value.
    pub value: Json,
    /// Each kind once, in the order of the enum; empty for what RFC 8259 allows.
    pub notes: Vec<Note>,
}

impl Document {
    /// Reads one value: what RFC 8259 allows, and what differs from it only by a byte order mark,
    /// by text behind the value, or by strings with octets or escapes that are no characters.
    ///
    /// # Errors
    /// There is no value, and why.
    pub fn read(bytes: &[u8]) -> Result<Self, JsonError> {
        json_reader::read(bytes)
    }

    /// Reads leniently: the first object, whatever stands before and behind it, with trailing
    /// commas and raw control characters forgiven.
    #[must_use]
    pub fn first_object(bytes: &[u8]) -> Option<Self> {
        json_reader::first_object(bytes)
    }

    /// Whether this note was taken.
    #[must_use]
    pub fn has(&self, note: Note) -> bool {
        self.notes.contains(&note)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
