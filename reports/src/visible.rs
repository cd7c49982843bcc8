//! Text that is safe to show: what a server sent must not steer a terminal or break an XML file.

use std::fmt::Write as _;

/// `text` with everything that is not plainly visible written as an escape; line ends stay, with
/// or without a carriage return before them.
pub(crate) fn visible(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .fold(String::new(), |mut shown, c| {
            match c {
                '\n' => shown.push('\n'),
                _ => push_visible(&mut shown, c),
            }
            shown
        })
}

/// As [`visible`], on one line.
pub(crate) fn visible_line(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, c| {
        push_visible(&mut shown, c);
        shown
    })
}

/// As [`visible`], with bytes that are no UTF-8 as `\xNN`.
pub(crate) fn visible_bytes(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            push_byte(&mut shown, *byte);
        }
    }
    shown
}

fn push_visible(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\0'..='\x7f' if c.is_control() => push_byte(shown, u8::try_from(c).unwrap_or(b'?')),
        _ if is_hidden(c) => shown.extend(c.escape_unicode()),
        _ => shown.push(c),
    }
}

fn push_byte(shown: &mut String, byte: u8) {
    // Writing to a String can't fail.
    let _ = write!(shown, "\\x{byte:02x}");
}

/// Control characters, what changes the direction or has no width, and what XML forbids.
fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fff9}'..='\u{fffb}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
        || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_a_lone_carriage_return_shows() {
        assert_eq!(visible("a\r\nb\nc\rd\te"), "a\nb\nc\\rd\\te");
    }

    #[test]
    fn a_field_stays_on_one_line() {
        assert_eq!(visible_line("a\r\nb"), "a\\r\\nb");
    }

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(
            visible("\x1b[31mred\x07\u{9b}1m"),
            "\\x1b[31mred\\x07\\u{9b}1m"
        );
    }

    #[test]
    fn characters_that_turn_the_direction_show() {
        assert_eq!(visible("\u{202e}nimda"), "\\u{202e}nimda");
    }

    #[test]
    fn characters_that_xml_forbids_show() {
        assert_eq!(visible("\u{ffff}\u{1fffe}"), "\\u{ffff}\\u{1fffe}");
    }

    #[test]
    fn bytes_that_are_no_text_show_as_hexadecimal() {
        assert_eq!(visible_bytes(b"a=\xff\xfe&b=\xc3\xa9"), "a=\\xff\\xfe&b=é");
    }

    #[test]
    fn the_marks_of_redaction_stay_as_they_are() {
        let mark = "‹access_token#3 43 chars base64url›";
        assert_eq!(visible(mark), mark);
    }
}
