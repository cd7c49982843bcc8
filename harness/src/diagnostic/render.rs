//! How a problem is printed.

use std::fmt;

use super::{Diagnostic, Diagnostics, Place, Spot};

/// Of a longer line only the part around the mark is shown.
const LONGEST_LINE: usize = 120;

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", printable(&self.message))?;
        let advice = printable(&self.advice);
        match &self.place {
            Place::Nowhere => write_advice(f, &advice),
            Place::File(file) => {
                write!(f, "\n  --> {}", printable(file))?;
                write_advice(f, &advice)
            }
            Place::Line { file, spot, text } => {
                write!(
                    f,
                    "\n  --> {}:{}:{}",
                    printable(file),
                    spot.line(),
                    spot.column()
                )?;
                write_line(f, *spot, text, &advice)
            }
        }
    }
}

fn write_advice(f: &mut fmt::Formatter<'_>, advice: &str) -> fmt::Result {
    if advice.is_empty() {
        Ok(())
    } else {
        write!(f, "\n  = {advice}")
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, spot: Spot, text: &str, advice: &str) -> fmt::Result {
    let (text, column, width) = window(text, spot);
    let number = spot.line().to_string();
    let gutter = " ".repeat(number.len());
    let before = " ".repeat(column);
    let marks = "^".repeat(width.max(1));
    write!(
        f,
        "\n {number} | {}\n {gutter} | {before}{marks}",
        text.trim_end()
    )?;
    if advice.is_empty() {
        Ok(())
    } else {
        write!(f, " {advice}")
    }
}

/// The part of the line to show, the characters before the mark, and the mark's width.
fn window(text: &str, spot: Spot) -> (String, usize, usize) {
    let characters: Vec<char> = printable(text).chars().collect();
    let column = (spot.column().saturating_sub(1)).min(characters.len());
    let width = spot
        .width()
        .min(characters.len() - column)
        .min(LONGEST_LINE / 2);
    if characters.len() <= LONGEST_LINE {
        return (characters.iter().collect(), column, width);
    }
    let first = column.saturating_sub(LONGEST_LINE / 2);
    let shown: String = characters.iter().skip(first).take(LONGEST_LINE).collect();
    let left = if first > 0 { "…" } else { "" };
    let right = if first + LONGEST_LINE < characters.len() {
        "…"
    } else {
        ""
    };
    let column = column - first + left.chars().count();
    (format!("{left}{shown}{right}"), column, width)
}

/// The text without what a terminal would obey. Every character keeps its place.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\t' => ' ',
            '\n' => ' ',
            other if other.is_control() => '\u{fffd}',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    const SUITE: &str = "name: x\ncases:\n    expected: {error: invalid_grant}\n";

    #[test]
    fn problem_shows_place_line_mark_and_advice() {
        let problem = Source::new("suites/a.yaml", SUITE).problem(
            Spot::new(3, 5, 8),
            "unknown key `expected`",
            "did you mean `expect`?",
        );
        insta::assert_snapshot!(problem, @r"
        error: unknown key `expected`
          --> suites/a.yaml:3:5
         3 |     expected: {error: invalid_grant}
           |     ^^^^^^^^ did you mean `expect`?
        ");
    }

    #[test]
    fn problem_of_a_file_has_no_line() {
        let problem = Diagnostic::of_file("a.yaml", "file is not UTF-8", "save it as UTF-8");
        insta::assert_snapshot!(problem, @r"
        error: file is not UTF-8
          --> a.yaml
          = save it as UTF-8
        ");
    }

    #[test]
    fn long_line_is_cut_around_the_mark() {
        let text = format!("{}here{}", "a".repeat(5_000), "b".repeat(5_000));
        let problem = Source::new("a", &text).problem(Spot::new(1, 5_001, 4), "m", "");
        let shown = problem.to_string();
        assert!(shown.len() < 500, "{}", shown.len());
        let lines: Vec<&str> = shown.lines().collect();
        let mark = lines[3]
            .chars()
            .position(|character| character == '^')
            .unwrap();
        assert_eq!(lines[2].chars().nth(mark), Some('h'));
    }

    #[test]
    fn terminal_escapes_are_not_printed() {
        let problem = Source::new("a", "\u{1b}[31mx: \u{7}").problem(
            Spot::new(1, 1, 1),
            "unknown key `\u{1b}[31mx`",
            "",
        );
        assert!(!problem.to_string().contains('\u{1b}'));
    }
}
