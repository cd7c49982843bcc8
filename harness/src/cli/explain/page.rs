//! Rows of a label and a text, wrapped to the width of a terminal.

/// Characters in a line.
const WIDTH: usize = 100;
/// Characters before the text of a row.
const LABEL: usize = 17;

/// A page in the making.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text += line.trim_end();
        self.text.push('\n');
    }

    /// An empty line; never two.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A text over the whole width.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrapped("", 0, text);
    }

    /// A label, and a text beside it.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        self.wrapped(label, LABEL, text);
    }

    /// A point below the row before; the points of a point are one level deeper.
    pub(super) fn point(&mut self, level: usize, mark: &str, text: &str) {
        let indent = LABEL + 3 * level;
        let lead = format!("{}{mark}", " ".repeat(indent));
        self.wrapped(&lead, indent + 3, text);
    }

    /// The page.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn wrapped(&mut self, lead: &str, indent: usize, text: &str) {
        let mut line = lead.to_owned();
        let mut length = line.chars().count();
        let mut begun = false;
        for word in text.split_whitespace() {
            let wide = word.chars().count();
            if begun && length + 1 + wide > WIDTH {
                self.line(&line);
                (line, length, begun) = (String::new(), 0, false);
            }
            if begun {
                line.push(' ');
                length += 1;
            } else {
                // A long label has a space behind it all the same.
                let gap = indent.saturating_sub(length).max(usize::from(length > 0));
                line += &" ".repeat(gap);
                length += gap;
            }
            line += word;
            length += wide;
            begun = true;
        }
        self.line(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_beside_its_label() {
        let mut page = Page::default();
        page.row("needs", &"word ".repeat(30));
        page.point(0, "1.", "a point");
        let text = page.into_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[0].starts_with("needs            word word"));
        assert!(lines[1].starts_with("                 word"));
        assert_eq!(lines[2], "                 1. a point");
    }
}
