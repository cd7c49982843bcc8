//! HPACK by the examples of RFC 7541, and by what breaks it.

use proptest::prelude::*;

use super::{Failure, hpack, huffman};

/// Octets in hexadecimal, spaces aside.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    let octets = digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]);
    octets.map(|octet| u8::try_from(octet).unwrap()).collect()
}

/// RFC 7541, Appendix C.4.1 to C.4.3 and C.6.1.
#[test]
fn huffman_code_is_that_of_the_rfc() {
    let check = |encoded: &str, text: &str| {
        let decoded = huffman::decode(&hex(encoded));
        assert_eq!(decoded.as_deref(), Some(text.as_bytes()));
    };
    check("f1e3 c2e5 f23a 6ba0 ab90 f4ff", "www.example.com");
    check("a8eb 1064 9cbf", "no-cache");
    check("25a8 49e9 5ba9 7d7f", "custom-key");
    check("25a8 49e9 5bb8 e8b4 bf", "custom-value");
    check("6402", "302");
    check(
        "d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff",
        "Mon, 21 Oct 2013 20:13:21 GMT",
    );
    check(
        "9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3",
        "https://www.example.com",
    );
    check("", "");
}

#[test]
fn huffman_padding_is_short_and_of_ones() {
    // Eight ones are more padding than there may be, zeros are none, and EOS is never sent.
    for wrong in ["ff", "f1ff ffff", "18", "ffff fffc"] {
        assert_eq!(huffman::decode(&hex(wrong)), None, "{wrong}");
    }
}

/// RFC 7541, Appendix C.2, and C.6.1 whose entries the table of size 0 does not keep.
#[test]
fn field_sections_are_read_as_the_rfc_has_them() {
    let check = |block: &str, expected: &[(&str, &str)]| {
        let fields = hpack::decode(&hex(block), 4096).unwrap();
        let expected: Vec<(Vec<u8>, Vec<u8>)> = expected
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        assert_eq!(fields, expected);
    };
    check(
        "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
        &[("custom-key", "custom-header")],
    );
    check(
        "040c 2f73 616d 706c 652f 7061 7468",
        &[(":path", "/sample/path")],
    );
    check(
        "1008 7061 7373 776f 7264 0673 6563 7265 74",
        &[("password", "secret")],
    );
    check("82", &[(":method", "GET")]);
    check(
        "20 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 \
         8f0b 97c8 e9ae 82ae 43d3",
        &[
            (":status", "302"),
            ("cache-control", "private"),
            ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("location", "https://www.example.com"),
        ],
    );
}

#[test]
fn field_sections_that_break_the_rules_are_malformed() {
    for (block, part) in [
        ("80", "index 0"),
        ("be", "index 62"),
        ("3f e1 1f", "dynamic table"),
        ("ff ff ff ff ff 7f", "beyond all bounds"),
        ("00 05 61", "breaks off"),
        ("00", "breaks off"),
        ("00 01 61 81 00", "no Huffman code"),
    ] {
        match hpack::decode(&hex(block), 4096) {
            Err(Failure::Malformed { cause }) => assert!(cause.contains(part), "{block}: {cause}"),
            other => panic!("{block}: {other:?}"),
        }
    }
    // One octet each, and 43 or more as fields are counted.
    assert!(hpack::decode(&[0x82; 200], 4096).is_err());
}

proptest! {
    #[test]
    fn no_field_section_makes_it_panic(block in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _whatever = hpack::decode(&block, 4096);
        let _whatever = huffman::decode(&block);
    }

    #[test]
    fn what_is_written_is_read(fields in proptest::collection::vec(
        (proptest::collection::vec(any::<u8>(), 0..200), proptest::collection::vec(any::<u8>(), 0..20)), 0..5)
    ) {
        prop_assert_eq!(hpack::decode(&hpack::encode(&fields), 8192).unwrap(), fields);
    }
}
