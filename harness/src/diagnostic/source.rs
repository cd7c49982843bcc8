//! The text that a problem is in.

use super::{Diagnostic, Place, redact::Redacted};

/// A place in a text: line and column count from 1, in characters.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Spot {
    line: usize,
    column: usize,
    width: usize,
}

impl Spot {
    /// A place `width` characters wide; what lies beyond the end of the line is not marked.
    #[must_use]
    pub const fn new(line: usize, column: usize, width: usize) -> Self {
        Self {
            line,
            column,
            width,
        }
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub const fn column(self) -> usize {
        self.column
    }

    /// Line and column.
    pub(super) const fn start(self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// The number of characters to mark.
    pub(super) const fn width(self) -> usize {
        self.width
    }
}

/// A file's name and text, to make problems from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Source<'a> {
    /// Names a text. The name is shown as it is.
    #[must_use]
    pub const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// The name of the file.
    #[must_use]
    pub const fn file(&self) -> &'a str {
        self.file
    }

    /// The text of the file.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// A problem at a place of this text. A line that the text does not have makes it a problem
    /// of the file.
    pub fn problem(
        &self,
        spot: Spot,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Diagnostic {
        let lines: Vec<&str> = self.text.lines().collect();
        let place = spot
            .line
            .checked_sub(1)
            .and_then(|index| Redacted::line(&lines, index))
            .map_or_else(
                || Place::File(self.file.to_owned()),
                |redacted| Place::Line {
                    file: self.file.to_owned(),
                    spot: redacted.shift(spot),
                    text: redacted.into_text(),
                },
            );
        Diagnostic {
            message: message.into(),
            place,
            advice: advice.into(),
        }
    }
}
