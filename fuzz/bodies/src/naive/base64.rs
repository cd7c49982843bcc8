//! Base64 (RFC 4648): strict, one text for one value.

/// Which of the two alphabets, and whether the end is filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// §4, filled up with `=`.
    Standard,
    /// §5, not filled up (RFC 7515 §2).
    Url,
}

/// The octets of a text; none if it is not the one text that they are written as.
#[must_use]
pub fn decode(text: &[u8], alphabet: Alphabet) -> Option<Vec<u8>> {
    let written = match alphabet {
        Alphabet::Standard if !text.len().is_multiple_of(4) => return None,
        Alphabet::Standard => text
            .strip_suffix(b"==")
            .or_else(|| text.strip_suffix(b"="))
            .unwrap_or(text),
        Alphabet::Url => text,
    };
    let mut octets = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in written {
        bits = bits << 6 | u32::from(value(*digit, alphabet)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.extend(u8::try_from(bits >> count));
            bits &= (1 << count) - 1;
        }
    }
    (count < 6 && bits == 0).then_some(octets)
}

/// The text for some octets.
#[must_use]
pub fn encode(octets: &[u8], alphabet: Alphabet) -> String {
    let mut text = String::new();
    for group in octets.chunks(3) {
        let octet = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..=group.len() {
            let value = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or_default();
            text.extend(digits(alphabet).nth(value).map(char::from));
        }
    }
    while alphabet == Alphabet::Standard && !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

const FIRST: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn digits(alphabet: Alphabet) -> impl Iterator<Item = u8> {
    let rest = match alphabet {
        Alphabet::Standard => b"+/",
        Alphabet::Url => b"-_",
    };
    FIRST.iter().chain(rest).copied()
}

fn value(digit: u8, alphabet: Alphabet) -> Option<u8> {
    let found = digits(alphabet).position(|own| own == digit)?;
    u8::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_4648_section_10() {
        for (octets, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(octets.as_bytes(), Alphabet::Standard), text);
            let read = decode(text.as_bytes(), Alphabet::Standard);
            assert_eq!(read.as_deref(), Some(octets.as_bytes()));
        }
        for text in ["Zg", "Zg=", "Zh==", "Z===", "=", "Zm9v\n", "Zm-v"] {
            assert_eq!(decode(text.as_bytes(), Alphabet::Standard), None, "{text}");
        }
        assert_eq!(decode(b"-_8", Alphabet::Url), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(b"-_8=", Alphabet::Url), None);
    }
}
