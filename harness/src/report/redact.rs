//! Secrets out of evidence: by place and by value (design §6).
//!
//! By place: what stands where a secret stands (Authorization, `client_secret=`, `"access_token":`). By value: every
//! run of octets that a known secret has too, whatever encoding it went through and whatever was cut off it.

use std::collections::{BTreeMap, HashMap};

use super::places;
use super::views;
use super::windows::{self, Windows};
use crate::target::Target;

/// The secrets of a run: what they are numbered with, and those that may turn up anywhere.
///
/// Numbers are given in the order in which secrets are met ([`Redactor::meet`]); after that, variants are masked side by side
/// ([`Redactor::mask`]).
#[derive(Default)]
pub struct Redactor {
    numbers: HashMap<Vec<u8>, (String, usize)>,
    per_kind: BTreeMap<String, usize>,
    /// Secrets that may turn up anywhere, such as those of the target file.
    lasting: Windows,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Redactor")
            .field("secrets", &self.numbers.len())
            .finish()
    }
}

/// What takes the secrets out of one variant's evidence: those of the run, and those that it learnt of the variant.
pub struct Mask<'a> {
    run: &'a Redactor,
    passing: Windows,
}

impl std::fmt::Debug for Mask<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Mask").finish_non_exhaustive()
    }
}

/// A stretch of octets to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    /// What it is called.
    pub label: String,
}

impl Redactor {
    /// A secret that may turn up anywhere in the run.
    pub fn add_lasting(&mut self, value: &[u8], kind: &str) {
        if value.len() >= 4 {
            self.number(value, kind);
            let label = self.label(value, kind);
            self.lasting.add(value, label);
        }
    }

    /// The secrets of a target file.
    pub fn add_target(&mut self, target: &Target) {
        for secret in target.secrets() {
            self.add_lasting(secret.reveal().as_bytes(), "client_secret");
        }
    }

    /// Numbers the secrets that stand in a message by place.
    pub fn meet(&mut self, bytes: &[u8]) {
        for place in places::find(bytes) {
            let raw = bytes.get(place.start..place.end).unwrap_or_default();
            if !raw.is_empty() {
                self.number(&crate::wire::form::decode_component(raw), place.kind);
            }
        }
    }

    /// What masks one variant.
    #[must_use]
    pub fn mask(&self) -> Mask<'_> {
        Mask {
            run: self,
            passing: Windows::default(),
        }
    }

    fn number(&mut self, value: &[u8], kind: &str) {
        if self.numbers.contains_key(value) {
            return;
        }
        let count = self.per_kind.entry(kind.to_owned()).or_default();
        *count += 1;
        self.numbers
            .insert(value.to_vec(), (kind.to_owned(), *count));
    }

    /// What a value is called: `client_secret#1 24 chars hex`. One that was never met has no number.
    fn label(&self, value: &[u8], kind: &str) -> String {
        let (length, alphabet) = (value.len(), alphabet(value));
        match self.numbers.get(value) {
            Some((kind, number)) => format!("{kind}#{number} {length} chars {alphabet}"),
            None => format!("{kind} {length} chars {alphabet}"),
        }
    }
}

impl Mask<'_> {
    /// Learns the secrets that stand in a message by place, so that they are found by value elsewhere.
    pub fn learn(&mut self, bytes: &[u8]) {
        for place in places::find(bytes) {
            let Some(raw) = bytes.get(place.start..place.end) else {
                continue;
            };
            let value = crate::wire::form::decode_component(raw);
            if value.len() >= 8 && place.by_value {
                let label = self.run.label(&value, place.kind);
                self.passing.add(&value, label);
            }
        }
    }

    /// A text without its secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.octets(text.as_bytes())).into_owned()
    }

    /// The octets without their secrets.
    #[must_use]
    pub fn octets(&self, bytes: &[u8]) -> Vec<u8> {
        self.replace(bytes, |label| format!("‹{label}›"))
    }

    /// The octets, each secret replaced by what `shown` makes of its label (`client_secret#1 24 chars text`).
    pub fn replace(&self, bytes: &[u8], shown: impl Fn(&str) -> String) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for span in self.spans(bytes) {
            if span.start < at {
                continue;
            }
            out.extend_from_slice(bytes.get(at..span.start).unwrap_or_default());
            out.extend_from_slice(shown(&span.label).as_bytes());
            at = span.end;
        }
        out.extend_from_slice(bytes.get(at..).unwrap_or_default());
        out
    }

    fn spans(&self, bytes: &[u8]) -> Vec<Span> {
        let sets = [&self.run.lasting, &self.passing];
        let mut spans: Vec<Span> = Vec::new();
        for place in places::find(bytes) {
            let Some(raw) = bytes
                .get(place.start..place.end)
                .filter(|raw| !raw.is_empty())
            else {
                continue;
            };
            let value = crate::wire::form::decode_component(raw);
            let label = self.run.label(&value, place.kind);
            spans.push(Span {
                start: place.start,
                end: place.end,
                label,
            });
        }
        let known = spans.clone();
        let inside = |start: usize, end: usize| {
            known
                .iter()
                .any(|span| span.start <= start && end <= span.end)
        };
        for view in views::all(bytes, inside) {
            for (start, end, label) in windows::find(sets, &view.octets) {
                let Some((start, end)) = view.original(start, end) else {
                    continue;
                };
                if !inside(start, end) {
                    spans.push(Span {
                        start,
                        end,
                        label: label.to_owned(),
                    });
                }
            }
        }
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        merged(spans)
    }
}

