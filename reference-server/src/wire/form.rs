//! `application/x-www-form-urlencoded` (RFC 6749 Appendix B), read once and strictly.
//!
//! Reading is total: octets that mean nothing are dropped, a NUL ends the value, and each such
//! oddity is listed in [`Form::faults`], where the check `FormWellFormed` finds it.

use std::fmt;

/// Parameters in the order in which they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Every pair but empty ones, decoded.
    pub pairs: Vec<Pair>,
    /// What could not be decoded as it stood.
    pub faults: Vec<FormFault>,
}

/// One decoded parameter.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// Its name.
    pub name: String,
    /// Its value, empty if there was none.
    pub value: String,
}

/// Why a name or value is not what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormFault {
    /// Octets that are not UTF-8 (they are dropped).
    InvalidUtf8,
    /// A percent sign without two hexadecimal digits (it is dropped).
    MalformedPercent,
    /// A NUL (it and what follows are dropped).
    Nul,
}

impl Form {
    /// Reads a body or a query.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let mut form = Self::default();
        for pair in text.split(|byte| *byte == b'&') {
            if pair.is_empty() {
                continue;
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default(), &mut form.faults);
            let value = decode(halves.next().unwrap_or_default(), &mut form.faults);
            form.pairs.push(Pair { name, value });
        }
        form
    }

    /// The pairs as a body again.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut text = String::new();
        for pair in &self.pairs {
            if !text.is_empty() {
                text.push('&');
            }
            encode_into(&pair.name, &mut text);
            text.push('=');
            encode_into(&pair.value, &mut text);
        }
        text.into_bytes()
    }

    /// The first value of a parameter. An empty value counts as not sent (RFC 6749 §3.2).
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let sent = |pair: &&Pair| pair.name == name && !pair.value.is_empty();
        self.pairs.iter().find(sent).map(|pair| pair.value.as_str())
    }

    /// All values of a parameter that are not empty.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |pair| pair.name == name && !pair.value.is_empty())
            .map(|pair| pair.value.as_str())
    }

    /// How often a parameter occurs, with or without a value.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.pairs.iter().filter(|pair| pair.name == name).count()
    }

    /// Removes every occurrence and adds this one at the end.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.push(name, value);
    }

    /// Adds a pair at the end.
    pub fn push(&mut self, name: &str, value: &str) {
        self.pairs.push(Pair {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }

    /// Removes every occurrence.
    pub fn remove(&mut self, name: &str) {
        self.pairs.retain(|pair| pair.name != name);
    }
}

/// Decodes one name or value, once. What can't be decoded is dropped and listed in `faults`.
pub fn decode(text: &[u8], faults: &mut Vec<FormFault>) -> String {
    // Most values, and an assertion of a thousand octets, mean what they are.
    let is_plain = |octet: &u8| octet.is_ascii() && !matches!(octet, b'+' | b'%' | 0);
    if text.iter().all(is_plain) {
        return String::from_utf8_lossy(text).into_owned();
    }
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(octet) = rest.next() {
        match octet {
            b'+' => octets.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                match (
                    ahead.next().and_then(hexadecimal),
                    ahead.next().and_then(hexadecimal),
                ) {
                    (Some(high), Some(low)) => {
                        octets.push(high << 4 | low);
                        rest = ahead;
                    }
                    (None | Some(_), None | Some(_)) => faults.push(FormFault::MalformedPercent),
                }
            }
            other => octets.push(other),
        }
    }
    if let Some(end) = octets.iter().position(|octet| *octet == 0) {
        faults.push(FormFault::Nul);
        octets.truncate(end);
    }
    String::from_utf8(octets).unwrap_or_else(|error| {
        faults.push(FormFault::InvalidUtf8);
        String::from_utf8_lossy(error.as_bytes()).replace('\u{FFFD}', "")
    })
}

/// Encodes one name or value.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(text, &mut out);
    out
}

fn encode_into(text: &str, out: &mut String) {
    for octet in text.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(octet));
            }
            b' ' => out.push('+'),
            other => {
                out.push('%');
                out.push(digit(other >> 4));
                out.push(digit(other & 15));
            }
        }
    }
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

/// The value of a hexadecimal digit in either case.
pub(crate) fn hexadecimal(octet: u8) -> Option<u8> {
    char::from(octet)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.pairs.iter().map(|pair| pair.name.as_str()).collect();
        f.debug_struct("Form")
            .field("names", &names)
            .field("faults", &self.faults)
            .finish()
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)], faults: &[FormFault]) {
        let form = Form::parse(text.as_bytes());
        let pairs: Vec<(&str, &str)> = form
            .pairs
            .iter()
            .map(|pair| (pair.name.as_str(), pair.value.as_str()))
            .collect();
        assert_eq!(pairs, expect, "{text}");
        assert_eq!(form.faults, faults, "{text}");
    }

    #[test]
    fn example_of_appendix_b_decodes() {
        // RFC 6749 Appendix B: space, percent, ampersand, plus, pound sign, euro sign.
        check("x=+%25%26%2B%C2%A3%E2%82%AC", &[("x", " %&+£€")], &[]);
        let mut form = Form::default();
        form.push("x", " %&+£€");
        assert_eq!(form.encode(), b"x=+%25%26%2B%C2%A3%E2%82%AC");
    }

    #[test]
    fn splitting_comes_before_decoding() {
        check("a=1%26b%3D2", &[("a", "1&b=2")], &[]);
        check("a%26b%3D2=1", &[("a&b=2", "1")], &[]);
    }

    #[test]
    fn only_the_first_equals_sign_separates() {
        check("a=b==", &[("a", "b==")], &[]);
    }

    #[test]
    fn empty_pairs_are_skipped_and_bare_names_are_empty() {
        check("&&a&=x&=&", &[("a", ""), ("", "x"), ("", "")], &[]);
    }

    #[test]
    fn decoding_happens_once() {
        check("a=%2561", &[("a", "%61")], &[]);
        check("a=%252B%2b", &[("a", "%2B+")], &[]);
    }

    #[test]
    fn semicolon_and_line_break_are_data() {
        check("a=1;b=2\r\n", &[("a", "1;b=2\r\n")], &[]);
    }

    #[test]
    fn malformed_percent_is_a_fault() {
        use FormFault::MalformedPercent;
        check("a=x%", &[("a", "x")], &[MalformedPercent]);
        check("a=%G1", &[("a", "G1")], &[MalformedPercent]);
        check("a=%u0061", &[("a", "u0061")], &[MalformedPercent]);
    }

    #[test]
    fn octets_that_are_no_utf8_are_a_fault() {
        check(
            "a=x%FF%C0%80%ED%A0%80",
            &[("a", "x")],
            &[FormFault::InvalidUtf8],
        );
    }

    #[test]
    fn nul_is_a_fault() {
        check("a=x%00y", &[("a", "x")], &[FormFault::Nul]);
    }

    #[test]
    fn empty_value_counts_as_not_sent() {
        let form = Form::parse(b"scope=&scope=read");
        assert_eq!(form.value("scope"), Some("read"));
        assert_eq!(form.count("scope"), 2);
        assert_eq!(Form::parse(b"scope=").value("scope"), None);
    }
}
