//! Lines of text: wrapped, indented, coloured where wanted. Everything that is written here is
//! made visible first, so that no server can steer the terminal.

use anstyle::{AnsiColor, Color};

use super::Style;
use crate::evidence::Evidence;
use crate::visible::{visible_bytes, visible_line};

/// Columns of a line; commands, which people copy, may be longer.
const WIDTH: usize = 100;
/// Columns of a label with the space after it.
const LABEL: usize = 11;
/// The most lines of each half (before and after the first empty line) of a message.
const MESSAGE_LINES: usize = 20;

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    /// Not at all.
    Plain,
    /// A heading.
    Bold,
    /// A side note.
    Dim,
    /// What conforms.
    Green,
    /// What is required and is not so.
    Red,
    /// What a person should look at.
    Yellow,
}

impl Ink {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        let colour = |colour: AnsiColor| plain.bold().fg_color(Some(Color::Ansi(colour)));
        match self {
            Self::Plain => plain,
            Self::Bold => plain.bold(),
            Self::Dim => plain.dimmed(),
            Self::Green => colour(AnsiColor::Green),
            Self::Red => colour(AnsiColor::Red),
            Self::Yellow => colour(AnsiColor::Yellow),
        }
    }
}

/// A text in the making.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    style: Style,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self {
            text: String::new(),
            style,
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An empty line, unless there is one already.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A text, wrapped, `indent` columns from the left.
    pub(super) fn text(&mut self, indent: usize, ink: Ink, text: &str) {
        for line in wrapped(&visible_line(text), WIDTH.saturating_sub(indent)) {
            self.line(indent, &[(ink, &line)]);
        }
    }

    /// A text with a point or a word before it, wrapped.
    pub(super) fn point(&mut self, indent: usize, (ink, point): (Ink, &str), text: &str) {
        let point = format!("{point} ");
        let hanging = indent + point.chars().count();
        let lines = wrapped(&visible_line(text), WIDTH.saturating_sub(hanging));
        for (place, line) in lines.iter().enumerate() {
            match place {
                0 => self.line(indent, &[(ink, &point), (Ink::Plain, line)]),
                _ => self.line(hanging, &[(Ink::Plain, line)]),
            }
        }
    }

    /// A text in a column of its own, wrapped, with a label before its first line.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        let label = format!("{label:LABEL$}");
        let column = indent + LABEL;
        let lines = wrapped(&visible_line(text), WIDTH.saturating_sub(column));
        for (place, line) in lines.iter().enumerate() {
            match place {
                0 => self.line(indent, &[(Ink::Dim, &label), (Ink::Plain, line)]),
                _ => self.line(column, &[(Ink::Plain, line)]),
            }
        }
    }

    /// A command after its label, on one line however long it is.
    pub(super) fn command(&mut self, indent: usize, label: &str, command: &str) {
        let label = format!("{label:LABEL$}");
        self.line(
            indent,
            &[(Ink::Dim, &label), (Ink::Plain, &visible_line(command))],
        );
    }

    /// Pieces of one line, each with its ink; not wrapped.
    pub(super) fn pieces(&mut self, pieces: &[(Ink, &str)]) {
        let visible: Vec<(Ink, String)> = pieces
            .iter()
            .map(|(ink, text)| (*ink, visible_line(text)))
            .collect();
        let borrowed: Vec<(Ink, &str)> = visible
            .iter()
            .map(|(ink, text)| (*ink, text.as_str()))
            .collect();
        self.line(0, &borrowed);
    }

    /// A message as it went over the wire, long lines and long messages cut.
    pub(super) fn message(&mut self, indent: usize, evidence: &Evidence) {
        let text = visible_bytes(evidence.bytes());
        let width = WIDTH.saturating_sub(indent + 2);
        let (head, body) = text
            .split_once("\n\n")
            .unwrap_or((text.trim_end_matches('\n'), ""));
        self.half(indent, &broken(head, width));
        if !body.is_empty() {
            self.line(indent, &[(Ink::Dim, "│")]);
            self.half(indent, &broken(body.trim_end_matches('\n'), width));
        }
        if evidence.cut_off() > 0 {
            let note = format!(
                "… and {} more bytes, which were not kept",
                evidence.cut_off()
            );
            self.line(indent, &[(Ink::Dim, &note)]);
        }
    }

    fn half(&mut self, indent: usize, lines: &[(char, String)]) {
        for (mark, line) in lines.iter().take(MESSAGE_LINES) {
            let mark = format!("{mark} ");
            self.line(indent, &[(Ink::Dim, &mark), (Ink::Plain, line)]);
        }
        if let Some(more @ 1..) = lines.len().checked_sub(MESSAGE_LINES) {
            let note = format!("… {more} more lines; the JSON report has them");
            self.line(indent, &[(Ink::Dim, &note)]);
        }
    }

    fn line(&mut self, indent: usize, pieces: &[(Ink, &str)]) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        for (ink, text) in pieces {
            self.piece(*ink, text);
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    fn piece(&mut self, ink: Ink, text: &str) {
        match self.style {
            Style::Plain => self.text.push_str(text),
            Style::Colour => {
                let style = ink.style();
                self.text.push_str(&format!("{style}{text}{style:#}"));
            }
        }
    }
}

/// Lines of whole words; a word that is longer than a line stands alone. At least one line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            let length = line.chars().count();
            if length == 0 || length + 1 + word.chars().count() <= width {
                if length > 0 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

/// Lines as they are, each broken where it is too long; `│` begins a line, `┊` continues one.
fn broken(text: &str, width: usize) -> Vec<(char, String)> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let characters: Vec<char> = line.chars().collect();
        let mut pieces = characters.chunks(width.max(1));
        lines.push(('│', pieces.next().unwrap_or_default().iter().collect()));
        lines.extend(pieces.map(|piece| ('┊', piece.iter().collect())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        let mut page = Page::new(Style::Plain);
        page.message(2, &Evidence::new(bytes));
        page.finish()
    }

    #[test]
    fn words_wrap_and_long_ones_stand_alone() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("a https://long b", 5), ["a", "https://long", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_message_is_quoted_line_by_line() {
        insta::assert_snapshot!(message(b"POST / HTTP/1.1\r\nhost: a\r\n\r\na=1"), @"
        │ POST / HTTP/1.1
        │ host: a
        │
        │ a=1
        ");
    }

    #[test]
    fn a_message_without_a_body_has_no_empty_end() {
        insta::assert_snapshot!(message(b"GET / HTTP/1.1\r\n\r\n"), @"│ GET / HTTP/1.1");
    }

    #[test]
    fn a_line_that_is_too_long_goes_on_below() {
        let text = message(&[b'a'; 100]);
        assert_eq!(text, format!("  │ {}\n  ┊ aaaa\n", "a".repeat(96)));
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let text = message(format!("HTTP/1.1 200 OK\n\n{}", "x\n".repeat(50)).as_bytes());
        assert_eq!(text.matches("│ x").count(), 20);
        assert!(
            text.ends_with("  … 30 more lines; the JSON report has them\n"),
            "{text}"
        );
    }

    #[test]
    fn a_command_stays_on_one_line() {
        let mut page = Page::new(Style::Plain);
        page.command(2, "rerun", &"word ".repeat(40));
        assert_eq!(page.finish().lines().count(), 1);
    }
}