/// Overlapping spans as one, with the label of the first.
fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            Some(_) | None => out.push(span),
        }
    }
    out
}

/// The smallest usual alphabet that holds a value.
fn alphabet(value: &[u8]) -> &'static str {
    let all = |class: fn(&u8) -> bool| value.iter().all(class);
    if all(u8::is_ascii_digit) {
        "digits"
    } else if all(u8::is_ascii_hexdigit) {
        "hex"
    } else if all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_')) {
        "base64url"
    } else if value.starts_with(b"ey")
        && all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.'))
    {
        "jwt"
    } else if all(|octet| (0x20..0x7f).contains(octet)) {
        "ascii"
    } else {
        "octets"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(secret: &str, text: &str) -> String {
        let mut redactor = Redactor::default();
        redactor.add_lasting(secret.as_bytes(), "client_secret");
        String::from_utf8(redactor.mask().octets(text.as_bytes())).expect("text")
    }

    #[test]
    fn a_known_value_is_found_in_any_spelling() {
        let secret = "s3cr3t/with+odd chars";
        for text in [
            "x s3cr3t/with+odd chars y",
            "x s3cr3t%2Fwith%2Bodd%20chars y",
            "x s3cr3t%252Fwith%252Bodd%2520chars y",
            "x s3cr3t%2Fwith%2Bodd+chars y",
            "x S3CR3T/WITH+ODD CHARS y",
            "x s3cr3t\\/with+odd chars y",
            "x czNjcjN0L3dpdGgrb2RkIGNoYXJz y",
            "x YTpzM2NyM3Qvd2l0aCtvZGQgY2hhcnM= y",
            "x s3cr3t/with+odd char y",
            "x %73%33%63%72%33%74%2f%77%69%74%68%2b%6f%64%64%20%63%68%61%72%73 y",
        ] {
            let out = redacted(secret, text);
            assert!(
                out.contains("‹client_secret#1 21 chars ascii›"),
                "{text} → {out}"
            );
            assert!(!out.contains("odd"), "{text} → {out}");
        }
    }

    #[test]
    fn the_same_value_has_the_same_number() {
        let answers: [&[u8]; 3] = [
            b"HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"aaaaaaaaaaaa\"}",
            b"HTTP/1.1 200 OK\r\n\r\n{\"access_token\": \"bbbbbbbbbbbb\"}",
            b"HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"aaaaaaaaaaaa\"}",
        ];
        let mut redactor = Redactor::default();
        for answer in answers {
            redactor.meet(answer);
        }
        let [first, second, again] = answers.map(|answer| redactor.mask().octets(answer));
        assert_eq!(first, again);
        assert!(String::from_utf8_lossy(&second).contains("access_token#2"));
    }

    #[test]
    fn what_was_never_met_is_masked_all_the_same() {
        let text = "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"aaaaaaaaaaaa\"}";
        assert_eq!(
            Redactor::default().mask().text(text),
            "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"‹access_token 12 chars hex›\"}"
        );
    }

    #[test]
    fn other_text_stays() {
        let text = "POST /token HTTP/1.1\r\nHost: as.example\r\n\r\ngrant_type=client_credentials&scope=read";
        assert_eq!(redacted("another-secret-of-mine", text), text);
    }
}
