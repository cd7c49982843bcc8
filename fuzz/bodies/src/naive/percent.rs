//! Percent-encoding.

/// Whether every percent sign has two hexadecimal digits behind it.
#[must_use]
pub fn is_sound(text: &[u8]) -> bool {
    let mut rest = text.split(|octet| *octet == b'%').skip(1);
    rest.all(|after| {
        let digits: Vec<&u8> = after.iter().take(2).collect();
        digits.len() == 2 && digits.iter().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// The octets of a text of which [`is_sound`] holds.
#[must_use]
pub fn decode(text: &[u8]) -> Vec<u8> {
    let mut parts = text.split(|octet| *octet == b'%');
    let mut octets = parts.next().unwrap_or_default().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(2));
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        octets.extend(u8::from_str_radix(digits, 16));
        octets.extend_from_slice(rest);
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_follow_each_percent_sign() {
        assert!(is_sound(b"") && is_sound(b"a%41%e9b") && is_sound(b"%25%25"));
        for text in ["%", "%4", "%4g", "%%41", "a%+1", "%u0061"] {
            assert!(!is_sound(text.as_bytes()), "{text}");
        }
        assert_eq!(decode(b"a%41%e9b%2541"), b"aA\xe9b%41");
    }
}
