//! The only place that prints: reports to stdout, progress and messages to stderr.

use std::io::{self, IsTerminal as _, Write as _};

use super::args::Color;

/// Prints to stdout. A reader that went away is no error.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Prints a line to stderr.
pub fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// How terminal reports are styled.
#[must_use]
pub fn style(color: Color) -> tokenspec_report::terminal::Style {
    let wanted = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    };
    if wanted {
        tokenspec_report::terminal::Style::Colour
    } else {
        tokenspec_report::terminal::Style::Plain
    }
}
