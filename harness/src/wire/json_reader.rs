//! The reader behind [`Document`]: recursive, to a limited depth, over bytes.

use std::collections::BTreeSet;

use crate::wire::json::{Document, Found, Json, JsonError, MAX_DEPTH, MAX_VALUES, Note};

/// How many places [`first_object`] tries: more only matter to who tries to keep it busy.
const MAX_TRIALS: usize = 64;

/// What is forgiven inside a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Lenient,
    Strict,
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: usize,
    values: usize,
    manner: Manner,
    notes: BTreeSet<Note>,
}

/// Reads one value from the start.
pub(super) fn read(bytes: &[u8]) -> Result<Document, JsonError> {
    let mut reader = Reader::new(bytes, Manner::Strict);
    if bytes.starts_with(b"\xef\xbb\xbf") {
        reader.at = 3;
        reader.notes.insert(Note::ByteOrderMark);
    }
    reader.skip_space();
    if reader.peek().is_none() {
        return Err(JsonError::Empty);
    }
    let value = reader.value()?;
    Ok(reader.finish(value))
}

/// Reads the first object, wherever it begins.
pub(super) fn first_object(bytes: &[u8]) -> Option<Document> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let braces = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'{');
    braces.take(MAX_TRIALS).find_map(|(at, _)| {
        let mut reader = Reader::new(bytes, Manner::Lenient);
        reader.at = at;
        if start > 0 {
            reader.notes.insert(Note::ByteOrderMark);
        }
        let before = bytes.get(start..at).unwrap_or_default();
        if !before.iter().all(is_space) {
            reader.notes.insert(Note::LeadingText);
        }
        let value = reader.value().ok()?;
        Some(reader.finish(value))
    })
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'b> Reader<'b> {
    fn new(bytes: &'b [u8], manner: Manner) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
            values: 0,
            manner,
            notes: BTreeSet::new(),
        }
    }

    fn finish(mut self, value: Json) -> Document {
        self.skip_space();
        if self.at < self.bytes.len() {
            self.notes.insert(Note::TrailingText);
        }
        Document {
            value,
            notes: self.notes.into_iter().collect(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| is_space(byte)).count();
    }

    fn unexpected(&self, expected: &'static str) -> JsonError {
        let offset = self.at;
        match self.peek() {
            Some(byte) => JsonError::Unexpected {
                offset,
                found: Found(byte),
                expected,
            },
            None => JsonError::Cut { offset },
        }
    }

    fn value(&mut self) -> Result<Json, JsonError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(JsonError::TooMany { offset: self.at });
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true", Json::Bool(true)),
            Some(b'f') => self.word(b"false", Json::Bool(false)),
            Some(b'n') => self.word(b"null", Json::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Json, JsonError>,
    ) -> Result<Json, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep { offset: self.at });
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Behind `[`.
    fn array(&mut self) -> Result<Json, JsonError> {
        let mut elements = Vec::new();
        self.skip_space();
        if self.takes(b']') {
            return Ok(Json::Array(elements));
        }
        loop {
            self.skip_space();
            elements.push(self.value()?);
            if self.list_ends(b']', "`,` or `]`")? {
                return Ok(Json::Array(elements));
            }
        }
    }

    /// Behind `{`.
    fn object(&mut self) -> Result<Json, JsonError> {
        let mut members = Vec::new();
        self.skip_space();
        if self.takes(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a member name in `\"`"));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.takes(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.skip_space();
            members.push((name, self.value()?));
            if self.list_ends(b'}', "`,` or `}`")? {
                return Ok(Json::Object(members));
            }
        }
    }

    /// Behind an element or member: whether it was the last.
    fn list_ends(&mut self, close: u8, expected: &'static str) -> Result<bool, JsonError> {
        self.skip_space();
        if self.takes(close) {
            return Ok(true);
        }
        if !self.takes(b',') {
            return Err(self.unexpected(expected));
        }
        if self.manner == Manner::Lenient {
            self.skip_space();
            if self.takes(close) {
                self.notes.insert(Note::TrailingComma);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn takes(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &[u8], value: Json) -> Result<Json, JsonError> {
        for byte in word {
            if !self.takes(*byte) {
                return Err(self.unexpected("`true`, `false` or `null`"));
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _sign = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        Ok(Json::Number(String::from_utf8_lossy(text).into_owned()))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.unexpected("a digit"));
        }
        self.at += count;
        Ok(())
    }

    /// At the opening quotation mark.
    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut octets = Vec::new();
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = rest.iter().take_while(|byte| is_plain(byte)).count();
            octets.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.text(octets));
                }
                Some(b'\\') => self.escape(&mut octets)?,
                Some(control) if self.manner == Manner::Lenient => {
                    self.notes.insert(Note::RawControlCharacter);
                    octets.push(control);
                    self.at += 1;
                }
                _ => return Err(self.unexpected("a character of a string")),
            }
        }
    }

    fn text(&mut self, octets: Vec<u8>) -> String {
        String::from_utf8(octets).unwrap_or_else(|error| {
            self.notes.insert(Note::InvalidUtf8);
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        })
    }

    /// At the backslash.
    fn escape(&mut self, octets: &mut Vec<u8>) -> Result<(), JsonError> {
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let character = self.unicode_escape()?;
                octets.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.unexpected("an escape: one of `\"\\/bfnrtu`")),
        };
        self.at += 1;
        octets.push(plain);
        Ok(())
    }

    /// Behind `\u`; a surrogate pair is one character.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(self.character(first));
        }
        let behind = self.at;
        if self.takes(b'\\') && self.takes(b'u') {
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                return Ok(self.character(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
            }
        }
        self.at = behind;
        Ok(self.character(first))
    }

    fn character(&mut self, code: u32) -> char {
        char::from_u32(code).unwrap_or_else(|| {
            self.notes.insert(Note::LoneSurrogate);
            char::REPLACEMENT_CHARACTER
        })
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("four hexadecimal digits"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// Whether a byte stands for itself in a string.
fn is_plain(byte: &u8) -> bool {
    *byte >= 0x20 && *byte != b'"' && *byte != b'\\'
}
