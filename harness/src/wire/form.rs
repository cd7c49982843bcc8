//! `application/x-www-form-urlencoded` as the harness writes and reads it (RFC 6749 appendix B).
//!
//! Writing follows the HTML serialiser: every octet but letters, digits and `*-._` is
//! percent-encoded, a space becomes `+`. Reading is lenient and loses nothing but the spelling:
//! what is no percent-encoding stays as it is.

/// Encodes one name or value.
#[must_use]
pub fn encode_component(octets: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        let kept = rest.iter().position(|octet| !is_kept(*octet));
        let (kept, others) = rest.split_at(kept.unwrap_or(rest.len()));
        // They are ASCII.
        encoded.push_str(std::str::from_utf8(kept).unwrap_or_default());
        let Some((octet, tail)) = others.split_first() else {
            return encoded;
        };
        if *octet == b' ' {
            encoded.push('+');
        } else {
            encoded.push('%');
            for nibble in [octet >> 4, octet & 15] {
                encoded.extend(HEX.get(usize::from(nibble)).map(|digit| char::from(*digit)));
            }
        }
        rest = tail;
    }
}

/// Whether an octet stands for itself.
const fn is_kept(octet: u8) -> bool {
    matches!(octet, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_')
}

/// Encodes pairs in order.
pub fn encode<N: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let mut encoded = String::new();
    for (name, value) in pairs {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        encoded.push_str(&encode_component(name.as_ref()));
        encoded.push('=');
        encoded.push_str(&encode_component(value.as_ref()));
    }
    encoded
}

/// Decodes one name or value; a `%` without two hexadecimal digits stays.
#[must_use]
pub fn decode_component(encoded: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    loop {
        let special = rest.iter().position(|octet| matches!(octet, b'%' | b'+'));
        let (plain, others) = rest.split_at(special.unwrap_or(rest.len()));
        octets.extend_from_slice(plain);
        rest = match others {
            [] => return octets,
            [b'%', high, low, tail @ ..] => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    octets.push(high << 4 | low);
                    tail
                }
                _ => {
                    octets.push(b'%');
                    others.get(1..).unwrap_or_default()
                }
            },
            [octet, tail @ ..] => {
                octets.push(if *octet == b'+' { b' ' } else { *octet });
                tail
            }
        };
    }
}

/// Decodes a body or query into pairs in order, repeated names kept; empty pairs are left out, and
/// a name without `=` has an empty value.
#[must_use]
pub fn decode(encoded: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    encoded
        .split(|octet| *octet == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let equals = pair
                .iter()
                .position(|octet| *octet == b'=')
                .unwrap_or(pair.len());
            let (name, value) = pair.split_at_checked(equals).unwrap_or((pair, &[]));
            let value = value.strip_prefix(b"=").unwrap_or(value);
            (decode_component(name), decode_component(value))
        })
        .collect()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, decode_component, encode, encode_component};

    #[test]
    fn example_of_rfc_6749_appendix_b_is_encoded_as_printed() {
        let octets = [0x20, 0x25, 0x26, 0x2B, 0xC2, 0xA3, 0xE2, 0x82, 0xAC];
        assert_eq!(encode_component(&octets), "+%25%26%2B%C2%A3%E2%82%AC");
        assert_eq!(decode_component(b"+%25%26%2B%C2%A3%E2%82%AC"), octets);
    }

    #[test]
    fn example_of_rfc_6749_section_4_1_3_is_encoded_as_printed() {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", "SplxlOBeZQQYbYS6WxSbIA"),
            ("redirect_uri", "https://client.example.com/cb"),
        ];
        assert_eq!(
            encode(pairs),
            "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
             &redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb"
        );
    }

    #[test]
    fn only_the_html_serialisers_octets_stay_as_they_are() {
        let kept: Vec<u8> = (0..=255)
            .filter(|octet| encode_component(&[*octet]).len() == 1)
            .collect();
        let expect = b"*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
        let space_as_plus = |octet: &u8| if *octet == b' ' { b'+' } else { *octet };
        let mut kept: Vec<u8> = kept.iter().map(space_as_plus).collect();
        kept.sort_unstable();
        assert_eq!(kept, expect);
        assert_eq!(encode_component(b"~+"), "%7E%2B");
    }

    #[test]
    fn reading_is_lenient() {
        let pair = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(
            decode(b"&a=1&&a=2&b&=c&d=e=f"),
            [
                pair("a", "1"),
                pair("a", "2"),
                pair("b", ""),
                pair("", "c"),
                pair("d", "e=f"),
            ]
        );
        assert_eq!(decode_component(b"%"), b"%");
        assert_eq!(decode_component(b"%4"), b"%4");
        assert_eq!(decode_component(b"%zz%41"), b"%zzA");
        assert_eq!(decode_component(b"%%41"), b"%A");
    }

    proptest! {
        #[test]
        fn pairs_survive_the_way_there_and_back(pairs: Vec<(Vec<u8>, Vec<u8>)>) {
            prop_assert_eq!(decode(encode(pairs.clone()).as_bytes()), pairs);
        }

        #[test]
        fn any_octets_decode(octets: Vec<u8>) {
            prop_assert!(decode_component(&octets).len() <= octets.len());
        }
    }
}
